"""Taking an order back: at once where it is ours alone, by asking where a store works on
it already."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, Q
from django.utils import timezone

from inventory.ids import derived
from retail import channels
from retail.channels import Channel
from retail.fulfilment import shipping
from retail.fulfilment.models import Fulfilment, Method, ShipJob
from retail.fulfilment.states import SHIP_MOVES, FulfilmentStatus
from retail.messages.outbox import tell
from retail.orders.holding import HOLD, let_go, promises_of, quantities_of, waiting
from retail.orders.models import Order, OrderStatus
from retail.orders.moving import UNPAID, locked, move, note
from retail.orders.settling import DONE, GONE, give_points_back, settle
from retail.payments import capturing

__all__ = ["NotCancellable", "cancel", "cancel_unpaid", "expire_unpaid"]


class NotCancellable(Exception):
    """Too late: the goods are on their way or with the customer."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


def cancel(order: Order, *, by: str, at: datetime | None = None) -> str:
    """Cancels what has not left yet: "done", or "requested" where a store must answer.

    What was paid is refunded and spent points come back with the last fulfilment.
    Raises NotCancellable. Cancelled before: "done", without effect. Opens its own
    transaction; `order` is brought up to date.
    """
    at = at or timezone.now()
    with channels.atomic():
        now = locked(order.id)
        if now.status in UNPAID:
            cancel_unpaid(now, reason="cancelled", by=by, at=at)
        elif now.status != OrderStatus.CANCELLED:
            _cancel_placed(now, by=by, at=at)
    order.refresh_from_db()
    return "done" if order.status == OrderStatus.CANCELLED else "requested"


def _cancel_placed(order: Order, *, by: str, at: datetime) -> None:
    promises = promises_of(order)
    under_way = [
        each for each in promises if each.status not in DONE and each.status not in GONE
    ]
    if not under_way or len(under_way) < len(
        [each for each in promises if each.status not in GONE]
    ):
        raise NotCancellable(order.status)
    for fulfilment in under_way:
        if fulfilment.method == Method.SHIP:
            cancel_parcel(fulfilment, by=by, at=at)
        else:
            ask_to_cancel(order, fulfilment, by=by, at=at)
    settle(order.id, by=by, at=at)


def cancel_parcel(fulfilment: Fulfilment, *, by: str, at: datetime) -> None:
    """The warehouse is our own: done at once. Raises NotCancellable once shipped."""
    job = ShipJob.objects.get(id=fulfilment.id)
    if job.status not in SHIP_MOVES["cancel"].sources:
        raise NotCancellable(job.status)
    shipping.cancel(
        job,
        reason="cancelled",
        by=by,
        event_id=derived(fulfilment.id, "cancel", job.version),
        at=at,
    )


def ask_to_cancel(
    order: Order, fulfilment: Fulfilment, *, by: str, at: datetime
) -> None:
    """The store answers with the pickup's state: at once on one database, by message
    later where databases are apart."""
    if fulfilment.requested == "cancel":
        return
    Fulfilment.objects.filter(id=fulfilment.id).update(requested="cancel")
    Order.objects.filter(id=order.id).update(requested="cancel")
    note(order, "cancel_requested", by=by, at=at, key=f"{fulfilment.id}:{at}")
    tell(
        Channel.POS,
        "pickup.cancel_requested",
        subject=fulfilment.id,
        payload={"reason": "cancelled", "by": by, "at": at.isoformat()},
        origin=Channel.WEBSHOP,
        at=at,
    )


def cancel_unpaid(order: Order, *, reason: str, by: str, at: datetime) -> None:
    """Nobody has been asked for anything yet. Needs the order's row locked."""
    held = waiting(order)
    for fulfilment in promises_of(order):
        if held:
            let_go(fulfilment, quantities_of(fulfilment))
    order.fulfilments.update(
        status=FulfilmentStatus.CANCELLED, reason=reason, changed_at=at
    )
    capturing.void_pending(order)
    move(order, OrderStatus.CANCELLED, by=by, at=at, data={"reason": reason})
    give_points_back(order, at=at)


def expire_unpaid(now: datetime, *, hold: timedelta = HOLD) -> list[UUID]:
    """Cancels orders whose money has not come within `hold` of the last attempt to
    pay; answers their ids. Opens a transaction for each order, so that one that
    is being paid right now waits for that alone and is then left alone."""
    due = (
        Order.objects.filter(status__in=UNPAID)
        .annotate(last=Max("payments__made_at"))
        .filter(Q(last__lte=now - hold) | Q(last=None, placed_at__lte=now - hold))
        .order_by("placed_at")
        .values_list("id", flat=True)
    )
    expired = []
    for id in list(due[:500]):
        with channels.atomic():
            order = locked(id)
            last = order.payments.aggregate(last=Max("made_at"))["last"]
            if order.status in UNPAID and (last or order.placed_at) <= now - hold:
                cancel_unpaid(order, reason="not_paid", by="system", at=now)
                expired.append(id)
    return expired
