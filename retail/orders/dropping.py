"""Goods of an order that will not be delivered after all: less to pay, or money back."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from inventory.money import ZERO
from retail.fulfilment.models import Fulfilment, FulfilmentLine
from retail.loyalty import points
from retail.orders.models import Order, OrderLine
from retail.orders.moving import locked, note
from retail.orders.settling import dropped_reference, dropped_value
from retail.payments.models import PaymentMethod, PaymentStatus

__all__ = ["drop"]


def drop(
    fulfilment: Fulfilment,
    units: Mapping[int, int],
    *,
    by: str = "system",
    at: datetime | None = None,
) -> None:
    """Sets the dropped units of each order line (by position) of this fulfilment to
    these numbers; again without effect. `settling.settle` refunds afterwards.

    What is still to be paid at the counter gets less. Goods that points had paid come
    back as points: money is given back first, as long as any was paid. Inside a
    transaction.
    """
    at = at or timezone.now()
    order = locked(fulfilment.order_id)
    before = dropped_value(order)
    changed = {}
    for line in fulfilment.lines.select_related("order_line"):
        wanted = units.get(line.order_line.position, line.dropped)
        more = wanted - line.dropped
        if more > 0:
            FulfilmentLine.objects.filter(id=line.id).update(dropped=wanted)
            OrderLine.objects.filter(id=line.order_line_id).update(
                dropped=F("dropped") + more
            )
            changed[line.order_line.position] = more
    if not changed:
        return
    note(
        order,
        "dropped",
        by=by,
        at=at,
        key=f"{fulfilment.id}:{sorted(units.items())}",
        data={"units": changed},
    )
    now = dropped_value(order)
    _lower_due(order, fulfilment, now - before)
    _points_back(order, fulfilment, before=before, now=now, at=at)


def _lower_due(order: Order, fulfilment: Fulfilment, value: Decimal) -> None:
    unpaid = order.payments.filter(
        method=PaymentMethod.AT_STORE, status=PaymentStatus.PENDING
    ).exists()
    if unpaid:
        fulfilment.due = max(ZERO, fulfilment.due - value)
        fulfilment.save(update_fields=["due"])


def _points_back(
    order: Order, fulfilment: Fulfilment, *, before: Decimal, now: Decimal, at: datetime
) -> None:
    """The part of the dropped value that no money had paid for."""

    def by_points(value: Decimal) -> int:
        """In whole points of all that was dropped so far: rounded down each time, two
        drops could lose a point that one would not."""
        paid = min(order.points_value, max(ZERO, value - order.total))
        return int(paid * points.POINTS_FOR_ONE_EURO)

    owed = by_points(now) - by_points(before)
    if owed > 0 and order.customer is not None:
        points.earn(
            order.customer,
            points=owed,
            reference=dropped_reference(fulfilment.id),
            at=at,
        )
