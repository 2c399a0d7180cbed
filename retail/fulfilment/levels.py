"""The rows of stock that promises are reckoned from, read as they are now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from inventory.availability import Arithmetic
from inventory.questions import Question, answers, known

__all__ = [
    "Level",
    "levels",
    "levels_asked",
    "levels_of_asked",
    "most_free_asked",
]

# written out: every product's page and every order asks it, and building it anew each
# time costs more than PostgreSQL's own work
LEVELS = """
SELECT location_id, variant_id, on_hand, reserved, safety, blocked_until
FROM inventory_stocklevel
WHERE location_id = ANY(%(places)s::uuid[]) AND variant_id = ANY(%(variants)s::uuid[])
"""
# of a barcode: what it is need not be known first
LEVELS_OF = """
SELECT location_id, variant_id, on_hand, reserved, safety, blocked_until
FROM inventory_stocklevel
WHERE variant_id = (SELECT id FROM inventory_variant WHERE gtin = %(gtin)s)
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

    def free(self, at: datetime, *, buffer: int = 0) -> int:
        """Units that may be promised where the place keeps `buffer` back, never below
        0."""
        if self.blocked(at):
            return 0
        return max(self.on_hand - self.reserved - self.safety - buffer, 0)

    def sums(self, at: datetime) -> Arithmetic:
        return Arithmetic(
            self.on_hand, self.reserved, self.safety, self.free(at), self.blocked(at)
        )


def levels(places: Collection[UUID], variants: Collection[UUID]) -> list[Level]:
    """Of these variants in these places, where there ever were some. One query, none
    for no place or no variant."""
    return answers(levels_asked(places, variants))[0]


def levels_asked(
    places: Collection[UUID], variants: Collection[UUID]
) -> Question[list[Level]]:
    if not places or not variants:
        return known([])
    given = {"places": list(places), "variants": list(variants)}
    return Question(LEVELS, given, lambda rows: [Level(*row) for row in rows])


def levels_of_asked(gtin: str) -> Question[list[Level]]:
    """Of the variant with this barcode, in all places of the context's database."""
    return Question(LEVELS_OF, {"gtin": gtin}, lambda rows: [Level(*r) for r in rows])


def most_free_asked(
    buffers: Mapping[UUID, int], variants: Collection[UUID], at: datetime
) -> Question[dict[UUID, int]]:
    """{variant: the most that one of these places may promise, which keeps its buffer
    back}; a variant that none of them ever had is left out."""
    if not buffers or not variants:
        return known({})
    given: dict[str, Any] = {
        "places": list(buffers),
        "buffers": list(buffers.values()),
        "variants": list(variants),
        "at": at,
    }
    return Question(MOST_FREE, given, lambda rows: {row[0]: row[1] for row in rows})
