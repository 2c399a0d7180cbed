"""What the pieces of a product's page show, in plain values: a piece is remembered by
them (see retail/templatetags/remembered.py). Times are in words."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from inventory.availability import Arithmetic
from inventory.models import Variant
from retail.formatting import day_time
from retail.fulfilment.offering import PlaceOffer
from retail.promotions.pricing import FREE_SHIPPING_FROM, SHIPPING
from webshop import hours, words
from webshop.reasons import refusal_of, why_then
from webshop.shelves import Card

__all__ = ["Facts", "Goods", "Row", "Unit", "Ways", "facts", "goods", "row", "ways"]


class Unit(NamedTuple):
    net_quantity: Decimal | None
    net_unit: str
    weighed: bool


class Goods(NamedTuple):
    """What it is called and costs; `former_amount` is the price before an offer."""

    brand: str
    title: str
    size: str
    amount: Decimal
    currency: str
    former_amount: Decimal | None
    unit: Unit
    offers: tuple[str, ...]


class Ways(NamedTuple):
    """How one gets it. `nearest` is the store where it is ready at `ready`, for these
    `reasons`; a parcel `leaves` at a time; empty where there is no such way."""

    gtin: str
    title: str
    weighed: bool
    collect: bool
    nearest: str
    ready: str
    reasons: tuple[str, ...]
    leaves: str
    shipping: Decimal
    free_from: Decimal
    to_be_had: bool


class Facts(NamedTuple):
    """What the package says; `labels` are keys of words.LABELS."""

    gtin: str
    demo_price: bool
    grade: str
    nova: str
    labels: tuple[str, ...]
    ingredients: str


class Row(NamedTuple):
    """What one store can promise; `mine` is that of the visitor."""

    code: str
    name: str
    where: str
    hours: str
    metres: int | None
    mine: bool
    available: int
    offered: bool
    ready: str
    refusal: str
    arithmetic: Arithmetic | None


def unit(variant: Variant) -> Unit:
    return Unit(variant.net_quantity, variant.net_unit, variant.weighed)


def goods(card: Card) -> Goods:
    return Goods(
        brand=card.brand,
        title=card.title,
        size=card.variant.size,
        amount=card.amount,
        currency=card.price.currency,
        former_amount=card.former_amount,
        unit=unit(card.variant),
        offers=card.tag.offers if card.tag else (),
    )


def ways(
    card: Card,
    nearest: PlaceOffer | None,
    *,
    collect: bool,
    leaves_by: datetime | None,
    to_be_had: bool,
    now: datetime,
) -> Ways:
    ready_by = nearest.ready_by if nearest else None
    return Ways(
        gtin=card.gtin,
        title=card.title,
        weighed=card.weighed,
        collect=collect,
        nearest=nearest.location.name if nearest else "",
        ready=day_time(ready_by, now=now) if ready_by else "",
        reasons=tuple(why_then(nearest)) if nearest else (),
        leaves=day_time(leaves_by, now=now) if leaves_by else "",
        shipping=SHIPPING,
        free_from=FREE_SHIPPING_FROM,
        to_be_had=to_be_had,
    )


def facts(card: Card) -> Facts:
    known = card.product.facts
    return Facts(
        gtin=card.gtin,
        demo_price=card.price.kind == "demo",
        grade=str(known.get("nutriscore") or ""),
        nova=str(known.get("nova") or ""),
        labels=tuple(each for each in known.get("labels", ()) if each in words.LABELS),
        ingredients=known.get("ingredients", ""),
    )


def row(each: PlaceOffer, now: datetime, metres: int | None, *, mine: bool) -> Row:
    place = each.location
    return Row(
        code=place.code,
        name=place.name,
        where=f"{place.address}, {place.postcode} {place.city}",
        hours=hours.now_in_words(place, now),
        metres=metres,
        mine=mine,
        available=each.available,
        offered=each.pickup_offered,
        ready=day_time(each.ready_by, now=now) if each.ready_by else "",
        refusal=refusal_of(each) if each.available else "",
        arithmetic=each.arithmetic,
    )
