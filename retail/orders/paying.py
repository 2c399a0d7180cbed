"""Paying an order online: a transaction before the provider is asked, one after it, and
none around it. A crash between them loses no money: the same payment id is asked again
and gives the same answer, and what arrives too late is given back.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from inventory.reserving import OutOfStock
from retail import channels
from retail.channels.crashing import crash_point
from retail.fulfilment import requesting
from retail.fulfilment.models import Fulfilment
from retail.orders.cancelling import cancel_unpaid
from retail.orders.holding import (
    HOLD,
    hold,
    in_order,
    keep,
    let_go,
    quantities_of,
    waiting,
)
from retail.orders.models import Order, OrderStatus
from retail.orders.moving import UNPAID, locked, move, note
from retail.orders.settling import refund
from retail.payments import capturing, gateway
from retail.payments.models import Payment, PaymentMethod, PaymentStatus

__all__ = ["NotPayable", "PaymentDeclined", "UnknownPayment", "pay"]


class PaymentDeclined(Exception):
    """The bank said no. The order waits for another attempt."""


class NotPayable(Exception):
    """There is nothing to pay online: the order is `status`."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class UnknownPayment(Exception):
    """The payment id belongs to another order."""


def pay(
    order: Order, *, payment_id: UUID, token: str, at: datetime | None = None
) -> Payment:
    """Takes the order's total, less what a gift card paid, and hands the order on.
    Opens its own transactions and must not be called inside one.

    The same payment id again gives the same result. Raises PaymentDeclined (the order
    is payment_failed and its goods are free again), OutOfStock (a further attempt,
    and the goods went meanwhile), NotPayable, UnknownPayment. Money that arrives for
    an order that was cancelled or paid meanwhile is given back at once: the payment
    that comes back is then `void`, with captured = refunded.
    """
    at = at or timezone.now()
    with channels.atomic():
        payment = _begin(order.id, payment_id, at)
    if payment.status == PaymentStatus.CAPTURED or payment.captured > 0:
        return payment
    if payment.status == PaymentStatus.FAILED:
        raise PaymentDeclined
    try:
        charge = gateway.charge(
            id=payment.id,
            amount=payment.amount,
            currency=payment.currency,
            token=token,
        )
    except gateway.Declined as declined:
        with channels.atomic():
            _declined(order.id, payment.id, at)
        raise PaymentDeclined from declined
    crash_point("after_provider_ok")
    with channels.atomic():
        return _captured(order.id, payment.id, charge.reference, at)


def _begin(order_id: UUID, payment_id: UUID, at: datetime) -> Payment:
    """The attempt, pending and with its goods held; or as it ended before."""
    promises = requesting.lock_all(order_id)
    order = locked(order_id)
    payment = Payment.objects.filter(id=payment_id).first()
    if payment is not None and payment.order_id != order.id:
        raise UnknownPayment
    if payment is not None and payment.method != PaymentMethod.ONLINE:
        raise NotPayable(order.status)
    if payment is not None and payment.status != PaymentStatus.PENDING:
        if payment.status == PaymentStatus.VOID and not payment.captured:
            raise NotPayable(order.status)
        return payment
    if order.status not in UNPAID:
        raise NotPayable(order.status)
    if payment is not None:
        return payment
    if not waiting(order):
        for fulfilment in in_order(promises):
            hold(fulfilment, quantities_of(fulfilment), expires_at=at + HOLD, at=at)
    # one attempt counts at a time; an older one that still brings money is found out
    capturing.void_pending(order)
    return capturing.pending(
        order,
        id=payment_id,
        method=PaymentMethod.ONLINE,
        amount=order.total - capturing.money_in(order),
        at=at,
    )


def _declined(order_id: UUID, payment_id: UUID, at: datetime) -> None:
    promises = requesting.lock_all(order_id)
    order = locked(order_id)
    failed = order.payments.filter(id=payment_id, status=PaymentStatus.PENDING).update(
        status=PaymentStatus.FAILED
    )
    if not failed or order.status not in UNPAID:
        return
    for fulfilment in in_order(promises):
        let_go(fulfilment, quantities_of(fulfilment))
    if order.status == OrderStatus.AWAITING_PAYMENT:
        move(order, OrderStatus.PAYMENT_FAILED, by="system", at=at, key=payment_id)
    else:
        note(order, "payment_failed", by="system", at=at, key=payment_id)


def _captured(
    order_id: UUID, payment_id: UUID, reference: str, at: datetime
) -> Payment:
    """Books the money, and with it either the order goes on or the money goes back."""
    promises = requesting.lock_all(order_id)
    order = locked(order_id)
    held = waiting(order)
    payment = order.payments.select_for_update().get(id=payment_id)
    if payment.captured > 0:
        return payment
    wanted = order.status in UNPAID
    secured = wanted and _secured(promises, held=held, at=at)
    payment.status = PaymentStatus.CAPTURED if secured else PaymentStatus.VOID
    payment.provider_reference = reference
    payment.captured = payment.amount
    payment.captured_at = at
    payment.save(
        update_fields=["status", "provider_reference", "captured", "captured_at"]
    )
    if secured:
        capturing.void_pending(order)
        move(order, OrderStatus.PLACED, by=order.maker, at=at, key=payment_id)
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
