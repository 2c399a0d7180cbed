"""`{% load shelf %}`: a shelf's cards, each a piece that is remembered.

Two dozen cards are most of what a shelf's page costs, and most are as they were a moment
ago.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django import template
from django.utils.safestring import SafeString

from inventory.ingredients import allergens_in, pieces
from retail.templatetags.remembered import remembered
from webshop.looks import Unit, unit
from webshop.shelves import Card
from webshop.words import ALLERGENS, LABELS

register = template.Library()


class Department(NamedTuple):
    icon: str


class Product(NamedTuple):
    name: str
    image: str
    image_treatment: str
    department: Department


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
    look = _look(card, promises or {})
    return remembered(context, "house/product_card.html", look)


def _look(card: Card, promises: Mapping[str, str]) -> Look:
    product, promise = card.product, ""
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
        unit=unit(card.variant),
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


register.filter("pieces", pieces)


@register.filter
def allergens(ingredients: str) -> list[str]:
    """Those that a list of ingredients names, in words."""
    return [str(ALLERGENS[name]) for name in allergens_in(ingredients)]


@register.filter
def label_in_words(label: str) -> str:
    return str(LABELS[label])
