"""What follows for an order from the state of its fulfilments: its status, the money
that may be kept, the points. Whoever changes a fulfilment calls `settle` after it.
"""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from inventory.ids import derived
from inventory.money import ZERO
from retail.fulfilment.models import Fulfilment, FulfilmentLine
from retail.fulfilment.states import FulfilmentStatus
from retail.loyalty import points
from retail.notices.telling import notify
from retail.orders import dropping
from retail.orders.models import Order, OrderStatus
from retail.orders.moving import FINAL, UNPAID, locked, move, note
from retail.orders.reckoning import reckon
from retail.orders.value import kept
from retail.payments import capturing
from retail.promotions import coupons

__all__ = [
    "DONE",
    "GONE",
    "give_coupons_back",
    "give_points_back",
    "redemption_id",
    "refund",
    "settle",
    "status_of",
]

# With the customer, or never to reach them; anything else is still under way.
DONE = frozenset(
    {
        FulfilmentStatus.COLLECTED,
        FulfilmentStatus.SHIPPED,
        FulfilmentStatus.DELIVERED,
        FulfilmentStatus.RETURNED,
    }
)
GONE = frozenset({FulfilmentStatus.CANCELLED, FulfilmentStatus.RESTOCKED})


def redemption_id(order_id: UUID) -> UUID:
    """The one redemption of points that an order may make."""
    return derived(order_id, "redemption")


def status_of(fulfilments: Collection[str]) -> OrderStatus:
    """The status of a paid-for (or payable in store) order, from its fulfilments'."""
    left = [status for status in fulfilments if status not in GONE]
    if not left:
        return OrderStatus.CANCELLED
    done = [status for status in left if status in DONE]
    if len(done) == len(left):
        return OrderStatus.COMPLETED
    return OrderStatus.PART_FULFILLED if done else OrderStatus.PLACED


def settle(
    order_id: UUID,
    *,
    by: str = "system",
    at: datetime | None = None,
    act: UUID | None = None,
) -> Order:
    """Brings the order in line with its fulfilments: moves it, says what is to be taken
    of what is reserved, refunds what may not be kept, gives spent points back
    (cancelled) or earns points (completed). The diary names the `act` for which money
    goes back.

    Called again it changes nothing. Inside a transaction; locks the order's row.
    """
    at = at or timezone.now()
    order = locked(order_id)
    if order.status in UNPAID:
        return order
    rows = list(
        Fulfilment.objects.filter(order=order).values_list("status", "requested")
    )
    status = status_of([status for status, _ in rows])
    _answered(order, still_open=any(requested for _, requested in rows))
    moved = status != order.status and order.status not in FINAL
    if moved:
        move(order, status, by=by, at=at)
    if status != OrderStatus.CANCELLED and any(each in GONE for each, _ in rows):
        _drop_uncovered(order, by=by, at=at)
    refund(order, reason=status, at=at, act=act)
    if moved and status == OrderStatus.CANCELLED:
        give_points_back(order, at=at)
        give_coupons_back(order, at=at)
        capturing.void_pending(order)
        notify("order_cancelled", order=order, subject=order.id, at=at)
    if moved and status == OrderStatus.COMPLETED:
        earn_points(order, at=at)
    return order


def _drop_uncovered(order: Order, *, by: str, at: datetime) -> None:
    """What only a promise that ended was to bring, and no other promise took over,
    will not come. Each order line's units are promised at most once at a time."""
    lines = list(
        FulfilmentLine.objects.filter(fulfilment__order=order)
        .select_related("fulfilment", "order_line")
        .order_by("-fulfilment__changed_at", "fulfilment_id")
    )
    missing = Counter(
        {
            line.order_line_id: line.order_line.quantity - line.order_line.dropped
            for line in lines
        }
    )
    for line in lines:
        if line.fulfilment.status not in GONE:
            missing[line.order_line_id] -= line.quantity - line.dropped
    ended: dict[UUID, tuple[Fulfilment, dict[int, int]]] = {}
    for line in lines:
        units = min(missing[line.order_line_id], line.quantity - line.dropped)
        if units > 0 and line.fulfilment.status in GONE:
            missing[line.order_line_id] -= units
            _, dropped = ended.setdefault(line.fulfilment_id, (line.fulfilment, {}))
            dropped[line.order_line.position] = line.dropped + units
    for promise, dropped in ended.values():
        dropping.drop(promise, dropped, by=by, at=at)


def refund(order: Order, *, reason: str, at: datetime, act: UUID | None = None) -> None:
    """Says what is to be taken of what is reserved (`reckon`), and gives back what was
    paid above what the customer has. Needs the order's row locked."""
    named = {"act": str(act)} if act else {}
    payments = list(order.payments.all())
    keep = kept(order)
    # what is still to leave is paid for when it leaves, not from what was taken before
    keep -= reckon(order, payments, keep)
    got = sum((each.captured - each.refunded for each in payments), ZERO)
    for made in capturing.give_back_above(order, keep, got=got, reason=reason, at=at):
        note(
            order,
            "refunded",
            by="system",
            at=at,
            key=made.id,
            data={
                "amount": str(made.amount),
                "method": made.payment.method,
                **named,
            },
        )
        notify(
            "refunded",
            order=order,
            subject=order.id,
            key=str(made.id),
            data={"amount": str(made.amount)},
            at=at,
        )


def _answered(order: Order, *, still_open: bool) -> None:
    """The other side has answered all that the customer asked of it."""
    if order.requested and not still_open:
        Order.objects.filter(id=order.id).update(requested="")
        order.requested = ""


def give_points_back(order: Order, *, at: datetime) -> None:
    """All that the order spent, once; what was given for dropped goods counts."""
    if not order.points_redeemed:
        return
    dropping.take_points_back(order, at=at)
    points.give_back(redemption_id(order.id), at=at)


def give_coupons_back(order: Order, *, at: datetime) -> None:
    """A code that opened an offer for an order that came to nothing may be used again."""
    if order.discount:
        coupons.give_back(order.id, at=at)


def earn_points(order: Order, *, at: datetime) -> None:
    """For the money that is kept, not for what points paid."""
    earned = points.points_for(kept(order))
    if order.customer is not None and earned > 0:
        points.earn(order.customer, points=earned, reference=str(order.id), at=at)
