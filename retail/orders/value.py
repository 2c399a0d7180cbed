"""What an order is worth after what became of its goods.

`kept` = total − dropped + agreed instead − came back. The order's own total stays what
was bought: goods that were agreed instead of missing ones are lines that `replace`
others, cost no more than these, and are counted here alone.
"""

from collections import Counter
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Q, Sum
from django.db.models.functions import Round

from inventory.money import ZERO
from retail.fulfilment.models import FulfilmentLine, Method
from retail.orders.models import Order, OrderEvent, OrderLine, OrderStatus
from retail.orders.returns import points_paid, returned_value

__all__ = ["dropped_value", "kept", "left_and_coming", "points_owed", "undone"]

SENT = frozenset({"shipped", "delivered", "returned"})
OVER = frozenset({"cancelled", "restocked"})


def kept(order: Order) -> Decimal:
    """The most that may be kept of the customer's money: nothing of a cancelled order,
    else the total without what is undone. Points pay last: such goods are given back
    in money as far as money was paid."""
    if order.status == OrderStatus.CANCELLED:
        return ZERO
    return max(ZERO, order.total - undone(order))


def undone(order: Order) -> Decimal:
    """What the customer does not have after all, at the price that was to be paid."""
    return dropped_value(order) + returned_value(order)


def dropped_value(order: Order) -> Decimal:
    """What was ordered and will not be delivered, less what was agreed instead of it: Σ
    what the dropped units cost − Σ quantity × price of the lines that replace others.
    A discount is shared out over the units of its line. One query.
    """
    instead = Q(replaces__isnull=False)
    off = Round(F("discount") * F("dropped") / F("quantity"), precision=2)
    sums = order.lines.aggregate(
        dropped=Sum(F("dropped") * F("unit_price") - off),
        agreed=Sum(F("quantity") * F("unit_price"), filter=instead),
    )
    return (sums["dropped"] or ZERO) - (sums["agreed"] or ZERO)


def left_and_coming(order: Order) -> tuple[Decimal, Decimal]:
    """What the goods that left cost, also those that came back since, and what those
    cost that are still to leave. Points pay last; sending is paid for with the first
    parcel. One query."""
    rows = FulfilmentLine.objects.filter(fulfilment__order=order)
    gone: Counter[UUID] = Counter()
    lines: dict[UUID, OrderLine] = {}
    parcels: set[str] = set()
    for row in rows.select_related("order_line", "fulfilment"):
        lines[row.order_line_id] = row.order_line
        gone[row.order_line_id] += row.fulfilled
        if row.fulfilment.method == Method.SHIP:
            parcels.add(row.fulfilment.status)
    sent = bool(parcels & SENT)
    left = order.total - (ZERO if sent else order.shipping)
    coming = ZERO
    for id, line in lines.items():
        missing = line.worth(line.quantity - gone[id])
        left += (line.total if line.replaces is not None else ZERO) - missing
        coming += missing - line.worth(line.dropped)
    if not sent and parcels - OVER:
        coming += order.shipping
    return max(ZERO, left), max(ZERO, left + coming) - max(ZERO, left)


def points_owed(order: Order) -> int:
    """The points that paid for what is undone and have not come back yet. The diary
    says how many did, each time; one query, none where no points were spent."""
    if not order.points_redeemed:
        return 0
    told = OrderEvent.objects.filter(order=order, kind__in=["dropped", "returned"])
    given: int = sum(
        data.get("points", 0) for data in told.values_list("data", flat=True)
    )
    return points_paid(order, undone(order)) - given
