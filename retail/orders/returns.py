"""Goods of a parcel that came back: what they were worth, and the points that go with
them. The order stays completed; less of its money is kept."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Round

from inventory.money import ZERO
from retail.fulfilment.models import Fulfilment, FulfilmentLine, Method
from retail.loyalty import points
from retail.orders.models import Order, OrderStatus

__all__ = ["correct_points", "points_paid", "returned_value"]


def returned_value(order: Order) -> Decimal:
    """What came back at the price it was sold for, after offers, and what sending it had cost where
    nothing of any parcel stays with the customer (directive 2011/83/EU, art. 13: the
    standard delivery is paid back too), also because none was ever sent. One query;
    none where nothing can have come back."""
    under_way = (OrderStatus.PART_FULFILLED, OrderStatus.COMPLETED)
    if order.status not in under_way and not (
        order.status == OrderStatus.PLACED and order.shipping
    ):
        return ZERO
    parcels = FulfilmentLine.objects.filter(
        fulfilment__order=order, fulfilment__method=Method.SHIP
    )
    sums = parcels.aggregate(
        lines=Count("id"),
        value=Sum(
            F("returned") * F("order_line__unit_price") - _discount_of_returned()
        ),
        stays=Sum(F("fulfilled") - F("returned")),
        going=Count("id", filter=~Q(fulfilment__status__in=["returned", "cancelled"])),
    )
    if not sums["lines"]:
        return ZERO
    value = Decimal(sums["value"])
    return value if sums["stays"] or sums["going"] else value + order.shipping


def _discount_of_returned() -> Any:
    """Their share of the line's discount, on top of that of what was dropped: all parts
    together are the whole."""
    line = "order_line__"
    dropped, off = F(f"{line}dropped"), F(f"{line}discount")
    units = F(f"{line}quantity")
    before = Round(off * dropped / units, precision=2)
    return Round(off * (dropped + F("returned")) / units, precision=2) - before


def points_paid(order: Order, value: Decimal) -> int:
    """How much of `value`, undone in all, points had paid for: money is given back
    first. In whole points of the sum, because rounding each part down could lose one."""
    paid = min(order.points_value, max(ZERO, value - order.total))
    return int(paid * points.POINTS_FOR_ONE_EURO)


def correct_points(
    order: Order, fulfilment: Fulfilment, *, kept: Decimal, back: int, at: datetime
) -> None:
    """After goods of this promise came back: `back` spent points return, and what was
    earned is what the money that is still `kept` earns. What the account no longer has
    is owed. Inside a transaction, once per promise; again without effect."""
    if order.customer is None:
        return
    if order.status == OrderStatus.COMPLETED:
        promises = order.fulfilments.values_list("id", flat=True)
        earned = [str(order.id), *(f"kept:{id}" for id in promises)]
        for reference in earned:
            points.reverse(reference, at=at)
        points.earn(
            order.customer,
            points=points.points_for(kept),
            reference=f"kept:{fulfilment.id}",
            at=at,
        )
    points.earn(
        order.customer, points=back, reference=f"returned:{fulfilment.id}", at=at
    )
