"""One thing that the webshop lists, by its barcode: what each product's page begins with."""

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

__all__ = ["listed"]

M = TypeVar("M", bound=Model)
ROWS: tuple[type[Model], ...] = (Price, Listing, Variant, Product, Department)
# what `on_sale` asks of one GTIN; each row is named as its table is
LISTED = """
SELECT {columns}
FROM inventory_variant
JOIN inventory_listing ON inventory_listing.variant_id = inventory_variant.id
JOIN inventory_price ON inventory_price.listing_id = inventory_listing.id
JOIN inventory_product ON inventory_product.id = inventory_variant.product_id
JOIN inventory_department ON inventory_department.id = inventory_product.department_id
WHERE inventory_variant.gtin = %(gtin)s
  AND inventory_listing.origin = %(channel)s AND inventory_listing.active
  AND inventory_price.valid_from <= %(at)s
  AND (inventory_price.valid_to IS NULL OR inventory_price.valid_to > %(at)s)
ORDER BY inventory_price.valid_from DESC
LIMIT 1
"""


def listed(gtin: str, at: datetime) -> Price | None:
    """What `on_sale(at)` has of this GTIN, with listing, variant, product and department.
    One query, whose text is written once: as a query set, half of what it costs is
    putting it together."""
    alias = router.db_for_read(Price)
    asked: dict[str, Any] = {"gtin": gtin, "channel": Channel.WEBSHOP.value, "at": at}
    with connections[alias].cursor() as cursor:
        cursor.execute(_statement(), asked)
        found = cursor.fetchone()
    if found is None:
        return None
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
def _statement() -> str:
    columns = ", ".join(
        f'{model._meta.db_table}."{field.column}"'
        for model in ROWS
        for field in model._meta.concrete_fields
    )
    return LISTED.format(columns=columns)
