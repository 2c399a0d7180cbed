"""Paying an order online: a transaction before the provider is asked, one after it, and
none around it. A crash between them loses no money: the same payment id is asked again
and gives the same answer, and what arrives too late is given back.
"""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from retail import channels
from retail.fulfilment import requesting
from retail.orders.booking import book
from retail.orders.holding import HOLD, hold, in_order, quantities_of, waiting
from retail.orders.models import Order
from retail.orders.moving import UNPAID, locked
from retail.payments import capturing, providers
from retail.payments.models import Payment, PaymentMethod, PaymentStatus

HAD = frozenset({PaymentStatus.AUTHORISED, PaymentStatus.CAPTURED})

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
    """Has the order's total reserved, less what a gift card paid, and hands the order
    on; it is taken when the goods leave. Opens its own transactions and must not be called inside one.

    `pending` it comes back where the customer goes on at their bank (`next_action`), or
    where the provider has not answered: then its call, or the next comparison of the
    books, ends it (`booking`). The same payment id again gives the same result. Raises
    PaymentDeclined (the order is payment_failed and its goods are free again),
    OutOfStock (a further attempt, and the goods went meanwhile), NotPayable,
    UnknownPayment. What is reserved for an order that was cancelled or paid meanwhile is
    let go at once: the payment that comes back is then `failed` or `void`.
    """
    at = at or timezone.now()
    with channels.atomic():
        payment = _begin(order.id, payment_id, at)
    if payment.status in HAD or payment.captured > 0:
        return payment
    if payment.status == PaymentStatus.FAILED:
        raise PaymentDeclined
    try:
        payment = book(payment, providers.begin(payment, token=token), at=at)
    except providers.NoAnswer:
        payment.refresh_from_db()
    except providers.Refused:
        refused = providers.Told(payment.id, "rejected", "")
        payment = book(payment, refused, at=at)
    if payment.status == PaymentStatus.FAILED:
        raise PaymentDeclined
    return payment


def _begin(order_id: UUID, payment_id: UUID, at: datetime) -> Payment:
    """The attempt, pending and with its goods held; or as it ended before."""
    promises = requesting.lock_all(order_id)
    order = locked(order_id)
    payment = Payment.objects.select_related("order").filter(id=payment_id).first()
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
        return _asked(payment, at)
    if not waiting(order):
        for fulfilment in in_order(promises):
            hold(fulfilment, quantities_of(fulfilment), expires_at=at + HOLD, at=at)
    # one attempt counts at a time; an older one that still brings money is found out
    capturing.void_pending(order)
    payment = capturing.pending(
        order,
        id=payment_id,
        method=PaymentMethod.ONLINE,
        amount=order.total - capturing.money_in(order),
        at=at,
    )
    return _asked(payment, at)


def _asked(payment: Payment, at: datetime) -> Payment:
    """From now on a provider may know of it, whatever becomes of us."""
    if payment.asked_at is None:
        payment.asked_at = at
        payment.save(update_fields=["asked_at"])
    return payment
