"""Products that nobody finds where the books say they lie: promised to nobody for a
while. `reserving`, `availability` and the feed treat a blocked level as empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F

from inventory.levels import execute
from inventory.models import Location, StockLevel

__all__ = ["Blocked", "block", "blocked", "unblock"]

BLOCK = """
UPDATE inventory_stocklevel SET blocked_until = %(until)s
WHERE location_id = %(location)s AND variant_id = %(variant)s
  AND (blocked_until IS NULL OR blocked_until < %(until)s)
"""

UNBLOCK = """
UPDATE inventory_stocklevel SET blocked_until = NULL
WHERE location_id = %(location)s AND variant_id = %(variant)s
"""


@dataclass(frozen=True)
class Blocked:
    """`on_hand` is what the books say, `until` when the block ends by itself."""

    variant_id: UUID
    gtin: str
    title: str
    on_hand: int
    until: datetime


def block(location: Location, variant_id: UUID, until: datetime) -> None:
    """Nothing of it is promised there until then; a longer block stays. Holds that
    were made before go on. Inside a transaction, one statement."""
    execute(BLOCK, {"location": location.id, "variant": variant_id, "until": until})


def unblock(location: Location, variant_id: UUID) -> None:
    """It is there after all. Inside a transaction, one statement; again, no effect."""
    execute(UNBLOCK, {"location": location.id, "variant": variant_id})


def blocked(location: Location, now: datetime) -> list[Blocked]:
    """What is blocked there now, by name. One query."""
    found = StockLevel.objects.filter(location=location, blocked_until__gt=now)
    return [
        Blocked(*row)
        for row in found.order_by("variant__product__sort_name").values_list(
            "variant_id",
            "variant__gtin",
            F("variant__product__name"),
            "on_hand",
            "blocked_until",
        )
    ]
