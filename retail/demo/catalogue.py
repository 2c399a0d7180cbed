"""The demo's master data: real products, prices and places, the same on every side."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from inventory import stock
from inventory.ids import master_id
from inventory.ingredients import allergens_in
from inventory.models import (
    Department,
    Listing,
    Location,
    Price,
    Product,
    TaxCategory,
    Unit,
    Variant,
)
from inventory.money import rounded
from inventory.names import plain
from inventory.places import Channel, Origin
from pos.opening import add_till

DATA = Path(__file__).parent / "data"
TILLS_PER_STORE = 2
# what the file of weighed goods leaves out
BARE = {
    **dict.fromkeys(
        ("brand", "size", "net_quantity", "net_unit", "nutriscore", "nova", "labels"),
        "",
    ),
    **dict.fromkeys(("ingredients", "image", "image_treatment"), ""),
    "tax_category": "fr-5.5",
    "price_kind": "demo",
    "unit": Unit.GRAM,
}


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one of the demo's data files."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def products() -> list[dict[str, str]]:
    """What the demo sells. The story is about the first ones, tidied by hand, whose
    places never change; store-made codes (GS1 restricted circulation) are not among
    them."""
    by_hand = [row for row in rows("products") if row["restricted"] == "0"]
    found = by_hand + [row for row in _whole() if row["demo"] == "1"]
    return spelt(found, spellings())


@cache
def in_story() -> int:
    """How many products the story knows: the first so many."""
    return sum(not row.get("demo") for row in products())


def the_rest() -> list[dict[str, str]]:
    """What the shipped catalogue holds beyond that."""
    return spelt([row for row in _whole() if row["demo"] != "1"], spellings())


@cache
def spellings() -> dict[str, str]:
    """{a brand without case and accents: as most products write it}. Of two that are
    written as often, the one with accents."""
    written = Counter(row["brand"] for row in (*rows("products"), *_whole()))
    rising = sorted((n, not brand.isascii(), brand) for brand, n in written.items())
    return {plain(brand): brand for _n, _accents, brand in rising}


def spelt(
    goods: Iterable[dict[str, str]], known: dict[str, str]
) -> list[dict[str, str]]:
    """The rows, where a brand is written in one way: "P’tit Déli" is "P’tit déli"."""
    return [row | {"brand": known[plain(row["brand"])]} for row in goods]


@cache
def weighed() -> list[dict[str, str]]:
    """What the stores weigh at the till: their own codes, demo prices for a kilo."""
    return list(rows("weighed"))


@cache
def _whole() -> list[dict[str, str]]:
    packed = DATA / "catalogue.csv.gz"
    with gzip.open(packed, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_master() -> None:
    """Head office's rows into the database of the current context."""
    TaxCategory.objects.bulk_create(
        TaxCategory(
            id=master_id("tax_category", row["code"]),
            origin=Origin.HEAD_OFFICE,
            code=row["code"],
            rate=Decimal(row["rate"]) / 100,
            name_fr=row["name_fr"],
            name_en=row["name_en"],
        )
        for row in rows("tax_categories")
    )
    Department.objects.bulk_create(
        Department(
            id=master_id("department", row["code"]),
            origin=Origin.HEAD_OFFICE,
            code=row["code"],
            name_fr=row["name_fr"],
            name_en=row["name_en"],
            icon=row["icon"],
            position=int(row["position"]),
        )
        for row in rows("departments")
    )
    Location.objects.bulk_create(_location(row) for row in rows("stores"))
    write_goods(products())
    Product.objects.bulk_create(_product({**BARE, **row}) for row in weighed())
    Variant.objects.bulk_create(_variant({**BARE, **row}) for row in weighed())


def write_goods(goods: Iterable[dict[str, str]]) -> None:
    """Products and their variants; those that are there already stay as they are."""
    known = list(goods)
    Product.objects.bulk_create(map(_product, known), ignore_conflicts=True)
    Variant.objects.bulk_create(map(_variant, known), ignore_conflicts=True)


def _location(row: dict[str, str]) -> Location:
    return Location(
        id=master_id("location", row["code"]),
        origin=Origin.HEAD_OFFICE,
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        channel=row["channel"],
        address=row["address"],
        postcode=row["postcode"],
        city=row["city"],
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        phone=row["phone"],
        hours=row["hours"],
        timezone=row["timezone"],
        lead_minutes=int(row["lead_minutes"]),
        safety=int(row["safety"]),
    )


