"""`{% load shelf %}`: a shelf's cards, drawn once for all who see the same.

Two dozen cards are most of what a shelf's page costs, and most are as they were a moment
ago. A card is remembered by everything that it shows, so it cannot be out of date: what
differs by a word, a price or a language is another card.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from webshop.shelves import Card

register = template.Library()

MOST = 4096  # cards, of about 2 kB
# Stands for the token of the page that a remembered card is put into. No text of ours or
# of a shop's can be this.
TOKEN = "\x00token\x00"  # noqa: S105 -- a place, no secret


class Department(NamedTuple):
    icon: str


class Product(NamedTuple):
    name: str
    image: str
    image_treatment: str
    department: Department


class Unit(NamedTuple):
    net_quantity: Decimal | None
    net_unit: str
    weighed: bool


class Look(NamedTuple):
    """All that house/product_card.html shows."""

    product: Product
    unit: Unit
    gtin: str
    brand: str
    title: str
    amount: Decimal
    currency: str
    former_amount: Decimal | None
    offer: str
    promise: str
    can_add: bool


@register.simple_tag(takes_context=True)
def shelf_card(
    context: Mapping[str, Any], card: Card, promises: Mapping[str, str] | None = None
) -> SafeString:
    """house/product_card.html of this card. `promises`: what it may promise (ready,
    sent)."""
    html = _drawn(_look(card, promises or {}), get_language() or "")
    if TOKEN in html:
        html = html.replace(TOKEN, str(context.get("csrf_token", "")))
    return mark_safe(html)  # noqa: S308 -- a template's own output, escaped there


def _look(card: Card, promises: Mapping[str, str]) -> Look:
    product, variant, promise = card.product, card.variant, ""
    to_be_had = not card.weighed and bool(card.units or card.parcels)
    if to_be_had:
        promise = promises.get("ready" if card.units else "sent", "")
    return Look(
        product=Product(
            name=product.name,
            image=product.image,
            image_treatment=product.image_treatment,
            department=Department(product.department.icon),
        ),
        unit=Unit(variant.net_quantity, variant.net_unit, variant.weighed),
        gtin=card.gtin,
        brand=card.brand,
        title=card.title,
        amount=card.amount,
        currency=card.price.currency,
        former_amount=card.former_amount,
        offer=card.offer,
        promise=promise,
        can_add=to_be_had,
    )


@lru_cache(maxsize=MOST)
def _drawn(look: Look, language: str) -> str:
    drawing = get_template("house/product_card.html")
    return drawing.render({**look._asdict(), "csrf_token": TOKEN})
