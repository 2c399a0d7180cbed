"""Orders that wait for their money hold goods that others want: so many at a time, and
no more, for one person and from one network address."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.db.models import Count, Q

from inventory.levels import execute
from retail.codes import keyed
from retail.orders.models import Order
from retail.orders.moving import UNPAID

__all__ = ["TooManyUnpaid", "few_unpaid", "mark_of"]

ALONE = """
SELECT pg_advisory_xact_lock(hashtextextended(name, 0))
FROM unnest(%(names)s::text[]) AS name
"""


class TooManyUnpaid(Exception):
    """`most` wait already: of this person (`own`), or from this network address."""

    def __init__(self, *, most: int, own: bool) -> None:
        super().__init__(f"{most} wait")
        self.most = most
        self.own = own


def mark_of(address: str) -> str:
    """A network address as orders keep it: equal for equal ones, and read by nobody. Of
    IPv6 it is the first half, which is what one household is given."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        address = str(ip_network((found, 64), strict=False))
    return keyed("visitor", address).hex()[:32]


def few_unpaid(order: Order) -> None:
    """Before the order is written, in its transaction, which has the person's name and
    the address for itself until it ends: the count sees what others of that name
    committed. Two statements, none where any number may wait. Raises TooManyUnpaid."""
    limits = settings.LIMITS
    names = _names_of(order)
    if not names:
        return
    execute(ALONE, {"names": names})
    own = Q(email__iexact=order.email)
    if order.customer_id is not None:
        own |= Q(customer=order.customer_id)
    others = Order.objects.filter(status__in=UNPAID).exclude(id=order.id)
    waiting = others.aggregate(
        own=Count("id", filter=own),
        near=Count("id", filter=Q(visitor=order.visitor) & ~Q(visitor="")),
    )
    if limits.unpaid and waiting["own"] >= limits.unpaid:
        raise TooManyUnpaid(most=limits.unpaid, own=True)
    most = limits.unpaid_from_address
    if most and waiting["near"] >= most:
        raise TooManyUnpaid(most=most, own=False)


def _names_of(order: Order) -> list[str]:
    """Under which unpaid orders come one after the other: the person's before the
    address's, for everybody alike."""
    limits, names = settings.LIMITS, []
    if limits.unpaid:
        names.append(f"unpaid of {order.email.lower()}")
    if limits.unpaid_from_address and order.visitor:
        names.append(f"unpaid from {order.visitor}")
    return names
