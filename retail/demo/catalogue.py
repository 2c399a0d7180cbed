"""The demo's master data: real products, prices and places, the same on every side."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from inventory.ids import master_id
from inventory.models import (
    Department,
    Listing,
    Location,
    Price,
    Product,
    TaxCategory,
    Variant,
)
from inventory.money import rounded
from inventory.names import plain
from inventory.places import Channel, Origin
from pos.models import Till
from pos.tickets import genesis

DATA = Path(__file__).parent / "data"
TILLS_PER_STORE = 2


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one of the demo's data files."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def products() -> list[dict[str, str]]:
    """What the demo sells. Store-made codes (GS1 restricted circulation) are for
    weighed goods, which come later."""
    return [row for row in rows("products") if row["restricted"] == "0"]


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
    Product.objects.bulk_create(_product(row) for row in products())
    Variant.objects.bulk_create(_variant(row) for row in products())


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
    facts = {
        "ingredients": row["ingredients"],
        "nutriscore": row["nutriscore"],
        "nova": row["nova"],
    }
    return Product(
        id=master_id("product", row["gtin"]),
        origin=Origin.HEAD_OFFICE,
        name=row["name"],
        brand=row["brand"],
        sort_name=plain(f"{row['name']} {row['brand']}")[:330],
        department_id=master_id("department", row["department"]),
        facts={key: value for key, value in facts.items() if value},
        image=row["image"],
        image_treatment=row["image_treatment"],
    )


def _variant(row: dict[str, str]) -> Variant:
    return Variant(
        id=master_id("variant", row["gtin"]),
        origin=Origin.HEAD_OFFICE,
        product_id=master_id("product", row["gtin"]),
        gtin=row["gtin"],
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
    listings, prices = [], []
    for i, row in enumerate(products()):
        listing = Listing(
            id=master_id("listing", f"{channel}:{row['gtin']}"),
            origin=channel,
            variant_id=master_id("variant", row["gtin"]),
            title=row["name"],
            department_id=master_id("department", row["department"]),
        )
        listings.append(listing)
        prices.append(_price(listing, row, i, since=since))
    Listing.objects.bulk_create(listings)
    Price.objects.bulk_create(prices)


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
            id = till_id(store.code, number)
            Till.objects.create(
                id=id,
                origin=Origin.POS,
                location=store,
                number=number,
                name=f"Caisse {number}",
                last_hash=genesis(id),
            )


def till_id(store_code: str, number: int) -> UUID:
    return master_id("till", f"{store_code}-{number}")
