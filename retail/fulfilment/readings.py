"""What changed in the stores' stock since it was last read, for the feed.

PostgreSQL keeps with each version of a row the number of the transaction that made it
(`xmin`). A reading remembers the oldest transaction that was still running when it was
taken, its mark; the next reading takes what that transaction or a later one made. One
that commits late has a number below others that committed before it, but never one
below the mark: it is not skipped, as it would be by "greater than the last I saw".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from inventory.levels import rows

__all__ = ["FULL_AFTER", "Before", "levels_since", "mark_now"]

# Everything is read anew after this long, whatever the marks say: a feed that lost a
# change by a mistake of ours is right again then.
FULL_AFTER = timedelta(hours=6)


@dataclass(frozen=True)
class Before:
    """A place's last reading: its mark (None: never, or read it all), and its moment."""

    place: UUID
    mark: int | None
    as_of: datetime | None


MARK = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"

# `age` counts transactions back from now, across the end of the 32 bits that `xmin` has.
# A block that has ended since, or will end, changes what is free without a new row.
SINCE = """
SELECT s.location_id, s.variant_id,
  CASE WHEN s.blocked_until > %(at)s THEN 0 ELSE s.on_hand - s.reserved - s.safety END
FROM unnest(%(places)s::uuid[], %(marks)s::bigint[], %(moments)s::timestamptz[])
  AS before(place, mark, as_of)
JOIN inventory_stocklevel s ON s.location_id = before.place
WHERE before.mark IS NULL
  OR age(s.xmin) <= age((before.mark %% 4294967296)::text::xid)
  OR s.blocked_until > before.as_of
"""


def mark_now() -> int:
    """Take it before reading: what commits in between is read twice, and never missed."""
    return int(rows(MARK, {})[0][0])


def levels_since(
    before: Sequence[Before], *, at: datetime
) -> list[tuple[UUID, UUID, int]]:
    """(place, variant, units that may be promised at `at`) of levels that changed since.
    One query, which looks at all levels of the places and answers few of them."""
    return rows(
        SINCE,
        {
            "at": at,
            "places": [each.place for each in before],
            "marks": [each.mark for each in before],
            "moments": [each.as_of for each in before],
        },
    )
