"""Offers and refused codes, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from retail.formatting import money, number
from retail.promotions.coupons import CouponRefused, Reason
from retail.promotions.offering import Hint

__all__ = ["hint_in_words", "refusal_in_words", "rule_in_words"]

NAMED = 3  # goods by name; of more it is said how many

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


def rule_in_words(rule: dict[str, Any], names: Mapping[str, str]) -> str:
    """What it gives and on what. `names`: of departments by id, of goods by GTIN."""
    kind, told = rule["kind"], _goods(rule.get("goods", {}), names)
    if kind == "percent":
        return gettext("%(percent)s off: %(goods)s") % {
            "percent": _percent(rule["percent"]),
            "goods": told,
        }
    if kind == "amount":
        return gettext("%(amount)s off each: %(goods)s") % {
            "amount": money(Decimal(rule["amount"])),
            "goods": told,
        }
    if kind == "n_for_m":
        return gettext("%(take)s for the price of %(pay)s: %(goods)s") % {
            "take": rule["take"],
            "pay": rule["pay"],
            "goods": told,
        }
    if kind == "bundle":
        return gettext("Together for %(price)s: %(goods)s") % {
            "price": money(Decimal(rule["price"])),
            "goods": " + ".join(
                f"{part['quantity']} × {_goods(part['goods'], names)}"
                for part in rule["parts"]
            ),
        }
    by_share = "percent" in rule
    off = _percent(rule["percent"]) if by_share else money(Decimal(rule["amount"]))
    return gettext("%(off)s off from %(from)s: %(goods)s") % {
        "off": off,
        "from": money(Decimal(rule["from"])),
        "goods": told,
    }


def _percent(text: str) -> str:
    share = Decimal(text).normalize()
    places = max(0, -int(share.as_tuple().exponent))
    return gettext("%(number)s%%") % {"number": number(share, places=places)}


def _goods(goods: dict[str, list[str]], names: Mapping[str, str]) -> str:
    keys = [*goods.get("departments", ()), *goods.get("gtins", ())]
    if not keys:
        return gettext("everything")
    told = ", ".join(names.get(key, key) for key in keys[:NAMED])
    if len(keys) <= NAMED:
        return told
    return ngettext(
        "%(goods)s and %(count)s more",
        "%(goods)s and %(count)s more",
        len(keys) - NAMED,
    ) % {"goods": told, "count": len(keys) - NAMED}
