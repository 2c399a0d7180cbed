"""Which problem each refusal of an order is, in the words of the API."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventory.models import Variant
from inventory.reserving import OutOfStock
from retail.fulfilment import requesting
from retail.fulfilment.goods_api import slots_body
from retail.fulfilment.moving import IllegalMove
from retail.fulfilment.visits import TooManyCollectors
from retail.interfaces.problems import Problem, Tell, invalid
from retail.loyalty.points import NotEnoughPoints
from retail.orders import cancelling, choosing, paying, placing, substituting
from retail.orders.finding import NoSuchOrder
from retail.orders.wishes import not_valid
from retail.promotions.words import refusal_in_words

__all__ = ["REFUSALS"]

NO_ORDER = _("No such order.")


def _short(error: OutOfStock) -> Problem:
    gtins = dict(
        Variant.objects.filter(
            id__in=[line.variant_id for line in error.lines]
        ).values_list("id", "gtin")
    )
    lines = [
        {"gtin": gtins[each.variant_id], "wanted": each.wanted, "available": each.free}
        for each in error.lines
    ]
    return Problem("out-of-stock", lines=lines)


# subclasses before their bases
REFUSALS: tuple[tuple[type[Exception], Tell], ...] = (
    (placing.Invalid, not_valid),
    (OutOfStock, _short),
    (placing.NotYours, lambda _e: Problem("not-found", NO_ORDER)),
    (NoSuchOrder, lambda _e: Problem("not-found", NO_ORDER)),
    (placing.IdReused, lambda _e: Problem("id-reused")),
    (
        placing.NotOffered,
        lambda _e: invalid(
            **{"fulfilment.location": _("Nothing can be collected there.")}
        ),
    ),
    (
        placing.PickupPaused,
        lambda e: Problem("pickup-paused", location=e.location),
    ),
    (placing.SlotFull, lambda e: Problem("slot-full", slots=slots_body(e.slots))),
    (
        placing.CouponRefused,
        lambda e: Problem(
            "invalid", errors={"coupons": refusal_in_words(e)}, reason=e.reason.value
        ),
    ),
    (
        NotEnoughPoints,
        lambda e: Problem("not-enough-points", balance=e.balance, wanted=e.wanted),
    ),
    (
        placing.UnknownCard,
        lambda _e: invalid(
            **{"payment.gift_card": _("No such gift card is known here.")}
        ),
    ),
    (placing.TooManyUnpaid, lambda e: Problem("too-many-unpaid", most=e.most)),
    (paying.PaymentDeclined, lambda _e: Problem("payment-declined")),
    (paying.UnknownPayment, lambda _e: Problem("id-reused")),
    (paying.NotPayable, lambda e: Problem("not-payable", order_status=e.status)),
    (
        cancelling.NotCancellable,
        lambda e: Problem("not-cancellable", fulfilment_status=e.status),
    ),
    (
        requesting.AlreadyAsked,
        lambda e: Problem("already-asked", requested=e.requested),
    ),
    (
        requesting.NotAskable,
        lambda e: Problem("not-possible", fulfilment_status=e.status),
    ),
    (
        TooManyCollectors,
        lambda _e: Problem("not-possible", reason="collector_changed_too_often"),
    ),
    (
        substituting.NotOnOffer,
        lambda e: Problem("not-possible", choice="substitute", position=e.position),
    ),
    (
        IllegalMove,
        lambda e: Problem("not-possible", fulfilment_status=e.status),
    ),
    (
        choosing.NotAChoice,
        lambda e: Problem("not-possible", choice=e.choice, allowed=e.open),
    ),
)
