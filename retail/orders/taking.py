"""Asking a provider for what our books say: the money for goods that left, and to let go
of the rest once nothing more is to leave.

The row is the debt (`reckoning`) and is written with its cause; the provider is asked
here, after the commit, by a sweep that finds also what a crash left over.
"""

import logging
from dataclasses import replace
from datetime import datetime

from django.db.models import F, Q
from payments import PaymentStatus as Said

from retail.orders.booking import WrongSum, book
from retail.payments import providers
from retail.payments.models import Payment, PaymentStatus

__all__ = ["follow", "take_due", "to_follow"]

logger = logging.getLogger(__name__)
MOST = 20
TO_DO = Q(status=PaymentStatus.AUTHORISED) & (
    Q(to_take__gt=F("captured")) | Q(reserved=0)
)


def to_follow(payment: Payment) -> bool:
    """Whether the provider has something to do for it."""
    return payment.status == PaymentStatus.AUTHORISED and (
        payment.to_take > payment.captured or payment.reserved == 0
    )


def follow(payment: Payment, *, at: datetime) -> Payment:
    """Takes what is to be taken, and lets go where nothing is reserved any more; again
    without effect. Opens its own transactions and must not be called inside one. Raises
    providers.NoAnswer, providers.Refused, WrongSum."""
    if not to_follow(payment):
        return payment
    if payment.to_take > payment.captured:
        try:
            told = providers.take(payment)
        except providers.Refused:  # it has lapsed: the provider says so itself
            told = providers.look_up(payment)
        payment = book(payment, told, at=at)
    if to_follow(payment) and payment.to_take <= payment.captured:
        told = providers.look_up(payment)
        if told.status == Said.PREAUTH:
            providers.let_go(payment)
            told = replace(told, status=Said.CANCELLED)
        payment = book(payment, told, at=at)
    return payment


def take_due(now: datetime) -> int:
    """Follows what waits, at most some at a time and in no order, so that one that is
    not answered does not stand before the others; answers how many were asked for. Not
    inside a transaction."""
    due = Payment.objects.filter(TO_DO).select_related("order").order_by("?")
    asked = 0
    for payment in due[:MOST]:
        asked += 1
        try:
            follow(payment, at=now)
        except (providers.NoAnswer, providers.Refused, WrongSum) as error:
            logger.warning("payment %s: %s", payment.id, type(error).__name__)
    return asked
