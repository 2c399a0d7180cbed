"""Why a till was refused, as a problem (RFC 9457): pages and interfaces say the same."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.models import Location, Variant
from inventory.stock import HeldForPickup, OutOfStock
from pos import (
    approving,
    card_money,
    closing,
    offers,
    parking,
    returning,
    selling,
    shifts,
    web_returns,
)
from pos.holding import held_for
from retail.fulfilment import pickup
from retail.loyalty.points import NotEnoughPoints
from retail.orders import returning as web_orders
from retail.promotions.words import refusal_in_words
from retail.staff.signing_in import Locked, WrongPin
from retail.staff.words import locked_text, wrong_pin_text


@dataclass(frozen=True)
class Problem:
    """`slug` is for programs and stays; `title` is for people; `values` are the
    refusal's own."""

    status: int
    slug: str
    title: str
    values: dict[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        return {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            **self.values,
        }


def _invalid(error: selling.Invalid) -> Problem:
    return Problem(400, "invalid", _("This is not a ticket."), {"errors": error.errors})


def _chain_broken(error: selling.ChainBroken) -> Problem:
    return Problem(
        409,
        "chain-broken",
        _("This is not the next ticket of its till."),
        {"number": error.number, "previous_hash": error.previous_hash},
    )


def _unknown_product(error: selling.UnknownProduct) -> Problem:
    return Problem(
        409, "unknown-product", _("Unknown product."), {"gtins": error.gtins}
    )


def _not_enough_points(error: NotEnoughPoints) -> Problem:
    return Problem(
        409,
        "not-enough-points",
        _("The customer does not have so many points."),
        {"balance": error.balance, "wanted": error.wanted},
    )


def _not_enough_on_card(error: card_money.NotEnoughOnCard) -> Problem:
    return Problem(
        409,
        "not-enough-on-card",
        _("There is not so much on the gift card."),
        {"balance": f"{error.balance:.2f}", "wanted": f"{error.wanted:.2f}"},
    )


def _unknown_card(_error: card_money.UnknownCard) -> Problem:
    return Problem(404, "unknown-gift-card", _("No such gift card is known here."))


def _offers_changed(_error: offers.OffersChanged) -> Problem:
    return Problem(409, "offers-changed", _("The offers have changed."))


def _coupon_refused(error: offers.CouponRefused) -> Problem:
    return Problem(
        409,
        "coupon-refused",
        refusal_in_words(error),
        {"code": error.code, "reason": error.reason.value},
    )


def _not_collectable(error: pickup.NotCollectable) -> Problem:
    return Problem(
        409,
        "illegal-move",
        _("This pickup cannot be handed over now."),
        {"move": error.move, "pickup_status": error.status, "allowed": error.allowed},
    )


def _not_due(error: pickup.NotDue) -> Problem:
    return Problem(
        409,
        "not-due",
        _("Another amount is due for this pickup."),
        {"due": f"{error.due:.2f}"},
    )


def _not_paid(error: pickup.NotPaid) -> Problem:
    return Problem(
        409,
        "not-paid",
        _("This pickup is to be paid first."),
        {"due": f"{error.due:.2f}"},
    )


def _wrong_code(error: pickup.WrongCode) -> Problem:
    return Problem(409, "wrong-code", _("Wrong pickup code."), {"left": error.left})


def _shift_open(error: shifts.AlreadyOpen) -> Problem:
    return Problem(
        409,
        "shift-open",
        _("Somebody else has opened this till."),
        {"shift": str(error.shift.id), "employee": error.shift.employee_name},
    )


def _approval_needed(error: approving.ApprovalNeeded) -> Problem:
    return Problem(
        409,
        "approval-needed",
        _("A manager must agree to this."),
        {"act": error.act, "amount": f"{error.amount:.2f}"},
    )


def _not_returnable(error: returning.NotReturnable) -> Problem:
    left = [{"position": p, "left": n} for p, n in sorted(error.left.items())]
    title = _("So many units of this sale are not left to come back.")
    return Problem(409, "not-returnable", title, {"lines": left})


def _left(error: web_orders.NotReturnable) -> Problem:
    left = [{"position": p, "left": n} for p, n in sorted(error.left.items())]
    title = _("The customer does not have so many units of this order.")
    return Problem(409, "not-returnable", title, {"lines": left})


def _wrong_money_back(error: returning.WrongMoneyBack) -> Problem:
    return Problem(
        409,
        "wrong-money-back",
        _("Not so much was paid in this way."),
        {"method": error.method, "left": f"{error.left:.2f}"},
    )


def _wrong_pin(error: WrongPin) -> Problem:
    return Problem(403, "wrong-pin", wrong_pin_text(error), {"left": error.left})


def _plain(status: int, slug: str, title: Promise) -> Callable[[Exception], Problem]:
    return lambda error: Problem(status, slug, str(title))


# Subclasses before their bases.
_TOLD: list[tuple[type[Exception], Callable[[Any], Problem]]] = [
    (selling.Invalid, _invalid),
    (selling.WrongHash, _plain(400, "wrong-hash", gettext_lazy("Wrong hash."))),
    (
        selling.NotThisTill,
        _plain(403, "other-till", gettext_lazy("Another till’s ticket.")),
    ),
    (selling.IdReused, _plain(409, "id-reused", gettext_lazy("This id is taken."))),
    (selling.NoShift, _plain(409, "no-shift", gettext_lazy("Open the till first."))),
    (selling.ChainBroken, _chain_broken),
    (selling.UnknownProduct, _unknown_product),
    (offers.OffersChanged, _offers_changed),
    (offers.CouponRefused, _coupon_refused),
    (card_money.UnknownCard, _unknown_card),
    (card_money.NotEnoughOnCard, _not_enough_on_card),
    (
        selling.UnknownCustomer,
        _plain(
            409, "unknown-customer", gettext_lazy("This customer is not known here.")
        ),
    ),
    (NotEnoughPoints, _not_enough_points),
    (approving.ApprovalNeeded, _approval_needed),
    (
        approving.BadApproval,
        _plain(
            409, "bad-approval", gettext_lazy("This approval is for another ticket.")
        ),
    ),
    (
        approving.NotAManager,
        _plain(403, "forbidden", gettext_lazy("Only a manager may agree to this.")),
    ),
    (
        returning.UnknownSale,
        _plain(409, "unknown-sale", gettext_lazy("No till has sold this.")),
    ),
    (returning.NotReturnable, _not_returnable),
    (returning.WrongMoneyBack, _wrong_money_back),
    (web_orders.NotReturnable, _left),
    (
        parking.AlreadyTaken,
        _plain(409, "already-taken", gettext_lazy("This ticket has been taken up.")),
    ),
    (
        web_returns.NotShared,
        _plain(
            409,
            "feature-off",
            gettext_lazy("What was bought on the web cannot be brought back here."),
        ),
    ),
    (
        web_returns.NoSuchOrder,
        _plain(404, "not-found", gettext_lazy("No web order has this number.")),
    ),
    (WrongPin, _wrong_pin),
    (Locked, lambda error: Problem(403, "locked", locked_text(error))),
    (pickup.IdReused, _plain(409, "id-reused", gettext_lazy("This id is taken."))),
    (pickup.NotYours, _plain(404, "not-found", gettext_lazy("No such pickup here."))),
    (
        pickup.UnknownCode,
        _plain(404, "not-found", gettext_lazy("No pickup has this code.")),
    ),
    (pickup.IllegalMove, _not_collectable),
    (pickup.NotDue, _not_due),
    (pickup.NotPaid, _not_paid),
    (
        pickup.IdentityNeeded,
        _plain(409, "identity-needed", gettext_lazy("Look at an identity card first.")),
    ),
    (pickup.WrongCode, _wrong_code),
    (shifts.AlreadyOpen, _shift_open),
    (
        closing.AlreadyClosed,
        _plain(409, "shift-closed", gettext_lazy("This shift is closed already.")),
    ),
]
REFUSALS: tuple[type[Exception], ...] = (
    *(kind for kind, _ in _TOLD),
    HeldForPickup,
    OutOfStock,
)


def problem(error: Exception, *, location: Location) -> Problem:
    """What to answer for one of `REFUSALS`. Units that are held or missing are told by
    product: three queries; none for the others."""
    if isinstance(error, HeldForPickup):
        title = _("Units are held for a web order.")
        return Problem(409, "held", title, {"lines": _lines(error.lines, location)})
    if isinstance(error, OutOfStock):
        title = _("Not enough units are free.")
        lines = _lines(error.lines, location)
        return Problem(409, "out-of-stock", title, {"lines": lines})
    told = next(tell for kind, tell in _TOLD if isinstance(error, kind))
    return told(error)


def _lines(lines: Any, location: Location) -> list[dict[str, Any]]:
    variant_ids = [line.variant_id for line in lines]
    gtins = dict(Variant.objects.filter(id__in=variant_ids).values_list("id", "gtin"))
    holds = held_for(location, variant_ids)
    return [
        {
            "gtin": gtins.get(line.variant_id, ""),
            "wanted": line.wanted,
            "free": line.free,
            "held_for": holds.get(line.variant_id, []),
        }
        for line in lines
    ]
