"""A remembered card is the card that its template draws."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from inventory.models import Department, Listing, Price, Product, Variant
from inventory.places import Channel
from retail import channels
from retail.promotions.tagging import Tag
from tests.levels import ALL_ON as HERE
from webshop.shelves import Card
from webshop.templatetags.shelf import shelf_card

PROMISES = {"ready": "Prêt dès 17 h", "sent": "Livré chez vous"}


@pytest.fixture(autouse=True)
def in_the_shop() -> Iterator[None]:
    with channels.use_snapshot(given=HERE), channels.use_channel(Channel.WEBSHOP):
        yield


def a_card(**given: Any) -> Card:
    product = Product(name="Miel & noix", brand="L'Abeille <b>", image="")
    product.department = Department(icon="jar", name_fr="Épicerie", name_en="Grocery")
    variant = Variant(
        gtin="3017620422003", unit="piece", net_quantity=Decimal(250), net_unit="g"
    )
    variant.product = product
    listing = Listing(title="Miel & noix <250 g>")
    listing.variant = variant
    price = Price(amount=Decimal("4.67"), currency="EUR")
    price.listing = listing
    return Card(**{"price": price, "parcels": 3, "units": None, **given})


def drawn(card: Card, by: str = "tok") -> str:
    return str(shelf_card({"csrf_token": by}, card, PROMISES))


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"units": 2},
        {"parcels": 0, "units": 0},
        {"tag": Tag(amount=Decimal("3.90"), offers=("−20 %",))},
    ],
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_is_what_the_template_draws(given: dict[str, Any], language: str) -> None:
    card = a_card(**given)
    promise = PROMISES["ready"] if card.units else PROMISES["sent"]
    to_be_had = bool(card.units or card.parcels)
    with translation.override(language):
        plain = render_to_string(
            "house/product_card.html",
            {
                "product": card.product,
                "unit": card.variant,
                "gtin": card.gtin,
                "brand": card.brand,
                "title": card.title,
                "amount": card.amount,
                "currency": card.price.currency,
                "former_amount": card.former_amount,
                "offer": card.offer,
                "promise": promise if to_be_had else "",
                "can_add": to_be_had,
                "csrf_token": "tok",
            },
        )
        assert drawn(card) == drawn(card) == plain.strip()


def test_each_page_puts_its_own_token_in() -> None:
    found = [
        re.findall(r'token" value="(\w+)"', drawn(a_card(), t)) for t in ("a", "b")
    ]
    assert found == [["a"], ["b"]]
    assert "token" not in drawn(a_card(parcels=0))


def test_what_differs_by_a_word_is_another_card() -> None:
    card, other = a_card(), a_card()
    other.price.listing.title = "Miel & noix <500 g>"
    other.price.amount = Decimal("4.68")
    assert "&lt;500 g&gt;" in drawn(other)
    assert drawn(card) != drawn(other)
    with translation.override("en"):
        english = drawn(card)
    with translation.override("fr"):
        assert drawn(card) != english
