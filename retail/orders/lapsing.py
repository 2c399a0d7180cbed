"""What a provider says of money that was reserved: it is taken, bit by bit, or it is the
customer's again before the goods left.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from payments import PaymentStatus as Said

from inventory.ids import derived
from inventory.money import ZERO
from retail.fulfilment import requesting
from retail.fulfilment.models import Fulfilment, Method
from retail.notices.telling import notify
from retail.orders.models import Order
from retail.orders.moving import FINAL, note
from retail.orders.settling import DONE, GONE, refund, settle
from retail.orders.value import kept
from retail.payments import capturing
from retail.payments.attempts import Told
from retail.payments.models import Payment, PaymentMethod, PaymentStatus

__all__ = ["WrongSum", "taken"]


class WrongSum(Exception):
    """The provider took another sum than was wanted: a person must look."""

    def __init__(self, payment_id: UUID, wanted: Decimal, taken: Decimal) -> None:
        super().__init__(f"{payment_id}: {taken} instead of {wanted}")
        self.payment_id = payment_id
        self.wanted = wanted
        self.taken = taken


def taken(
    order: Order,
    payment: Payment,
    promises: Sequence[Fulfilment],
    told: Told,
    *,
    at: datetime,
) -> None:
    """Books what was taken of an authorised payment by now, and its end where the
    provider keeps no more. Needs `lock_all`, the order's row and the payment's locked;
    again without effect. Raises WrongSum."""
    if told.captured > payment.to_take:
        raise WrongSum(payment.id, payment.to_take, told.captured)
    more = told.captured > payment.captured
    if more:
        payment.captured = told.captured
        payment.captured_at = at
    open_there = told.status == Said.PREAUTH
    if not open_there:
        payment.status = (
            PaymentStatus.CAPTURED if payment.captured else PaymentStatus.VOID
        )
    if more or not open_there:
        payment.save(update_fields=["captured", "captured_at", "status"])
    if open_there or (payment.captured >= payment.to_take and not payment.reserved):
        if more:  # some of it may have come back before it was taken
            refund(order, reason=order.status, at=at)
        return
    _lapsed(order, payment, promises, at=at)


def _lapsed(
    order: Order, payment: Payment, promises: Sequence[Fulfilment], *, at: datetime
) -> None:
    """The bank keeps it no longer, and not all of it was taken. What is to be collected
    is paid at the counter, a parcel that has not left is not sent: nobody works for it
    any more. What left unpaid stays in `to_take`, for the comparison of the books to
    show to a person."""
    payment.reserved = ZERO
    open_here = [each for each in promises if each.status not in DONE | GONE]
    pickups = [each for each in open_here if each.method == Method.COLLECT]
    if pickups and order.status not in FINAL:
        payment.to_take = payment.captured  # the counter asks for it
    payment.save(update_fields=["to_take", "reserved"])
    note(order, "lapsed", by="system", at=at, key=payment.id)
    for parcel in open_here:
        if parcel.method == Method.SHIP:
            requesting.ask_cancel(parcel, by="system", reason="not_paid", at=at)
    settle(order.id, at=at)
    order.refresh_from_db()
    if len(pickups) < len(open_here):
        untold = {"amount": None}
        notify("reservation_lapsed", order=order, subject=order.id, data=untold, at=at)
    due = kept(order) - capturing.money_in(order)
    if due <= 0 or not pickups or order.status in FINAL:
        return
    capturing.pending(
        order,
        id=derived(payment.id, "at-store"),
        method=PaymentMethod.AT_STORE,
        amount=due,
        at=at,
    )
    # of several, the one that is not on its way out
    promise = min(pickups, key=lambda each: each.requested == "cancel")
    requesting.tell_due(promise, due, at=at)
    notify(
        "reservation_lapsed",
        order=order,
        subject=promise.id,
        data={"amount": str(due)},
        at=at,
    )
