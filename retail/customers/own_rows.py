"""A customer's own row, held while something of it is written."""

from __future__ import annotations

from retail import channels
from retail.customers.models import Customer

__all__ = ["AlreadyErased", "NotYourRow", "held"]


class NotYourRow(Exception):
    """A channel writes what it was told itself, on its own customer's row."""

    def __init__(self, origin: str) -> None:
        super().__init__(origin)
        self.origin = origin


class AlreadyErased(Exception):
    """This customer's data was wiped: there is nobody left to write about."""


def held(customer: Customer) -> Customer:
    """The row as it is now. Locked: an erasure at the same moment comes before or after,
    never in between. In a transaction; one query. Raises NotYourRow, AlreadyErased."""
    if customer.origin != channels.current().channel:
        raise NotYourRow(customer.origin)
    row = Customer.objects.select_for_update(no_key=True).get(id=customer.id)
    if row.erased_at is not None:
        raise AlreadyErased
    return row
