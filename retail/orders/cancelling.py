"""Taking an order back: at once where it is ours alone, by asking where a store works on
it already."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, Q
from django.utils import timezone

from retail import channels
from retail.fulfilment import requesting, slots
from retail.fulfilment.models import Fulfilment
from retail.fulfilment.moving import IllegalMove
from retail.fulfilment.states import FulfilmentStatus
from retail.notices.telling import notify
from retail.orders.holding import HOLD, in_order, let_go, quantities_of, waiting
from retail.orders.models import Order, OrderStatus
from retail.orders.moving import UNPAID, locked, move, note
from retail.orders.settling import (
    DONE,
    GONE,
    give_coupons_back,
    give_points_back,
    refund,
    settle,
)
from retail.payments import capturing

__all__ = ["NotCancellable", "cancel", "cancel_unpaid", "expire_unpaid"]


class NotCancellable(Exception):
    """Too late: some of it is on its way or with the customer."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


def cancel(order: Order, *, by: str, at: datetime | None = None) -> str:
    """Cancels the whole order: "done", or "requested" where a store must answer.

    What was paid is refunded and spent points come back once nothing of it is under
    way. Raises NotCancellable, requesting.AlreadyAsked (the store has yet to answer
    something else). Cancelled before: "done", without effect. Opens its own
    transaction; `order` is brought up to date.
    """
    at = at or timezone.now()
    with channels.atomic():
        promises = requesting.lock_all(order.id)
        now = locked(order.id)
        if now.status in UNPAID:
            cancel_unpaid(now, promises, reason="cancelled", by=by, at=at)
        elif now.status != OrderStatus.CANCELLED:
            _cancel_placed(now, promises, by=by, at=at)
    order.refresh_from_db()
    return "done" if order.status == OrderStatus.CANCELLED else "requested"


def _cancel_placed(
    order: Order, promises: Sequence[Fulfilment], *, by: str, at: datetime
) -> None:
    under_way = [each for each in promises if each.status not in GONE]
    for promise in under_way:
        if promise.status in DONE:
            raise NotCancellable(promise.status)
        asked = promise.requested
        try:
            answer = requesting.ask_cancel(promise, by=by, reason="cancelled", at=at)
        except (requesting.NotAskable, IllegalMove) as error:
            raise NotCancellable(promise.status) from error
        if answer == "requested" and not asked:
            key = f"{promise.id}:{promise.job_version}"
            note(order, "cancel_requested", by=by, at=at, key=key)
    settle(order.id, by=by, at=at)


def cancel_unpaid(
    order: Order,
    promises: Sequence[Fulfilment],
    *,
    reason: str,
    by: str,
    at: datetime,
) -> None:
    """No place has been asked for anything yet. Needs `lock_all` and the order's row
    locked."""
    held = waiting(order)
    for promise in promises:
        slots.give_back(promise)
    for promise in in_order(promises):
        if held:
            let_go(promise, quantities_of(promise))
    order.fulfilments.update(
        status=FulfilmentStatus.CANCELLED, reason=reason, changed_at=at
    )
    capturing.void_pending(order)
    move(order, OrderStatus.CANCELLED, by=by, at=at, data={"reason": reason})
    # what a gift card had paid before the rest was to come
    refund(order, reason=reason, at=at)
    give_points_back(order, at=at)
    give_coupons_back(order, at=at)
    told = {"reason": reason}
    notify("order_cancelled", order=order, subject=order.id, data=told, at=at)


def expire_unpaid(now: datetime, *, hold: timedelta = HOLD) -> list[UUID]:
    """Cancels orders whose money has not come within `hold` of the last attempt to
    pay; answers their ids, at most 500. Opens a transaction for each order, so that
    one that is being paid right now delays nobody but itself."""
    due = (
        Order.objects.filter(status__in=UNPAID)
        .annotate(last=Max("payments__made_at"))
        .filter(Q(last__lte=now - hold) | Q(last=None, placed_at__lte=now - hold))
        .order_by("placed_at")
        .values_list("id", flat=True)
    )
    return [id for id in list(due[:500]) if _expire(id, now, hold)]


def _expire(id: UUID, now: datetime, hold: timedelta) -> bool:
    with channels.atomic():
        promises = requesting.lock_all(id)
        order = locked(id)
        last = order.payments.aggregate(last=Max("made_at"))["last"]
        if order.status not in UNPAID or (last or order.placed_at) > now - hold:
            return False
        cancel_unpaid(order, promises, reason="not_paid", by="system", at=now)
        return True
