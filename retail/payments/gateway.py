"""The demonstration's payment provider: decides by the token, calls nobody.

It behaves as a good provider does: each call carries an id of ours, and the same id
gives the same answer, so that a call whose answer was lost is simply made again.
"""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

__all__ = ["APPROVE", "DECLINE", "PROVIDER", "Charge", "Declined", "charge", "refund"]

PROVIDER = "demo"
APPROVE = "approve"
DECLINE = "decline"


class Declined(Exception):
    """The bank says no; no money has moved."""


@dataclass(frozen=True)
class Charge:
    reference: str


def charge(*, id: UUID, amount: Decimal, currency: str, token: str) -> Charge:
    """Takes the money. Any token but "approve" is declined, for a token that the
    provider never gave out pays for nothing. Never call it inside a transaction."""
    if token != APPROVE or amount <= 0 or currency != "EUR":
        raise Declined
    return Charge(reference=f"{PROVIDER}-{id.hex}")


def refund_reference(id: UUID) -> str:
    """The provider's word for a refund, known before it is asked for."""
    return f"{PROVIDER}-refund-{id.hex}"


def refund(reference: str, amount: Decimal, *, id: UUID) -> str:
    """Gives back part of the charge `reference`; idempotent by `id`."""
    if not reference or amount <= 0:
        raise ValueError("nothing to give back")
    return refund_reference(id)
