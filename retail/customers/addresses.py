"""Addresses that a customer keeps: to have things sent there again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from retail.customers.models import Address, Customer
from retail.customers.own_rows import held

__all__ = ["MOST", "TooMany", "first_of", "keep", "of", "put_first", "remove"]

MOST = 10


class TooMany(Exception):
    """More than anybody has; `most` is how many are kept."""

    def __init__(self, most: int) -> None:
        super().__init__(str(most))
        self.most = most


def of(customer: Customer) -> list[Address]:
    """The first one first, then as they were kept. One query."""
    return list(customer.addresses.order_by("-first", "made_at", "id"))


def first_of(customer: Customer) -> Address | None:
    """What a checkout proposes. One query."""
    return customer.addresses.filter(first=True).first()


def keep(
    customer: Customer,
    *,
    id: UUID,
    line1: str,
    postcode: str,
    city: str,
    line2: str = "",
    country: str = "FR",
    at: datetime | None = None,
) -> Address:
    """A new address, or with an id they have, that one changed. The only one is the
    first. In a transaction. Raises NotYourRow, AlreadyErased, TooMany, and
    Address.DoesNotExist for an id that is somebody else's."""
    kept = {each.id for each in _locked(customer)}
    if id not in kept and len(kept) >= MOST:
        raise TooMany(MOST)
    typed = {
        "line1": line1,
        "line2": line2,
        "postcode": postcode,
        "city": city,
        "country": country,
    }
    if id in kept:
        customer.addresses.filter(id=id).update(**typed)
    else:
        new = Address(
            id=id,
            origin=customer.origin,
            customer=customer,
            first=not kept,
            made_at=at or timezone.now(),
            **typed,
        )
        Address.objects.bulk_create([new], ignore_conflicts=True)
    return customer.addresses.get(id=id)


def put_first(customer: Customer, id: UUID) -> bool:
    """Whether there is such an address. In a transaction."""
    if id not in {each.id for each in _locked(customer)}:
        return False
    customer.addresses.filter(first=True).exclude(id=id).update(first=False)
    customer.addresses.filter(id=id).update(first=True)
    return True


def remove(customer: Customer, id: UUID) -> bool:
    """Whether it was there. The next becomes the first. In a transaction."""
    left = [each for each in _locked(customer) if each.id != id]
    gone, _tables = customer.addresses.filter(id=id).delete()
    if left and not any(each.first for each in left):
        customer.addresses.filter(id=left[0].id).update(first=True)
    return bool(gone)


def _locked(customer: Customer) -> list[Address]:
    """Their addresses, while nobody else changes or erases them. Two queries."""
    held(customer)
    return of(customer)
