"""Can we promise it? On hand, less what is held, less what is never promised."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.db import connections, router

from inventory.filtering import those_given
from inventory.models import Location, StockLevel


class Arithmetic(NamedTuple):
    """Units; `available` is never below 0, and 0 while the level is blocked."""

    on_hand: int
    reserved: int
    safety: int
    available: int
    blocked: bool = False


# what is blocked is not promised, whatever the books say
AT_ONE_PLACE = """
SELECT variant_id, on_hand, reserved, safety,
       CASE WHEN blocked_until > now() THEN 0
            ELSE greatest(on_hand - reserved - safety, 0) END,
       coalesce(blocked_until > now(), false)
FROM inventory_stocklevel
WHERE location_id = %(location)s AND variant_id = ANY(%(variants)s::uuid[])
"""

EVERYWHERE = """
SELECT location_id, on_hand, reserved, safety,
       CASE WHEN blocked_until > now() THEN 0
            ELSE greatest(on_hand - reserved - safety, 0) END,
       coalesce(blocked_until > now(), false)
FROM inventory_stocklevel
WHERE variant_id = %(variant)s
"""
AT_SOME = {"locations": "location_id = ANY(%(locations)s::uuid[])"}


def free_at(location: Location, variant_ids: Iterable[UUID]) -> dict[UUID, Arithmetic]:
    """Every variant asked for, zeros where the place never had it. One query."""
    asked = list(variant_ids)
    nothing = Arithmetic(0, 0, location.safety, 0)
    with connections[router.db_for_read(StockLevel)].cursor() as cursor:
        cursor.execute(AT_ONE_PLACE, {"location": location.id, "variants": asked})
        found = {variant: Arithmetic(*units) for variant, *units in cursor.fetchall()}
    return {variant_id: found.get(variant_id, nothing) for variant_id in asked}


def at_locations(
    variant_id: UUID, location_ids: Iterable[UUID] | None = None
) -> list[tuple[UUID, Arithmetic]]:
    """(location id, arithmetic) where the context's database has a level. One query."""
    places = None if location_ids is None else list(location_ids)
    given = {"variant": variant_id, "locations": places}
    asked = EVERYWHERE + those_given(AT_SOME, given) + "\nORDER BY location_id"
    with connections[router.db_for_read(StockLevel)].cursor() as cursor:
        cursor.execute(asked, given)
        return [(place, Arithmetic(*units)) for place, *units in cursor.fetchall()]
