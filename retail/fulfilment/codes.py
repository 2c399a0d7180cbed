"""The code that fetches a pickup.

The buyer's side makes it anew whenever it is shown; the store keeps only a keyed hash,
so that nobody who reads the store's database can collect.
"""

import hmac
from uuid import UUID

from inventory.ids import derived
from retail.codes import keyed, normal, signs_of
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

LENGTH = 8  # 30⁸ = 6.6 × 10¹¹ codes


def code_for(fulfilment_id: UUID, version: int) -> str:
    """Eight signs; another `version` gives another code for the same pickup."""
    return signs_of(keyed("code", str(fulfilment_id), str(version)), LENGTH)


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
    return keyed("hash", normal(code), str(location_id)).hex()


def same(one: str, other: str) -> bool:
    """Compares two hashes in a time that says nothing about where they differ."""
    return hmac.compare_digest(one, other)
