"""The code that fetches a pickup.

The buyer's side makes it anew whenever it is shown; the store keeps only a keyed hash,
so that nobody who reads the store's database can collect.
"""

import hmac
from uuid import UUID

from django.conf import settings

from inventory.ids import derived
from retail.fulfilment.models import Fulfilment

__all__ = [
    "LENGTH",
    "code_for",
    "code_hash",
    "code_of",
    "collector_code_of",
    "collector_of",
    "normal",
    "same",
]

# Without 0 1 I L O U: what people misread, misspell or would rather not read out.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8  # 30⁸ = 6.6 × 10¹¹ codes


def code_for(fulfilment_id: UUID, version: int) -> str:
    """Eight signs; another `version` gives another code for the same pickup."""
    made = _keyed("code", str(fulfilment_id), str(version))
    number = int.from_bytes(made)
    signs = []
    for _ in range(LENGTH):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return "".join(signs)


def code_of(fulfilment: Fulfilment) -> str:
    """The code to show to the buyer, and to nobody else."""
    return code_for(fulfilment.id, fulfilment.code_version)


def collector_code_of(fulfilment: Fulfilment) -> str:
    """The named collector's own; another collector has another. "" where nobody is
    named."""
    if not fulfilment.collector_version or not fulfilment.collector:
        return ""
    return code_for(derived(fulfilment.id, "collector"), fulfilment.collector_version)


def collector_of(fulfilment: Fulfilment) -> dict[str, str]:
    """Of the named collector, what the store must know; empty words where there is
    none."""
    code = collector_code_of(fulfilment)
    return {
        "collector_name": fulfilment.collector if code else "",
        "collector_hash": code_hash(code, fulfilment.location_id) if code else "",
    }


def code_hash(code: str, location_id: UUID) -> str:
    """64 hex signs. The place is part of it: no other store's code can ever match."""
    return _keyed("hash", normal(code), str(location_id)).hex()


def normal(code: str) -> str:
    """As typed or scanned → as made: capitals, without spaces and dashes."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def same(one: str, other: str) -> bool:
    """Compares two hashes in a time that says nothing about where they differ."""
    return hmac.compare_digest(one, other)


def _keyed(*parts: str) -> bytes:
    return hmac.digest(settings.CODE_KEY, "\n".join(parts).encode(), "sha256")
