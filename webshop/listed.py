"""What the webshop lists, for the two pages that are asked for most: of one product, and
of a whole department. As query sets (`on_sale`), half of what they cost is putting them
together; here the texts are written once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from django.db import connections, router
from django.db.models import Model

from inventory.models import Department, Listing, Price, Product, Variant
from inventory.places import Channel

__all__ = ["Whole", "listed"]

M = TypeVar("M", bound=Model)
ROWS: tuple[type[Model], ...] = (Price, Listing, Variant, Product, Department)
# what `on_sale` asks; each row is named as its table is
ON_SALE = """
FROM inventory_price
JOIN inventory_listing ON inventory_listing.id = inventory_price.listing_id
JOIN inventory_variant ON inventory_variant.id = inventory_listing.variant_id
JOIN inventory_product ON inventory_product.id = inventory_variant.product_id
JOIN inventory_department ON inventory_department.id = inventory_product.department_id
WHERE inventory_listing.origin = %(channel)s AND inventory_listing.active
  AND inventory_price.valid_from <= %(at)s
  AND (inventory_price.valid_to IS NULL OR inventory_price.valid_to > %(at)s)
  AND NOT EXISTS (
    SELECT 1 FROM inventory_price newer
    WHERE newer.listing_id = inventory_price.listing_id
      AND newer.valid_from > inventory_price.valid_from AND newer.valid_from <= %(at)s
      AND (newer.valid_to IS NULL OR newer.valid_to > %(at)s))
"""
OF_GTIN = "AND inventory_variant.gtin = %(gtin)s"
OF_DEPARTMENT = "AND inventory_listing.department_id = %(department)s"
BY_NAME = "ORDER BY inventory_product.sort_name, inventory_variant.gtin"
# numbers are of the text: a plan for any number is one for most of the rows
PART = "OFFSET {:d} LIMIT {:d}"
BRANDS = f"""
SELECT inventory_product.brand, count(*) {ON_SALE} {OF_DEPARTMENT}
GROUP BY inventory_product.brand
"""


def listed(gtin: str, at: datetime) -> Price | None:
    """What `on_sale(at)` has of this GTIN, with listing, variant, product and department.
    One query."""
    found = _prices(OF_GTIN, at, gtin=gtin)
    return found[0] if found else None


class Whole:
    """All that `on_sale(at)` has of a department, in the order of BY_NAME, for a
    paginator: a slice is one query."""

    def __init__(self, department: Department, at: datetime) -> None:
        self.department, self.at = department, at

    def brands(self) -> list[tuple[str, int]]:
        """As `filters.brands_of`. One query."""
        rows = _rows(BRANDS, self.at, department=self.department.id)
        return sorted(rows, key=lambda row: (-row[1], row[0]))

    def __getitem__(self, part: slice) -> list[Price]:
        start, end = part.start or 0, part.stop
        which = f"{OF_DEPARTMENT} {BY_NAME} {PART.format(start, end - start)}"
        return _prices(which, self.at, department=self.department.id)


def _rows(text: str, at: datetime, **asked: Any) -> list[tuple[Any, ...]]:
    given = {"at": at, "channel": Channel.WEBSHOP.value, **asked}
    with connections[router.db_for_read(Price)].cursor() as cursor:
        cursor.execute(text, given)
        return cursor.fetchall()


def _prices(which: str, at: datetime, **asked: Any) -> list[Price]:
    alias = router.db_for_read(Price)
    text = f"SELECT {_columns()} {ON_SALE} {which}"
    return [_price(alias, row) for row in _rows(text, at, **asked)]


def _price(alias: str, found: tuple[Any, ...]) -> Price:
    values = iter(found)
    price = _row(Price, alias, values)
    price.listing = _row(Listing, alias, values)
    price.listing.variant = _row(Variant, alias, values)
    product = price.listing.variant.product = _row(Product, alias, values)
    product.facts = json.loads(product.facts)  # as the database has it: text
    product.department = _row(Department, alias, values)
    return price


def _row(model: type[M], alias: str, values: Iterator[Any]) -> M:
    names = _names(model)
    return model.from_db(alias, names, list(islice(values, len(names))))


@cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _columns() -> str:
    return ", ".join(
        f'{model._meta.db_table}."{field.column}"'
        for model in ROWS
        for field in model._meta.concrete_fields
    )
