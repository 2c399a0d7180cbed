"""Offers and refused codes, in words for people."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from retail.formatting import money
from retail.promotions.coupons import CouponRefused, Reason
from retail.promotions.offering import Hint

__all__ = ["hint_in_words", "refusal_in_words"]

REFUSED: dict[Reason, Promise] = {
    Reason.UNKNOWN: _("%(code)s: this code is not known here."),
    Reason.NOT_YET: _("%(code)s: this offer has not begun yet."),
    Reason.OVER: _("%(code)s: this offer is over."),
    Reason.USED_UP: _("%(code)s: this code has been used."),
    Reason.ELSEWHERE: _("%(code)s: this offer is not given here."),
    Reason.TWICE: _("%(code)s: this offer is in your basket already."),
    Reason.NOTHING: _("%(code)s takes nothing off these products."),
}


def refusal_in_words(refused: CouponRefused) -> str:
    return str(REFUSED[refused.reason]) % {"code": refused.code}


def hint_in_words(hint: Hint) -> str:
    """What to add for an offer that nearly applies."""
    if hint.units:
        text = ngettext(
            "Add %(count)s more: %(offer)s", "Add %(count)s more: %(offer)s", hint.units
        )
        return text % {"count": hint.units, "offer": hint.name}
    return gettext("Products for %(amount)s more: %(offer)s") % {
        "amount": money(hint.amount),
        "offer": hint.name,
    }
