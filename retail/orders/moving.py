"""The one mover of orders, and the diary of what happened to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from inventory.ids import derived
from inventory.inserting import insert
from retail.messages.outside import announce
from retail.orders.models import ORDER_MOVES, Order, OrderEvent, OrderStatus
from retail.webhooks.models import Kind

__all__ = ["FINAL", "UNPAID", "IllegalMove", "locked", "move", "note"]

UNPAID = frozenset({OrderStatus.AWAITING_PAYMENT, OrderStatus.PAYMENT_FAILED})
FINAL = frozenset({OrderStatus.COMPLETED, OrderStatus.CANCELLED})


class IllegalMove(Exception):
    """An order in `status` cannot become `target`."""

    def __init__(self, *, status: str, target: str) -> None:
        super().__init__(f"{status} → {target}")
        self.status = status
        self.target = target


def locked(order_id: UUID) -> Order:
    """The order as it is, its row locked until the transaction ends: acts on one order
    come one after the other. Raises Order.DoesNotExist."""
    return Order.objects.select_for_update(of=("self",)).get(id=order_id)


def move(
    order: Order,
    target: str,
    *,
    by: str,
    at: datetime,
    key: object = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Moves the order by the table of moves and writes it into the diary. Raises
    IllegalMove. Two statements; `order` is brought up to date."""
    sources = [before for before, after in ORDER_MOVES if after == target and before]
    before = order.status
    changed: dict[str, Any] = {"status": target}
    if target not in UNPAID:
        changed["visitor"] = ""
    if target in FINAL:
        changed |= {"finished_at": at, "requested": ""}
    if before not in sources or not (
        Order.objects.filter(id=order.id, status=before).update(**changed)
    ):
        raise IllegalMove(status=before, target=target)
    for name, value in changed.items():
        setattr(order, name, value)
    note(order, target, before=before, by=by, at=at, key=key, data=data)


def note(
    order: Order,
    kind: str,
    *,
    by: str,
    at: datetime,
    before: str | None = None,
    key: object = "",
    data: dict[str, Any] | None = None,
) -> OrderEvent:
    """One line of the diary. `key` tells apart what may happen to an order more than
    once (a payment's id); `before` is given where the order moved."""
    event = OrderEvent(
        id=derived(order.id, "event", kind, key),
        origin=order.origin,
        order=order,
        kind=kind,
        before=order.status if before is None else before,
        after=order.status,
        at=at,
        by=by,
        data=data or {},
    )
    insert([event])
    _announce(order, event)
    return event


def _announce(order: Order, event: OrderEvent) -> None:
    """An attempt to buy that was not paid for yet is nobody else's business."""
    if event.before == event.after or event.after in UNPAID:
        return
    if event.before in ("", *UNPAID) and event.after == OrderStatus.PLACED:
        kind = Kind.ORDER_PLACED
    elif event.before in UNPAID:
        return  # it came to nothing
    else:
        kind = Kind.ORDER_STATUS
    announce(
        kind, channel=order.origin, at=event.at, order=order.id, status=event.after
    )
