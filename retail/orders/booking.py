"""What a provider says of a payment becomes ours, whoever brought the news: the answer
to the payment itself, its call, its list, or the customer who came back from it.

State decides, not the order in which news comes: it is looked up each time, a payment
only goes forward, and what comes twice has one effect.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from payments import PaymentStatus as Said

from inventory.reserving import OutOfStock
from retail import channels
from retail.channels.crashing import crash_point
from retail.fulfilment import requesting
from retail.fulfilment.models import Fulfilment
from retail.orders.cancelling import cancel_unpaid
from retail.orders.holding import in_order, keep, let_go, quantities_of, waiting
from retail.orders.models import Order, OrderStatus
from retail.orders.moving import UNPAID, locked, move, note
from retail.orders.settling import refund
from retail.payments import capturing, providers
from retail.payments.attempts import Told
from retail.payments.models import Payment, PaymentStatus

__all__ = ["WrongSum", "book"]

NOTHING_COMES = {Said.REJECTED, Said.CANCELLED, Said.ERROR}


class WrongSum(Exception):
    """The provider took another sum than the payment was for: a person must look."""

    def __init__(self, payment_id: UUID, wanted: Decimal, taken: Decimal) -> None:
        super().__init__(f"{payment_id}: {taken} instead of {wanted}")
        self.payment_id = payment_id
        self.wanted = wanted
        self.taken = taken


def book(payment: Payment, told: Told, *, at: datetime) -> Payment:
    """Brings our row in line with what was told, and the order with it: the payment as
    it is then. Opens its own transactions and must not be called inside one.

    What is authorised is taken where the order waits for it, and let go where it does
    not any more. Money that was taken for an order that wants none is given back: the
    payment is then `void`, with captured = refunded. Raises providers.NoAnswer,
    providers.Refused, WrongSum.
    """
    if told.status == Said.PREAUTH:
        if _wanted(payment):
            told = providers.take(payment)
        else:
            providers.let_go(payment)
            told = Told(payment.id, Said.CANCELLED, told.reference)
    if told.captured > 0:
        crash_point("after_provider_ok")
        with channels.atomic():
            return _captured(payment, told, at)
    with channels.atomic():
        if told.status in NOTHING_COMES:
            _declined(payment.order_id, payment.id, at)
        else:
            _goes_on(payment, told)
    payment.refresh_from_db()
    return payment


def _wanted(payment: Payment) -> bool:
    """As of now; whether it still is when the money is booked is asked again then."""
    return Order.objects.filter(id=payment.order_id, status__in=UNPAID).exists()


def _goes_on(payment: Payment, told: Told) -> None:
    """Elsewhere, or later."""
    waits = Payment.objects.filter(id=payment.id, status=PaymentStatus.PENDING)
    if told.reference:
        waits.filter(provider_reference="").update(provider_reference=told.reference)
    waits.exclude(next_action=told.url).update(next_action=told.url)


def _declined(order_id: UUID, payment_id: UUID, at: datetime) -> None:
    promises = requesting.lock_all(order_id)
    order = locked(order_id)
    failed = order.payments.filter(id=payment_id, status=PaymentStatus.PENDING).update(
        status=PaymentStatus.FAILED, next_action=""
    )
    if not failed or order.status not in UNPAID:
        return
    for fulfilment in in_order(promises):
        let_go(fulfilment, quantities_of(fulfilment))
    if order.status == OrderStatus.AWAITING_PAYMENT:
        move(order, OrderStatus.PAYMENT_FAILED, by="system", at=at, key=payment_id)
    else:
        note(order, "payment_failed", by="system", at=at, key=payment_id)


def _captured(found: Payment, told: Told, at: datetime) -> Payment:
    """Books the money, and with it either the order goes on or the money goes back."""
    promises = requesting.lock_all(found.order_id)
    order = locked(found.order_id)
    held = waiting(order)
    payment = order.payments.select_for_update().get(id=found.id)
    if payment.captured > 0:
        return payment
    if told.captured != payment.amount:
        raise WrongSum(payment.id, payment.amount, told.captured)
    wanted = order.status in UNPAID
    secured = wanted and _secured(promises, held=held, at=at)
    payment.status = PaymentStatus.CAPTURED if secured else PaymentStatus.VOID
    payment.provider_reference = told.reference or payment.provider_reference
    payment.captured = payment.amount
    payment.captured_at = at
    payment.next_action = ""
    payment.save(
        update_fields=[
            "status",
            "provider_reference",
            "captured",
            "captured_at",
            "next_action",
        ]
    )
    if secured:
        capturing.void_pending(order)
        move(order, OrderStatus.PLACED, by=order.maker, at=at, key=payment.id)
        for fulfilment in promises:
            requesting.dispatch(fulfilment, at=at)
        return payment
    if wanted:
        cancel_unpaid(order, promises, reason="out_of_stock", by="system", at=at)
    refund(order, reason="came too late", at=at)
    payment.refresh_from_db()
    return payment


def _secured(promises: Sequence[Fulfilment], *, held: bool, at: datetime) -> bool:
    """The goods wait without an end; taken anew where the hold had ended meanwhile.
    False where some went: then nothing was taken, for what an earlier promise of the
    order took is given back with it."""
    try:
        with channels.atomic() if len(promises) > 1 else nullcontext():
            for fulfilment in in_order(promises):
                keep(fulfilment, held=held, at=at)
    except OutOfStock:
        return False
    return True
