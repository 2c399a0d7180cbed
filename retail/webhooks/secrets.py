"""What calls are signed with: computed from the house's key each time, and stored
nowhere. A table that is read by a stranger holds nothing to sign with."""

import base64
import hmac
import secrets
from datetime import datetime
from uuid import UUID

from django.conf import settings

from retail.webhooks.models import Endpoint

__all__ = ["MARK", "keys_of", "new_nonce", "shown"]

MARK = "whsec_"


def new_nonce() -> str:
    return secrets.token_hex(16)


def shown(id: UUID, nonce: str) -> str:
    """As the receiver keeps it, after Standard Webhooks."""
    return MARK + base64.b64encode(_key(id, nonce)).decode()


def keys_of(endpoint: Endpoint, *, at: datetime) -> list[bytes]:
    """Those that count at `at`, the newest first."""
    nonces = [endpoint.nonce]
    if endpoint.old_until is not None and at < endpoint.old_until:
        nonces.append(endpoint.old_nonce)
    return [_key(endpoint.id, nonce) for nonce in nonces]


def _key(id: UUID, nonce: str) -> bytes:
    house = settings.SECRET_KEY.encode()
    return hmac.digest(house, f"retail: webhook {id} {nonce}".encode(), "sha256")
