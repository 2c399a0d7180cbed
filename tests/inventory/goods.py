"""Goods and places for these tests, and what lies there, read back exactly."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from inventory import stock
from inventory.ids import master_id, new_id
from inventory.models import (
    Department,
    Location,
    LocationKind,
    Product,
    Reservation,
    StockException,
    StockLevel,
    StockMovement,
    TaxCategory,
    Variant,
)
from inventory.places import Channel, Origin

HEAD = Origin.HEAD_OFFICE
BARCODES = [
    "3017620422003",
    "3229820129488",
    "5449000000996",
    "3175680011480",
    "3168930010265",
    "7622210449283",
    "3046920022651",
    "3033490004743",
]


def a_place(code: str = "M01", *, safety: int = 0) -> Location:
    """A store of the tills' channel, or with a code W… the webshop's warehouse."""
    return places(code, safety=safety)[0]


def places(*codes: str, safety: int = 0) -> list[Location]:
    return Location.objects.bulk_create(_place(code, safety) for code in codes)


def _place(code: str, safety: int) -> Location:
    warehouse = code.startswith("W")
    return Location(
        id=master_id("location", code),
        origin=HEAD,
        code=code,
        name=f"Place {code}",
        kind=LocationKind.WAREHOUSE if warehouse else LocationKind.STORE,
        channel=Channel.WEBSHOP if warehouse else Channel.POS,
        address="1 rue de la République",
        postcode="69001",
        city="Lyon",
        safety=safety,
    )


def variants(count: int = 1, *, known: int = 0) -> list[UUID]:
    """Articles with barcodes, in the order of their ids; `known` were made before."""
    department, _ = Department.objects.get_or_create(
        code="grocery",
        defaults={"origin": HEAD, "name_fr": "Épicerie", "name_en": "Grocery"},
    )
    tax, _ = TaxCategory.objects.get_or_create(
        code="reduced",
        defaults={
            "origin": HEAD,
            "rate": Decimal("0.0550"),
            "name_fr": "Taux réduit",
            "name_en": "Reduced",
        },
    )
    barcodes = BARCODES[known:count]
    products = Product.objects.bulk_create(
        Product(origin=HEAD, name=gtin, sort_name=gtin, department=department)
        for gtin in barcodes
    )
    made = Variant.objects.bulk_create(
        Variant(
            id=master_id("variant", gtin),
            origin=HEAD,
            product=product,
            gtin=gtin,
            size="400 g",
            tax_category=tax,
        )
        for gtin, product in zip(barcodes, products, strict=True)
    )
    return sorted(each.id for each in made)


def stocked(location: Location, units: dict[UUID, int]) -> None:
    """These units arrived. Needs a transaction."""
    stock.receive(location, units, reference=str(new_id()), by="employee:1 Ada")


class Held(NamedTuple):
    on_hand: int
    reserved: int
    oversold: int


def level(location: Location, variant_id: UUID) -> Held:
    found = StockLevel.objects.get(location=location, variant_id=variant_id)
    return Held(found.on_hand, found.reserved, found.oversold)


def everything() -> list[list[object]]:
    """All rows of stock, to say that a refusal moved nothing."""
    return [
        list(model.objects.order_by("id").values())
        for model in (StockLevel, StockMovement, Reservation, StockException)
    ]
