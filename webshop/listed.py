"""What the webshop lists, for the two pages that are asked for most: of one product, and
of a whole department. As query sets (`on_sale`), half of what they cost is putting them
together; here the texts are written once."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

from django.db.models import Model
from django.utils import timezone

from inventory.models import Department, Listing, Price, Product, Variant
from inventory.places import Channel
from inventory.questions import Question, Row, answers, columns_of, row_of
from retail.channels import kept

__all__ = ["Whole", "brands_in", "listed_asked"]

# in the order of the columns: each but the first is what the one before it names
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
# a plan for any department is as good as one for this: as a question of its own, PostgreSQL
# does not look how large this one is, and keeps the plan
OF_DEPARTMENT = "AND inventory_listing.department_id = (SELECT %(department)s::uuid)"
BY_NAME = "ORDER BY inventory_product.sort_name, inventory_variant.gtin"
# numbers are of the text: a plan for any number is one for most of the rows
PART = "OFFSET {:d} LIMIT {:d}"
BRANDS = f"""
SELECT inventory_product.brand, count(*) {ON_SALE} {OF_DEPARTMENT}
GROUP BY inventory_product.brand
"""


def listed_asked(gtin: str, at: datetime) -> Question[Price | None]:
    """What `on_sale(at)` has of this GTIN, with listing, variant, product and
    department."""
    asked = _prices_asked(OF_GTIN, at, gtin=gtin)
    return asked.then(lambda found: found[0] if found else None)


class Whole:
    """All that `on_sale(at)` has of a department, in the order of BY_NAME, for a
    paginator: a slice is one query."""

    def __init__(self, department: Department, at: datetime) -> None:
        self.department, self.at = department, at

    def __getitem__(self, part: slice) -> list[Price]:
        start, end = part.start or 0, part.stop
        which = f"{OF_DEPARTMENT} {BY_NAME} {PART.format(start, end - start)}"
        asked = _prices_asked(which, self.at, department=self.department.id)
        return answers(asked)[0]


@kept
def brands_in(department: UUID) -> tuple[tuple[str, int], ...]:
    """As `filters.brands_of`, of the whole department as pages may know it. One query."""
    (rows,) = answers(_asked(BRANDS, timezone.now(), department=department))
    found = [(row[0], row[1]) for row in rows]
    return tuple(sorted(found, key=lambda brand: (-brand[1], brand[0])))


def _prices_asked(which: str, at: datetime, **given: Any) -> Question[list[Price]]:
    asked = _asked(f"SELECT {_columns()} {ON_SALE} {which}", at, **given)
    return asked.then(lambda rows: [_price(row) for row in rows])


def _asked(text: str, at: datetime, **given: Any) -> Question[list[Row]]:
    given = {"at": at, "channel": Channel.WEBSHOP.value, **given}
    return Question(text, given, lambda rows: rows)


def _price(values: Row) -> Price:
    rows: list[Model] = []
    for model in ROWS:
        row, values = row_of(model, values)
        if rows:
            # as `select_related` does it: a field's own setter asks the router each time
            rows[-1]._state.fields_cache[model._meta.model_name] = row
        rows.append(row)
    return cast(Price, rows[0])


@cache
def _columns() -> str:
    return ", ".join(columns_of(model, model._meta.db_table) for model in ROWS)
