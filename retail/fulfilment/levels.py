"""The rows of stock that promises are reckoned from, read as they are now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections, router

from inventory.models import StockLevel

__all__ = ["Level", "levels", "most_free"]

# written out: every product's page and every order asks it, and building it anew each
# time costs more than PostgreSQL's own work
LEVELS = """
SELECT location_id, variant_id, on_hand, reserved, safety, blocked_until
FROM inventory_stocklevel
WHERE location_id = ANY(%(places)s::uuid[]) AND variant_id = ANY(%(variants)s::uuid[])
"""
MOST_FREE = """
SELECT variant_id, greatest(max(on_hand - reserved - safety - place.buffer), 0)
FROM unnest(%(places)s::uuid[], %(buffers)s::int[]) AS place (id, buffer)
JOIN inventory_stocklevel ON location_id = place.id
WHERE variant_id = ANY(%(variants)s::uuid[])
  AND (blocked_until IS NULL OR blocked_until <= %(at)s)
GROUP BY variant_id
"""


class Level(NamedTuple):
    """Units of one variant in one place; until `blocked_until` none is promised."""

    place: UUID
    variant: UUID
    on_hand: int
    reserved: int
    safety: int
    blocked_until: datetime | None

    def blocked(self, at: datetime) -> bool:
        return self.blocked_until is not None and self.blocked_until > at


def levels(places: Collection[UUID], variants: Collection[UUID]) -> list[Level]:
    """Of these variants in these places, where there ever were some. One query, none
    for no place or no variant."""
    if not places or not variants:
        return []
    asked = {"places": list(places), "variants": list(variants)}
    with connections[router.db_for_read(StockLevel)].cursor() as cursor:
        cursor.execute(LEVELS, asked)
        return [Level(*row) for row in cursor.fetchall()]


def most_free(
    buffers: Mapping[UUID, int], variants: Collection[UUID], at: datetime
) -> dict[UUID, int]:
    """{variant: the most that one of these places may promise, which keeps its buffer
    back}; a variant that none of them ever had is left out. One query."""
    asked: dict[str, Any] = {
        "places": list(buffers),
        "buffers": list(buffers.values()),
        "variants": list(variants),
        "at": at,
    }
    with connections[router.db_for_read(StockLevel)].cursor() as cursor:
        cursor.execute(MOST_FREE, asked)
        return dict(cursor.fetchall())
