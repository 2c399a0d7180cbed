"""What all stock verbs share: their refusals, their connection, levels and their lock.

Whoever touches stock takes the level rows first, ordered by the level's id, and holds
of customers after that. One order everywhere means that no two verbs can each wait for
the other. A caller that uses several verbs in one transaction may still cross with
another such caller; PostgreSQL then ends one of them (40P01), and it is safe to retry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper

from inventory.ids import derived, master_id, new_id
from inventory.inserting import carrying
from inventory.models import Location, StockLevel
from inventory.quantities import BadQuantity


class NotInTransaction(Exception):
    """A stock verb was called outside the caller's transaction."""


class UnknownVariant(Exception):
    def __init__(self, variant_ids: Sequence[UUID]) -> None:
        super().__init__(", ".join(map(str, variant_ids)))
        self.variant_ids = tuple(variant_ids)


@dataclass(frozen=True, slots=True)
class Short:
    """A line that cannot be had: `free` is what there was for it."""

    variant_id: UUID
    wanted: int
    free: int


class OutOfStock(Exception):
    """Nothing was taken, because of these lines."""

    def __init__(self, lines: Sequence[Short]) -> None:
        super().__init__(
            ", ".join(f"{s.variant_id}: {s.wanted} of {s.free}" for s in lines)
        )
        self.lines = tuple(lines)


def connection() -> BaseDatabaseWrapper:
    """The connection of the context's database. Raises NotInTransaction."""
    found = connections[router.db_for_write(StockLevel)]
    if not found.in_atomic_block:
        raise NotInTransaction
    return found


def rows(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection().cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def rows_carrying(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Of a statement with which new rows are written that wait: see `inserting`."""
    with connection().cursor() as cursor:
        return carrying(cursor, sql, params)


def execute(sql: str, params: Mapping[str, Any]) -> None:
    with connection().cursor() as cursor:
        cursor.execute(sql, params)


def checked(quantities: Mapping[UUID, int], *, signed: bool = False) -> None:
    """Raises BadQuantity. Units are pieces or grams, so there is no upper bound."""
    for quantity in quantities.values():
        if type(quantity) is not int or quantity == 0 or (quantity < 0 and not signed):
            raise BadQuantity(quantity)


def child_id(reference: str, *parts: object) -> UUID:
    """The same act gives its rows the same ids on a retry and at every level, where
    its reference is the id of something."""
    try:
        return derived(UUID(reference), *parts)
    except ValueError:
        return new_id()


MISSING = """
SELECT v.id, v.gtin, s.id IS NOT NULL
FROM inventory_variant v
LEFT JOIN inventory_stocklevel s ON s.variant_id = v.id AND s.location_id = %(location)s
WHERE v.id = ANY(%(variants)s::uuid[])
"""

# Ordered like every lock, because two inserts of one id wait for each other. Of what is
# weighed nothing is kept back: nobody promises it before it is weighed.
CREATE = """
INSERT INTO inventory_stocklevel (id, origin, variant_id, location_id, on_hand,
                                  reserved, safety, oversold, sequence)
SELECT n.id, %(origin)s, n.variant_id, %(location)s, 0, 0,
       CASE v.unit WHEN 'gram' THEN 0 ELSE %(safety)s END, 0, 0
FROM unnest(%(ids)s::uuid[], %(variants)s::uuid[]) AS n(id, variant_id)
JOIN inventory_variant v ON v.id = n.variant_id
ORDER BY n.id
ON CONFLICT DO NOTHING
"""


def ensure(location: Location, variant_ids: Sequence[UUID]) -> None:
    """Levels of these variants at this place exist. One query, two when one is new.

    Raises UnknownVariant.
    """
    found = rows(MISSING, {"location": location.id, "variants": list(variant_ids)})
    unknown = set(variant_ids) - {variant_id for variant_id, _, _ in found}
    if unknown:
        raise UnknownVariant(sorted(unknown))
    new = [(variant_id, gtin) for variant_id, gtin, exists in found if not exists]
    if new:
        execute(
            CREATE,
            {
                "origin": location.channel,
                "location": location.id,
                "safety": location.safety,
                "ids": [level_id(location, gtin) for _, gtin in new],
                "variants": [variant_id for variant_id, _ in new],
            },
        )


def level_id(location: Location, gtin: str) -> UUID:
    return master_id("level", f"{location.code}:{gtin}")
