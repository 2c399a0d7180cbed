"""Offers at a till. The device takes them off by the same rules; what it took is checked
here before it is booked, so that no till gives what nobody offers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from inventory.models import Location
from inventory.places import Channel
from inventory.prices import priced_asked
from inventory.questions import answers
from pos.tickets import Sale
from retail.promotions import coupons
from retail.promotions.coupons import CouponRefused
from retail.promotions.models import Coupon, Promotion, UseKind
from retail.promotions.offering import (
    Reduction,
    discounted,
    goods_of,
    in_force,
    in_force_asked,
    place_of,
)

__all__ = [
    "CouponRefused",
    "OffersChanged",
    "Reduced",
    "coupon",
    "offer_body",
    "reduced",
    "running",
]


class OffersChanged(Exception):
    """The ticket took off what is not offered (any more): the till asks anew."""


@dataclass(frozen=True)
class Reduced:
    """`lines` are the offers of each line of the ticket, as its row keeps them."""

    lines: list[list[dict[str, Any]]] = field(default_factory=list)
    coupons: tuple[Coupon, ...] = ()

    def use(self, sale: Sale, *, at: datetime) -> None:
        coupons.use(self.coupons, kind=UseKind.TICKET, reference=sale.id, at=at)


def running(location: Location, *, at: datetime) -> list[Promotion]:
    """What this store gives without a code. One query."""
    return in_force(place_of(Channel.POS, store=location.code), at=at)


def coupon(code: str, location: Location, *, at: datetime) -> Coupon:
    """One query. Raises CouponRefused."""
    return coupons.find(code, place_of(Channel.POS, store=location.code), at=at)


def reduced(sale: Sale, location: Location, *, at: datetime) -> Reduced:
    """What the offers of `at`, the moment of sale, take off the lines that are sold; the
    same as the ticket says. No query where it says nothing, else one, or two with codes.
    Raises OffersChanged, CouponRefused."""
    if not sale.coupons and not any(line.offers for line in sale.lines):
        return Reduced()
    sold = [i for i, line in enumerate(sale.lines) if line.quantity > 0 and line.gtin]
    place = place_of(Channel.POS, store=location.code)
    known, running = answers(
        priced_asked(Channel.POS, [sale.lines[i].gtin for i in sold], at=at),
        in_force_asked(place, at=at),
    )
    if any(sale.lines[i].gtin not in known for i in sold):
        raise OffersChanged
    found = discounted(
        goods_of(
            [
                (
                    line.gtin,
                    known[line.gtin].department_id,
                    # a bag that was weighed is one of its goods, whatever it weighs
                    1 if line.weighed else line.quantity,
                    line.full if line.weighed else line.unit_price,
                )
                for line in (sale.lines[i] for i in sold)
            ]
        ),
        place,
        running=running,
        codes=sale.coupons,
        language=get_language() or "fr",
        at=at,
    )
    for refusal in found.refused:
        raise refusal
    given: list[tuple[Reduction, ...]] = [() for _ in sale.lines]
    for i, reductions in zip(sold, found.lines, strict=True):
        given[i] = reductions
    for line, reductions in zip(sale.lines, given, strict=True):
        said = [(each.promotion, each.amount) for each in line.offers]
        if said != [(each.promotion_id, each.amount) for each in reductions]:
            raise OffersChanged
    return Reduced([[each.kept() for each in line] for line in given], found.coupons)


def offer_body(offer: Promotion) -> dict[str, Any]:
    """What the till's own arithmetic needs of an offer."""
    return {
        "id": str(offer.id),
        "name": offer.name(get_language() or "fr"),
        "rule": offer.rule,
        "priority": offer.priority,
        "exclusive": offer.exclusive,
        "ends_at": offer.ends_at,
    }