def _product(row: dict[str, str]) -> Product:
    facts: dict[str, Any] = {
        "ingredients": row["ingredients"],
        "nutriscore": row["nutriscore"],
        "nova": row["nova"],
        "labels": labels_of(row),
    }
    facts = {key: value for key, value in facts.items() if value}
    if row["ingredients"]:  # known, and perhaps none
        facts["allergens"] = allergens_in(row["ingredients"])
    return Product(
        id=master_id("product", row["gtin"]),
        origin=Origin.HEAD_OFFICE,
        name=row["name"],
        brand=row["brand"],
        sort_name=plain(f"{row['name']} {row['brand']}")[:330],
        department_id=master_id("department", row["department"]),
        facts=facts,
        image=row["image"],
        image_treatment=row["image_treatment"],
    )


def labels_of(row: dict[str, str]) -> list[str]:
    """What the package says of itself: `organic`, `gluten-free`, … The products tidied
    by hand say it in their name, brand or ingredients alone."""
    if "labels" in row:
        return row["labels"].split()
    text = plain(f" {row['name']} {row['brand']} {row['ingredients']} ")
    organic = " bio " in text or "biologique" in text or " bio," in text
    return ["organic"] if organic else []


def _variant(row: dict[str, str]) -> Variant:
    return Variant(
        id=master_id("variant", row["gtin"]),
        origin=Origin.HEAD_OFFICE,
        product_id=master_id("product", row["gtin"]),
        gtin=row["gtin"],
        unit=row.get("unit", Unit.PIECE),
        size=row["size"],
        net_quantity=Decimal(row["net_quantity"]) if row["net_quantity"] else None,
        net_unit=row["net_unit"],
        tax_category_id=master_id("tax_category", row["tax_category"]),
        aisle=row["aisle"],
    )


def write_listings(channel: Channel, *, since: datetime) -> None:
    """What one channel offers, and at which price. Every eleventh product has an offer
    on the web that the stores do not know, and every thirteenth costs more there:
    apart, nobody makes prices agree."""
    list_goods(channel, products(), since=since)
    list_goods(
        channel, [{**BARE, **row} for row in weighed()], since=since, bargains=False
    )


def list_goods(
    channel: Channel,
    goods: Iterable[dict[str, str]],
    *,
    since: datetime,
    bargains: bool = True,
) -> None:
    listings, prices = [], []
    for i, row in enumerate(goods):
        listing = Listing(
            id=master_id("listing", f"{channel}:{row['gtin']}"),
            origin=channel,
            variant_id=master_id("variant", row["gtin"]),
            title=row["name"],
            department_id=master_id("department", row["department"]),
        )
        listings.append(listing)
        prices.append(_price(listing, row, i if bargains else 1, since=since))
    Listing.objects.bulk_create(listings, ignore_conflicts=True)
    Price.objects.bulk_create(prices, ignore_conflicts=True)


def import_rest(channel: Channel, *, now: datetime, units: int = 24) -> int:
    """The rest of the shipped catalogue for one channel, with `units` of each in its
    warehouse; answers how many products. The same again changes nothing. Needs a
    transaction of that channel."""
    rest = the_rest()
    write_goods(rest)
    list_goods(channel, rest, since=now)
    for place in Location.objects.filter(channel=channel, kind="warehouse"):
        stock.receive(
            place,
            {master_id("variant", row["gtin"]): units for row in rest},
            reference=str(master_id("delivery", f"rest:{place.code}")),
            by="system",
            at=now,
        )
    return len(rest)


def _price(listing: Listing, row: dict[str, str], i: int, *, since: datetime) -> Price:
    amount, former = Decimal(row["price"]), None
    if listing.origin == Channel.WEBSHOP and i % 11 == 0:
        former, amount = amount, rounded(amount * Decimal("0.9"))
    if listing.origin == Channel.POS and i % 13 == 0:
        amount += Decimal("0.20")
    return Price(
        id=master_id("price", f"{listing.origin}:{row['gtin']}:1"),
        origin=listing.origin,
        listing=listing,
        amount=amount,
        former_amount=former,
        kind=row["price_kind"],
        valid_from=since - timedelta(days=30),
        valid_to=None,
    )


def write_tills() -> None:
    """Two tills a store, with nothing sold yet."""
    for store in Location.objects.filter(channel=Channel.POS).order_by("code"):
        for number in range(1, TILLS_PER_STORE + 1):
            add_till(store, f"Caisse {number}")


def till_id(store_code: str, number: int) -> UUID:
    return master_id("till", f"{store_code}-{number}")
