"""What the stores' feeds said of their stock, as the web reads it while databases are
apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from inventory.models import Location
from inventory.questions import Question, known

__all__ = ["TOO_OLD", "Copy", "copies_asked", "copies_of_asked", "read_at"]

# A store that was silent for longer is not promised from.
TOO_OLD = timedelta(minutes=10)
# written out, like the rows of stock where these lie here (levels.py)
COPIES = """
SELECT location_id, variant_id, available - open_requests
FROM retail_storeavailability
WHERE location_id = ANY(%(places)s::uuid[]) AND variant_id = ANY(%(variants)s::uuid[])
"""
COPIES_OF = """
SELECT location_id, variant_id, available - open_requests
FROM retail_storeavailability
WHERE location_id = ANY(%(places)s::uuid[])
  AND variant_id = (SELECT id FROM inventory_variant WHERE gtin = %(gtin)s)
"""


class Copy(NamedTuple):
    """Units of one variant that a store said it has, less what was asked of it since;
    they may be below 0."""

    place: UUID
    variant: UUID
    units: int


def copies_asked(
    places: Iterable[Location], variants: Collection[UUID]
) -> Question[list[Copy]]:
    """Of these variants, what those of the places said that ever told something."""
    told = _told(places)
    if not told or not variants:
        return known([])
    given = {"places": told, "variants": list(variants)}
    return Question(COPIES, given, lambda rows: [Copy(*row) for row in rows])


def copies_of_asked(places: Iterable[Location], gtin: str) -> Question[list[Copy]]:
    """The same of the variant with this barcode."""
    told = _told(places)
    if not told:
        return known([])
    given = {"places": told, "gtin": gtin}
    return Question(COPIES_OF, given, lambda rows: [Copy(*row) for row in rows])


def read_at(place: Location) -> datetime | None:
    """How old the copy is of a place that `with_terms` read; None: it never said
    anything."""
    state = getattr(place, "feedstate", None)
    return state.as_of if state else None


def _told(places: Iterable[Location]) -> list[UUID]:
    return [place.id for place in places if read_at(place) is not None]
