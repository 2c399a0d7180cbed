"""How much of what a bank reserved for an order is to be taken now, and how much later:
counted anew from what left, whenever something became of the order's goods.
"""

from collections.abc import Sequence
from decimal import Decimal

from inventory.money import ZERO
from retail.orders.models import Order, OrderStatus
from retail.orders.value import left_and_coming
from retail.payments import providers
from retail.payments.models import Payment, PaymentStatus

__all__ = ["reckon", "reserved_of"]


def reserved_of(payments: Sequence[Payment]) -> Payment | None:
    """The payment whose money is with the customer's bank, if one is."""
    found = (each for each in payments if each.status == PaymentStatus.AUTHORISED)
    return next(found, None)


def reckon(order: Order, payments: Sequence[Payment], kept: Decimal) -> Decimal:
    """Writes `to_take` and `reserved` of the order's authorised payment: what left, less
    what else paid for it, is to be taken; what is still to leave stays reserved. Answers
    what is reserved. Needs the order's row locked; no query where nothing is authorised.

    `to_take` never falls, for the provider may be taking it right now (what came back is
    refunded), and the two together never rise.
    """
    payment = reserved_of(payments)
    if payment is None:
        return ZERO
    left, coming = left_and_coming(order)
    if order.status == OrderStatus.CANCELLED:
        coming = ZERO
    others = sum(
        (each.captured for each in payments if each.status == PaymentStatus.CAPTURED),
        ZERO,
    )
    most = payment.to_take + payment.reserved
    take = min(max(left - others, payment.to_take), most)
    rest = max(ZERO, min(left + coming - others - take, kept, most - take))
    if rest and take and providers.takes_once(payment.provider):
        take, rest = take + rest, ZERO
    if (take, rest) != (payment.to_take, payment.reserved):
        payment.to_take, payment.reserved = take, rest
        payment.save(update_fields=["to_take", "reserved"])
    return payment.reserved
