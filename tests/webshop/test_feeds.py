"""What merchants' programs read: every good of the shop, and each store's honest word."""

from __future__ import annotations

import csv
from datetime import timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils import timezone

from inventory.models import Listing, Price, Variant
from inventory.places import Channel
from retail import channels
from retail.fulfilment import feed, setting
from retail.fulfilment.models import FeedState
from tests.builders import a_pickup_order
from tests.calling import counted, refused
from tests.levels import SIDES
from tests.retail.orders.house import House
from tests.retail.promotions.offers import an_offer
from webshop import feeds

pytestmark = pytest.mark.django_db(databases=SIDES)
G = "{http://base.google.com/ns/1.0}"
PRODUCTS, LOCAL = "/shop/feeds/products.xml", "/shop/feeds/local-inventory.tsv"


def items(client: Client) -> dict[str, dict[str, str]]:
    """{gtin: {tag: text}}, from a document that parses."""
    answer = client.get(PRODUCTS)
    assert answer.status_code == 200
    document = ET.fromstring(answer.getvalue())  # noqa: S314 (our own)
    return {
        item.findtext(f"{G}id", ""): {
            each.tag.removeprefix(G): each.text or "" for each in item
        }
        for item in document.iter("item")
    }


def lines(client: Client) -> dict[tuple[str, str], dict[str, str]]:
    """{(store, gtin): its cells}."""
    text = client.get(LOCAL).getvalue().decode()
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return {(row["store_code"], row["id"]): dict(row) for row in rows}


def ask(client: Client, path: str) -> tuple[Any, int, int]:
    """The answer read to its end, and what was asked of head office and the side."""
    with counted() as sql:
        answer = client.get(path)
        answer.getvalue()
    side = sum(len(asked) for alias, asked in sql.items() if alias != "default")
    return answer, len(sql["default"]), side


def test_all_goods_in_xml(
    both_levels: House, shop: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = both_levels.gtins
    Listing.objects.filter(variant__gtin=first).update(
        title="Thé <vert> & «\x0bmenthe»", text="Une ligne"
    )
    Variant.objects.filter(gtin=first).update(net_quantity=Decimal(250), net_unit="g")
    Price.objects.filter(listing__variant__gtin=second).update(
        former_amount=Decimal("15.00")
    )
    an_offer({"kind": "percent", "percent": "10", "goods": {"gtins": [third]}})
    found = items(shop)
    assert set(found) == set(both_levels.gtins)
    tea = found[first]
    assert (tea["title"], tea["description"]) == ("Thé <vert> & «menthe»", "Une ligne")
    assert tea["link"] == f"http://testserver/shop/p/{first}/"
    assert tea["gtin"] == first
    assert (tea["price"], tea.get("sale_price")) == ("3.40 EUR", None)
    measured = (tea["unit_pricing_measure"], tea["unit_pricing_base_measure"])
    assert measured == ("250 g", "1 kg")
    reduced = [
        (found[each]["price"], found[each]["sale_price"]) for each in (second, third)
    ]
    assert reduced == [("15.00 EUR", "12.00 EUR"), ("25.00 EUR", "22.50 EUR")]
    assert {each["availability"] for each in found.values()} == {"in_stock"}
    # offers, how many stores, prices; the warehouse, where stores send those too, and their levels;
    # the stores, their slots, and their levels or feed
    answer, office, side = ask(shop, PRODUCTS)
    assert answer["Cache-Control"] == "public, max-age=300"
    assert answer["Content-Language"] == "fr"
    assert not answer.cookies
    assert (office, side) == (1, 7 if both_levels.level == "cross-channel" else 8)
    monkeypatch.setattr(feeds, "STEP", 2)
    assert items(shop) == found  # in two pieces


def test_a_feed_that_fails_halfway_is_an_error(
    multichannel: House, shop: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []

    def away(variants: list[Any]) -> Any:
        told.append(variants)
        return {} if len(told) == 1 else 1 / 0

    monkeypatch.setattr(feeds, "STEP", 2)
    whole = shop.get(PRODUCTS)
    assert int(whole["Content-Length"]) == len(whole.getvalue())
    monkeypatch.setattr(feeds, "to_send", away)
    shop.raise_request_exception = False
    answer = shop.get(PRODUCTS)
    assert (len(told), answer.status_code) == (2, 500)
    assert "Cache-Control" not in answer or "public" not in answer["Cache-Control"]


def test_what_each_store_has(both_levels: House, shop: Client) -> None:
    a_pickup_order(both_levels, (0, 2))
    feed.refresh()
    gtin = both_levels.gtins[0]
    found = lines(shop)
    assert len(found) == 6
    assert found["M01", gtin] == {
        "store_code": "M01",
        "id": gtin,
        "availability": "in_stock",
        "quantity": "1",
        "price": "3.40 EUR",
        "sale_price": "",
        "pickup_method": "buy",
        "pickup_sla": found["M02", gtin]["pickup_sla"],
    }
    assert found["M02", gtin]["pickup_sla"] in {"same day", "next day", "2-day"}
    answer, office, side = ask(shop, LOCAL)
    assert answer["Content-Type"] == "text/tab-separated-values; charset=utf-8"
    assert (office, side) == (1, 5)


def test_what_a_store_does_not_promise_is_not_collected(
    both_levels: House, shop: Client
) -> None:
    blocked, other, _ = both_levels.gtins
    with channels.use_channel(Channel.POS), channels.atomic():
        first, second = both_levels.location("M01"), both_levels.location("M02")
        setting.block(first, both_levels.variants[blocked])
        setting.change(second, paused=True, by="employee:1 Bob")
    feed.refresh()

    def said(store: str, gtin: str) -> tuple[str, str, str]:
        row = lines(shop)[store, gtin]
        return row["quantity"], row["pickup_method"], row["pickup_sla"]

    assert said("M01", blocked) == ("0", "not supported", "")
    assert said("M01", other)[:2] == ("3", "buy")
    assert said("M02", other) == ("3", "not supported", "")  # it is sold there
    if both_levels.level == "cross-channel":
        FeedState.objects.update(as_of=timezone.now() - timedelta(minutes=11))
        assert said("M01", other) == ("0", "not supported", "")


def test_stores_are_strangers_at_multichannel(
    multichannel: House, shop: Client
) -> None:
    body = refused(shop.get(LOCAL), 409, "feature-off")
    assert body["feature"] == "web_to_store"
    assert len(items(shop)) == 3
