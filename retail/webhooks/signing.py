"""Signatures of calls between houses, after Standard Webhooks (standardwebhooks.com):
HMAC-SHA256 over id, time and the body as it was sent."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

__all__ = ["TOLERANCE", "WrongSignature", "headers_for", "verified"]

TOLERANCE = timedelta(minutes=5)
ID, TIME, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


class WrongSignature(Exception):
    """Unsigned, signed with another key, too old or from the future."""


def headers_for(*secrets: bytes, id: str, body: bytes, at: datetime) -> dict[str, str]:
    """Several secrets while one is being exchanged for another: either side may be the
    slower one."""
    time = str(int(at.timestamp()))
    signed = [f"v1,{_signed(secret, id, time, body)}" for secret in secrets]
    return {ID: id, TIME: time, SIGNATURE: " ".join(signed)}


def verified(
    secret: bytes, *, headers: Mapping[str, str], body: bytes, at: datetime
) -> str:
    """The call's id. `headers` are looked up without regard to case. Raises
    WrongSignature."""
    id, time = headers.get(ID, ""), headers.get(TIME, "")
    if not id or not time.isascii() or not time.isdecimal() or len(time) > 12:
        raise WrongSignature
    if abs(at.timestamp() - int(time)) > TOLERANCE.total_seconds():
        raise WrongSignature
    right = f"v1,{_signed(secret, id, time, body)}".encode()
    given = headers.get(SIGNATURE, "").encode().split(b" ")
    # several, while a key is being exchanged; each compared in constant time
    if sum(hmac.compare_digest(right, each) for each in given) == 0:
        raise WrongSignature
    return id


def _signed(secret: bytes, id: str, time: str, body: bytes) -> str:
    told = b".".join([id.encode(), time.encode(), body])
    return base64.b64encode(hmac.digest(secret, told, hashlib.sha256)).decode()
