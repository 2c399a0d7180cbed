"""Goods of an order that came back: what they were worth, and the points that go with
them. The order stays completed; less of its money is kept."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, Sum

from inventory.money import ZERO, rounded
from retail.fulfilment.models import FulfilmentLine, Method
from retail.loyalty import points
from retail.orders.models import Order, OrderEvent, OrderStatus

__all__ = ["correct_points", "points_paid", "returned_value"]


def returned_value(order: Order) -> Decimal:
    """What came back at the price it was sold for, after offers, and what sending it had
    cost where nothing of any parcel stays with the customer (directive 2011/83/EU, art.
    13: the standard delivery is paid back too), also because none was ever sent. One
    query; none where nothing can have come back."""
    under_way = (OrderStatus.PART_FULFILLED, OrderStatus.COMPLETED)
    if order.status not in under_way and not (
        order.status == OrderStatus.PLACED and order.shipping
    ):
        return ZERO
    parcels = Q(fulfilment__method=Method.SHIP)
    ended = Q(fulfilment__status__in=["returned", "cancelled", "shipped", "delivered"])
    lines = (
        FulfilmentLine.objects.filter(fulfilment__order=order)
        .values(
            price=F("order_line__unit_price"),
            off=F("order_line__discount"),
            lost=F("order_line__dropped"),
            units=F("order_line__quantity"),
            line=F("order_line_id"),
        )
        .annotate(
            back=Sum("returned"),
            sent=Count("id", filter=parcels),
            stays=Sum(F("fulfilled") - F("returned"), filter=parcels),
            going=Count("id", filter=parcels & ~ended),
        )
    )
    value, sent, with_customer = ZERO, 0, 0
    for row in lines:
        value += row["back"] * row["price"] - _discount_of_returned(row)
        sent += row["sent"]
        with_customer += (row["stays"] or 0) + row["going"]
    return value if with_customer or not sent else value + order.shipping


def _discount_of_returned(row: Mapping[str, Any]) -> Decimal:
    """Their share of the line's discount, on top of that of what was dropped: all parts
    together are the whole."""
    off, units, lost = row["off"], row["units"], row["lost"]
    before = rounded(off * lost / units)
    return rounded(off * (lost + row["back"]) / units) - before


def points_paid(order: Order, value: Decimal) -> int:
    """How much of `value`, undone in all, points had paid for: money is given back
    first. In whole points of the sum, because rounding each part down could lose one."""
    paid = min(order.points_value, max(ZERO, value - order.total))
    return int(paid * points.POINTS_FOR_ONE_EURO)


def correct_points(
    order: Order, act: UUID, *, kept: Decimal, back: int, at: datetime
) -> None:
    """After goods came back in one act (of a parcel: its promise): `back` spent points
    return, and what was earned is what the money that is still `kept` earns. What the
    account no longer has is owed. Inside a transaction, once per act; again without
    effect."""
    if order.customer is None:
        return
    if order.status == OrderStatus.COMPLETED:
        promises = order.fulfilments.values_list("id", flat=True)
        told = OrderEvent.objects.filter(order=order, kind="returned")
        acts = [data.get("act") for data in told.values_list("data", flat=True)]
        for reference in (order.id, *(f"kept:{id}" for id in (*promises, *acts) if id)):
            points.reverse(str(reference), at=at)
        points.earn(
            order.customer,
            points=points.points_for(kept),
            reference=f"kept:{act}",
            at=at,
        )
    points.earn(order.customer, points=back, reference=f"returned:{act}", at=at)
