"""The demo's offers, codes and gift cards: each channel its own, the same at every level.

They begin when the demo is made, so that the days of its story are without them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from inventory.ids import master_id
from inventory.places import Channel
from retail import channels
from retail.demo.script import act_id
from retail.formatting import grouped
from retail.loyalty import gift_cards
from retail.loyalty.card_codes import code_for
from retail.promotions.making import make_coupon, make_offer

WEB, STORES = Channel.WEBSHOP, Channel.POS


@dataclass(frozen=True)
class Bargain:
    """`code` opens it, `most` times in all; without one it is for everybody."""

    key: str
    channel: Channel
    name_fr: str
    name_en: str
    rule: dict[str, Any]
    code: str = ""
    most: int | None = None
    given: dict[str, Any] = field(default_factory=dict)


def _of(*departments: str) -> dict[str, list[str]]:
    return {"departments": [str(master_id("department", each)) for each in departments]}


BARGAINS = (
    Bargain("soups", WEB, "3 soupes pour 2", "3 soups for 2",
            {"kind": "n_for_m", "take": 3, "pay": 2, "goods": _of("soups")}),
    Bargain("sun", WEB, "−15 % sur les soins solaires", "15% off sun care",
            {"kind": "percent", "percent": "15", "goods": _of("sun-care")}),
    Bargain("big", WEB, "5 € offerts dès 80 €", "€5 off from €80",
            {"kind": "basket", "from": "80.00", "amount": "5.00", "goods": {}},
            given={"priority": 200}),
    Bargain("thanks", WEB, "Merci : 5 € dès 30 €", "Thank you: €5 from €30",
            {"kind": "basket", "from": "30.00", "amount": "5.00", "goods": {}},
            code="MERCI5", given={"priority": 210}),
    Bargain("once", WEB, "Bienvenue : −10 %", "Welcome: 10% off",
            {"kind": "percent", "percent": "10", "goods": {}},
            code="BIENVENUE", most=1, given={"exclusive": True, "priority": 300}),
    Bargain("noel-web", WEB, "Noël : −10 %", "Christmas: 10% off",
            {"kind": "percent", "percent": "10", "goods": {}}, code="NOEL25"),
    Bargain("snack", STORES, "Le goûter : jus et biscuits à 4 €",
            "Juice and biscuits for €4",
            {"kind": "bundle", "price": "4.00", "parts": [
                {"quantity": 1, "goods": {"gtins": ["3608580002635"]}},
                {"quantity": 1, "goods": {"gtins": ["3229820189437"]}}]}),
    Bargain("ices", STORES, "0,50 € de moins sur les glaces",
            "€0.50 off each ice cream",
            {"kind": "amount", "amount": "0.50", "goods": _of("ice-cream")},
            given={"stores": ["BAT"]}),
    Bargain("till", STORES, "Habitués : −10 %", "Regulars: 10% off",
            {"kind": "percent", "percent": "10", "goods": {}}, code="CAISSE10"),
    # the same code as on the web, with another rule: the preview of the dial says so
    Bargain("noel-stores", STORES, "Noël : −20 %", "Christmas: 20% off",
            {"kind": "percent", "percent": "20", "goods": {}}, code="NOEL25"),
)  # fmt: skip
CARDS = tuple(
    (channel, Decimal(amount)) for channel in (WEB, STORES) for amount in (20, 50)
)


def card_id(channel: Channel, amount: Decimal) -> UUID:
    return act_id("gift-card", channel.value, amount)


def make(now: datetime) -> None:
    """All of it, through the verbs."""
    for bargain in BARGAINS:
        with channels.use_channel(bargain.channel), channels.atomic():
            _make(bargain, now)
    for channel, amount in CARDS:
        with channels.use_channel(channel), channels.atomic():
            id = card_id(channel, amount)
            gift_cards.issue(
                id=id, channel=channel, amount=amount, reference=id, at=now
            )


def _make(bargain: Bargain, now: datetime) -> None:
    offer = make_offer(
        id=act_id("offer", bargain.key),
        channel=bargain.channel,
        name_fr=bargain.name_fr,
        name_en=bargain.name_en,
        rule=bargain.rule,
        starts_at=now,
        needs_code=bool(bargain.code),
        **bargain.given,
    )
    if bargain.code:
        make_coupon(
            offer,
            bargain.code,
            most=bargain.most,
            id=act_id("coupon", bargain.key),
        )


def to_try() -> Iterator[tuple[Channel, str, str, str]]:
    """(whose, code, what it gives in French, in English): for the demo's front page,
    because a card's code is nowhere to be read."""
    for each in BARGAINS:
        if each.code:
            yield each.channel, each.code, each.name_fr, each.name_en
    for channel, amount in CARDS:
        shown = grouped(code_for(card_id(channel, amount)))
        yield channel, shown, f"Carte cadeau, {amount} €", f"Gift card, €{amount}"
