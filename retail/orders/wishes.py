"""What the body of an order asks for, in the words of `asking.Asked`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from retail.fulfilment.models import Method
from retail.interfaces.problems import Problem
from retail.interfaces.reading import Reading
from retail.loyalty import gift_cards
from retail.orders.asking import ADDRESS, MIXED, MOST_LINES, Asked, Invalid
from retail.payments.models import RESTS
from retail.promotions.coupons import MOST_CODES

__all__ = ["Wish", "address_in", "not_valid", "wish_in"]

# where the body says what a verb calls by a shorter name
PATHS = {
    "location": "fulfilment.location",
    "collector": "fulfilment.collector",
    "method": "fulfilment.method",
    "address": "fulfilment.address",
    "payment_method": "payment.method",
    "slot": "fulfilment.slot",
    "shipped": "lines",
}


@dataclass(frozen=True)
class Wish:
    """`customer` is an id that nobody has checked yet; `token` pays at once."""

    asked: Asked
    customer: UUID | None
    token: str


def wish_in(body: Reading) -> Wish:
    """Raises Problem with every field that is wrong or unknown."""
    customer = body.uuid("customer")
    email = body.text("email", most=254)
    rows = body.rows("lines", most=MOST_LINES)
    lines = [
        (row.text("gtin", most=20, needed=True), row.quantity("quantity"))
        for row in rows
    ]
    way = body.part("fulfilment", needed=True) or Reading({})
    usual = way.one_of("method", Method.values)
    ways = [row.one_of("method", Method.values, default=usual) for row in rows]
    method, shipped = _ways(lines, ways, usual, rows)
    location = way.text("location", most=12)
    collector = way.text("collector", most=80)
    address = address_in(way)
    slot = way.moment("slot")
    money = body.part("payment", needed=True) or Reading({})
    payment_method = money.one_of("method", RESTS)
    token = money.text("token", most=200)
    card = money.text("gift_card", most=40)
    first_name = body.text("first_name", most=80)
    if not first_name and customer is None:
        first_name = _name_of(collector, address.get("name", ""), email)
    asked = Asked(
        lines=lines,
        method=method,
        location_code=location if method != Method.SHIP else "",
        address=address if method != Method.COLLECT else {},
        collector=collector if method != Method.SHIP else "",
        shipped=shipped,
        slot=slot if method != Method.SHIP else None,
        payment_method=payment_method,
        redeem_points=body.whole("redeem_points", least=0, default=0),
        email=email,
        first_name=first_name,
        last_name=body.text("last_name", most=80),
        phone=body.text("phone", most=20),
        language=body.one_of("language", ("fr", "en"), default="fr"),
        coupons=body.texts("coupons", most=MOST_CODES),
        gift_card=gift_cards.hash_of(card) if card else "",
    )
    if customer is None and not email:
        body.wrong("email", _("Give an e-mail address or a customer."))
    body.done()
    return Wish(asked, customer, token)


def _ways(
    lines: Sequence[tuple[str, int]],
    ways: Sequence[str],
    usual: str,
    rows: Sequence[Reading],
) -> tuple[str, list[str]]:
    """The method of the whole, and which GTINs are sent where not all go one way."""
    if len(set(ways)) < 2:
        return (ways[0] if ways else usual), []
    way_of: dict[str, str] = {}
    for (gtin, _units), way, row in zip(lines, ways, rows, strict=True):
        if way_of.setdefault(gtin, way) != way:
            row.wrong("method", _("All units of one product go the same way."))
    return MIXED, [gtin for gtin, way in way_of.items() if way == Method.SHIP]


def address_in(part: Reading) -> dict[str, str]:
    """Empty where none is given."""
    given = part.part("address")
    if given is None:
        return {}
    address = {name: given.text(name, most=most) for name, most in ADDRESS.items()}
    return {**address, "country": given.text("country", most=2, default="FR")}


def not_valid(error: Invalid) -> Problem:
    """The verb's own refusal, by the body's names."""
    errors = {_path(name): str(why) for name, why in error.errors.items()}
    return Problem("invalid", errors=errors)


def wrong_line(asked: Asked, gtins: list[str], why: str | Promise) -> dict[str, Any]:
    """Errors for each line that asks for one of these."""
    return {
        f"lines.{i}.gtin": str(why)
        for i, (gtin, _units) in enumerate(asked.lines)
        if gtin in gtins
    }


def _path(name: str) -> str:
    first, dot, rest = name.partition(".")
    return PATHS.get(first, first) + dot + rest


def _name_of(*known: str) -> str:
    """A guest is called by something: the collector's first name, the addressee's, or
    what stands before the @."""
    for each in known:
        if each:
            return each.split("@")[0].split()[0][:80]
    return ""
