"""Money in and money back, as rows. Whoever calls holds the order's row locked, so
that two acts on one order cannot both read what was paid before.
"""

import logging
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.db.models import F, Sum
from django.utils import timezone

from inventory.ids import derived
from inventory.inserting import insert
from inventory.money import ZERO
from retail import channels
from retail.loyalty import gift_cards
from retail.messages.outside import announce
from retail.orders.models import Order
from retail.payments import providers
from retail.payments.models import Payment, PaymentMethod, PaymentStatus, Refund
from retail.webhooks.models import Kind

__all__ = [
    "NotAwaited",
    "by_gift_card",
    "first_payment_id",
    "give_back_above",
    "money_in",
    "paid_at_store",
    "pending",
    "send_refunds",
    "send_refunds_of",
    "void_pending",
]

logger = logging.getLogger(__name__)


class NotAwaited(Exception):
    """A till took money for an order that awaits none: a person must look, because
    money is never dropped in silence."""


def first_payment_id(order_id: UUID) -> UUID:
    """The id of the attempt that is written together with the order."""
    return derived(order_id, "payment", 1)


def pending(
    order: Order, *, id: UUID, method: str, amount: Decimal, at: datetime
) -> Payment:
    """Writes an attempt to be paid; one INSERT."""
    payment = Payment(
        id=id,
        origin=order.origin,
        order=order,
        method=method,
        provider=providers.chosen() if method == PaymentMethod.ONLINE else "",
        status=PaymentStatus.PENDING,
        amount=amount,
        currency=order.currency,
        made_at=at,
    )
    insert([payment])
    return payment


def by_gift_card(
    order: Order, card_id: UUID, *, amount: Decimal, at: datetime
) -> Payment:
    """Takes this much from the card; its row is locked and has it. Three queries."""
    gift_cards.spend(card_id, amount=amount, reference=order.id, at=at)
    return Payment.objects.create(
        id=derived(order.id, "payment", "gift"),
        origin=order.origin,
        order=order,
        method=PaymentMethod.GIFT_CARD,
        status=PaymentStatus.CAPTURED,
        amount=amount,
        currency=order.currency,
        captured=amount,
        gift_card_id=card_id,
        made_at=at,
        captured_at=at,
    )


def void_pending(order: Order, *, but: UUID | None = None) -> None:
    """Attempts that nobody waits for any more. If one of them brings money all the
    same, it is booked and given back."""
    waiting = order.payments.filter(status=PaymentStatus.PENDING)
    if but is not None:
        waiting = waiting.exclude(id=but)
    waiting.update(status=PaymentStatus.VOID)


def money_in(order: Order) -> Decimal:
    """What was taken for the order and not given back."""
    got = order.payments.aggregate(got=Sum(F("captured") - F("refunded")))["got"]
    return ZERO if got is None else got


def paid_at_store(
    order_id: UUID, *, amount: Decimal, reference: str, at: datetime | None = None
) -> None:
    """The till took the money at the counter; `reference` is its ticket. The same
    ticket again has no effect. Inside a transaction. Raises NotAwaited."""
    order = Order.objects.select_for_update().get(id=order_id)
    if order.payments.filter(provider_reference=reference).exists():
        return
    taken = order.payments.filter(
        method=PaymentMethod.AT_STORE, status=PaymentStatus.PENDING
    ).update(
        status=PaymentStatus.CAPTURED,
        provider_reference=reference,
        # less than was asked for where lines were dropped meanwhile
        captured=amount,
        captured_at=at or timezone.now(),
    )
    if not taken:
        raise NotAwaited(order_id)


def give_back_above(
    order: Order, kept: Decimal, *, got: Decimal, reason: str, at: datetime
) -> list[Refund]:
    """Refunds whatever was taken for the order (`got` in all) above `kept`; asked again
    it finds nothing left to do. Inside a transaction that holds the order's row locked.

    The Refund row is the debt and is written first; the provider is told after the
    commit. The row is append only and is never marked as sent: its reference follows
    from its id, so that `send_refunds` may tell the provider again at any time, who
    acts once per id. Money lost on the way by a crash is so given back later.
    """
    excess = got - kept
    if excess <= 0:  # as nearly always: no payment is locked for it
        return []
    made: list[Refund] = []
    # what came in too late or twice ("void") goes back before what counts
    # ("captured"): the alphabet happens to say so; then what a gift card paid
    paid = order.payments.filter(captured__gt=F("refunded"))
    held = paid.order_by("-status", "-made_at").select_for_update()
    for payment in sorted(
        held,
        key=lambda each: (
            each.status == PaymentStatus.CAPTURED,
            each.method != PaymentMethod.GIFT_CARD,
        ),
    ):
        if excess <= 0:
            break
        amount = min(excess, payment.captured - payment.refunded)
        made.append(_refund(payment, amount, reason=reason, at=at))
        excess -= amount
    return made


def _refund(payment: Payment, amount: Decimal, *, reason: str, at: datetime) -> Refund:
    number = payment.refunds.count() + 1
    id = derived(payment.id, "refund", number)
    online = payment.method == PaymentMethod.ONLINE
    refund = Refund.objects.create(
        id=id,
        origin=payment.origin,
        payment=payment,
        amount=amount,
        reason=reason,
        provider_reference=f"{payment.provider}-refund-{id.hex}" if online else "",
        at=at,
    )
    Payment.objects.filter(id=payment.id, captured__gte=F("refunded") + amount).update(
        refunded=F("refunded") + amount
    )
    if payment.gift_card_id is not None:
        gift_cards.give_back(payment.gift_card_id, amount=amount, reference=id, at=at)
    announce(
        Kind.REFUND_MADE,
        channel=refund.origin,
        at=at,
        refund=refund.id,
        payment=payment.id,
        order=payment.order_id,
    )
    if online:
        channels.on_commit(partial(_tell, refund))
    return refund


def _tell(refund: Refund) -> None:
    _send(refund)


def _send(refund: Refund) -> bool:
    """Whether the provider has it; if not, it is told again, and the comparison of the
    books says so. What no provider was ever asked for needs none."""
    if refund.payment.asked_at is None:
        return True
    try:
        providers.give_back(refund.payment, refund.amount, id=refund.id)
    except (providers.NoAnswer, providers.Refused) as error:
        logger.warning("refund %s: %s", refund.id, type(error).__name__)
        return False
    return True


def send_refunds_of(payment: Payment) -> bool:
    """The same of one payment; whether there were any and the provider has them all."""
    refunds = list(payment.refunds.select_related("payment__order"))
    return bool(refunds) and sum(map(_send, refunds)) == len(refunds)


def send_refunds(now: datetime, *, since: timedelta = timedelta(days=2)) -> int:
    """Tells the provider again of the refunds of the last days, and answers how many it
    has; harmless, because it acts once per id. Covers a crash between our commit and
    the provider."""
    refunds = Refund.objects.filter(
        at__gte=now - since, payment__method=PaymentMethod.ONLINE
    ).select_related("payment__order")
    return sum(map(_send, refunds))
