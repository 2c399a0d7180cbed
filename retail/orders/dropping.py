"""Goods of an order that will not be delivered after all, or others instead of them:
less to pay, or money back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils import timezone

from inventory.ids import derived
from inventory.money import ZERO
from retail.fulfilment.models import Fulfilment, FulfilmentLine
from retail.loyalty import points
from retail.orders import substituting
from retail.orders.models import Order, OrderEvent, OrderLine
from retail.orders.moving import locked, note
from retail.orders.value import dropped_value, points_owed
from retail.payments.models import PaymentMethod, PaymentStatus

__all__ = ["drop", "take_points_back"]


def drop(
    fulfilment: Fulfilment,
    units: Mapping[int, int],
    *,
    instead: Sequence[Mapping[str, Any]] = (),
    by: str = "system",
    at: datetime | None = None,
) -> None:
    """Sets the dropped units of each order line (by position) of this fulfilment to
    these numbers, never lower than they are; again without effect. `instead` are the
    lines that the store holds in place of missing ones: {position, replaces, variant,
    gtin, title, quantity}. `settling.settle` refunds afterwards.

    What is still to be paid at the counter gets less. Goods that points had paid come
    back as points: money is given back first, as long as any was paid. Inside a
    transaction.
    """
    at = at or timezone.now()
    order = locked(fulfilment.order_id)
    before = dropped_value(order)
    changed = _dropped(fulfilment, units)
    added = substituting.add(fulfilment, instead)
    if added:
        note(
            order,
            "substituted",
            by=by,
            at=at,
            key=f"{fulfilment.id}:{sorted(added)}",
            data={"units": added},
        )
    if not changed:
        return
    _lower_due(order, fulfilment, dropped_value(order) - before)
    owed = points_owed(order)
    told = note(
        order,
        "dropped",
        by=by,
        at=at,
        key=f"{fulfilment.id}:{sorted(units.items())}",
        data={"units": changed, "points": owed},
    )
    if owed > 0 and order.customer is not None:
        points.earn(order.customer, points=owed, reference=_cause(told), at=at)


def _dropped(fulfilment: Fulfilment, units: Mapping[int, int]) -> dict[int, int]:
    """{position: units} that were not dropped before."""
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
    return changed


def _lower_due(order: Order, fulfilment: Fulfilment, value: Decimal) -> None:
    unpaid = order.payments.filter(
        method=PaymentMethod.AT_STORE, status=PaymentStatus.PENDING
    ).exists()
    if unpaid:
        fulfilment.due = max(ZERO, fulfilment.due - value)
        fulfilment.save(update_fields=["due"])


def take_points_back(order: Order, *, at: datetime) -> None:
    """What was given for dropped goods counts when all that was spent is given back."""
    for told in OrderEvent.objects.filter(order=order, kind="dropped"):
        points.reverse(_cause(told), at=at)


def _cause(told: OrderEvent) -> str:
    """Of points for goods that points had paid and that were dropped."""
    return f"dropped:{derived(told.id, 'points')}"
