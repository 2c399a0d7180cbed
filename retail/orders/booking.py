"""What a provider says of a payment becomes ours, whoever brought the news: the answer
to the payment itself, its call, its list, or the customer who came back from it.

State decides, not the order in which news comes: it is looked up each time, a payment
only goes forward, and what comes twice has one effect.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from payments import PaymentStatus as Said

from inventory.reserving import OutOfStock
from retail import channels
from retail.channels.crashing import crash_point
from retail.fulfilment import requesting
from retail.fulfilment.models import Fulfilment
from retail.orders import lapsing
from retail.orders.cancelling import cancel_unpaid
from retail.orders.holding import in_order, keep, let_go, quantities_of, waiting
from retail.orders.lapsing import WrongSum
from retail.orders.models import Order, OrderStatus
from retail.orders.moving import UNPAID, locked, move, note
from retail.orders.settling import refund
from retail.payments import capturing, providers
from retail.payments.attempts import Told
from retail.payments.models import Payment, PaymentStatus

__all__ = ["WrongSum", "book"]

NOTHING_COMES = {Said.REJECTED, Said.CANCELLED, Said.ERROR}


def book(payment: Payment, told: Told, *, at: datetime) -> Payment:
    """Brings our row in line with what was told, and the order with it: the payment as
    it is then. Opens its own transactions and must not be called inside one.

    What is authorised stays reserved where the order waits for it, and is let go where
    it does not any more: the payment is then `failed` or `void`. Money that was taken
    for an order that wants none is given back: `void`, with captured = refunded. What a
    bank no longer keeps has lapsed (`lapsing`). Raises providers.NoAnswer,
    providers.Refused, WrongSum.
    """
    if told.status == Said.PREAUTH and not _wanted(payment):
        providers.let_go(payment)
        told = replace(told, status=Said.CANCELLED)
    if told.status == Said.PREAUTH or told.captured > 0:
        crash_point("after_provider_ok")
        with channels.atomic():
            payment = _arrived(payment, told, at)
        if told.status == Said.PREAUTH and payment.status == PaymentStatus.VOID:
            providers.let_go(payment)
        return payment
    with channels.atomic():
        if told.status in NOTHING_COMES:
            _ended(payment, told, at)
        else:
            _goes_on(payment, told)
    payment.refresh_from_db()
    return payment


def _wanted(payment: Payment) -> bool:
    """As of now; whether it still is when it is booked is asked again then."""
    reserved = Q(status=PaymentStatus.AUTHORISED)
    waits = Q(order__status__in=UNPAID)
    return Payment.objects.filter(reserved | waits, id=payment.id).exists()


def _goes_on(payment: Payment, told: Told) -> None:
    """Elsewhere, or later."""
    waits = Payment.objects.filter(id=payment.id, status=PaymentStatus.PENDING)
    if told.reference:
        waits.filter(provider_reference="").update(provider_reference=told.reference)
    waits.exclude(next_action=told.url).update(next_action=told.url)


def _ended(payment: Payment, told: Told, at: datetime) -> None:
    """Nothing comes of it, or no more. An attempt that is refused says nothing of one
    that was authorised meanwhile."""
    promises = requesting.lock_all(payment.order_id)
    order = locked(payment.order_id)
    now = order.payments.select_for_update().get(id=payment.id)
    if now.status == PaymentStatus.AUTHORISED:
        if told.status == Said.CANCELLED:
            lapsing.taken(order, now, promises, told, at=at)
    elif now.status == PaymentStatus.PENDING:
        now.status, now.next_action = PaymentStatus.FAILED, ""
        now.save(update_fields=["status", "next_action"])
        if order.status in UNPAID:
            _declined(order, promises, payment.id, at)


def _declined(
    order: Order, promises: Sequence[Fulfilment], payment_id: UUID, at: datetime
) -> None:
    for fulfilment in in_order(promises):
        let_go(fulfilment, quantities_of(fulfilment))
    if order.status == OrderStatus.AWAITING_PAYMENT:
        move(order, OrderStatus.PAYMENT_FAILED, by="system", at=at, key=payment_id)
    else:
        note(order, "payment_failed", by="system", at=at, key=payment_id)


def _arrived(found: Payment, told: Told, at: datetime) -> Payment:
    """Books what is reserved, or the money, and with it either the order goes on or it
    goes back."""
    promises = requesting.lock_all(found.order_id)
    order = locked(found.order_id)
    held = waiting(order)
    payment = order.payments.select_for_update().get(id=found.id)
    if payment.status == PaymentStatus.AUTHORISED:
        lapsing.taken(order, payment, promises, told, at=at)
        return payment
    if payment.captured > 0:
        return payment
    reserved = told.captured == 0
    if not reserved and told.captured != payment.amount:
        raise WrongSum(payment.id, payment.amount, told.captured)
    wanted = order.status in UNPAID
    secured = wanted and _secured(promises, held=held, at=at)
    payment.status = PaymentStatus.VOID
    if secured:
        payment.status = (
            PaymentStatus.AUTHORISED if reserved else PaymentStatus.CAPTURED
        )
    payment.provider_reference = told.reference or payment.provider_reference
    if not reserved:
        payment.captured, payment.captured_at = payment.amount, at
    elif secured:
        payment.reserved = payment.amount
    payment.next_action = ""
    payment.save(
        update_fields=[
            "status",
            "provider_reference",
            "captured",
            "captured_at",
            "reserved",
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
