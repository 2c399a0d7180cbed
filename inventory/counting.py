"""Shelves and deliveries are counted, and the books follow once.

Every verb runs inside the caller's transaction. Who counts sees no figure of the books.
The difference is taken from what the books said of the whole place when an article was
first counted: so it is on one list at a time, and what is sold of it after it was
counted changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from inventory import stock
from inventory.ids import derived
from inventory.levels import rows
from inventory.models import Count, CountKind, Location

__all__ = [
    "AlreadySettled",
    "CountedElsewhere",
    "enter",
    "give_up",
    "open_count",
    "put",
    "settle",
]

COUNTED = "counted"  # the reason of the correction
LISTING = 480_051  # advisory lock, with the article: any number, the same for all


class AlreadySettled(Exception):
    """The books follow it already; nothing can be counted on it any more."""


class CountedElsewhere(Exception):
    """The article is on another open list of the place, which has that `label`."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


def open_count(
    location: Location,
    *,
    id: UUID,
    kind: CountKind,
    label: str,
    by: str,
    at: datetime | None = None,
) -> Count:
    """The same id again finds it open."""
    count, _ = Count.objects.get_or_create(
        id=id,
        defaults={
            "origin": location.channel,
            "location": location,
            "kind": kind,
            "label": label,
            "opened_at": at or timezone.now(),
            "opened_by": by,
        },
    )
    return count


# One statement: two scanners on one list add to the same line. The list's row is held
# against its settling.
ENTER = """
WITH list AS MATERIALIZED (
  SELECT id, origin, location_id, kind FROM inventory_count
  WHERE id = %(count)s AND settled_at IS NULL FOR SHARE)
INSERT INTO inventory_countline AS l
  (id, origin, count_id, variant_id, counted, last_event, expected)
SELECT %(id)s, list.origin, list.id, %(variant)s, %(units)s,
  %(event)s, CASE list.kind WHEN 'shelf' THEN coalesce(
    (SELECT s.on_hand - s.oversold FROM inventory_stocklevel s
     WHERE s.location_id = list.location_id AND s.variant_id = %(variant)s), 0) END
FROM list
ON CONFLICT (count_id, variant_id) DO UPDATE
  SET counted = CASE WHEN l.last_event = excluded.last_event THEN l.counted
                     WHEN %(add)s THEN l.counted + excluded.counted
                     ELSE excluded.counted END,
      last_event = coalesce(excluded.last_event, l.last_event)
RETURNING counted
"""


# The books know what lies at the place, not on which of its shelves.
ELSEWHERE = """
SELECT c.label FROM inventory_count c
JOIN inventory_countline l ON l.count_id = c.id AND l.variant_id = %(variant)s
WHERE c.location_id = %(location)s AND c.kind = 'shelf' AND c.settled_at IS NULL
  AND c.id <> %(count)s LIMIT 1
"""


def enter(
    count: Count, variant_id: UUID, units: int, *, event_id: UUID | None = None
) -> int:
    """So many more were counted; answers how many in all. The same event again adds
    nothing, as long as no other came between. Raises AlreadySettled, CountedElsewhere."""
    return _written(count, variant_id, units, add=True, event_id=event_id)


def put(count: Count, variant_id: UUID, units: int) -> int:
    """So many are there in all, also none. Raises AlreadySettled, CountedElsewhere."""
    return _written(count, variant_id, units, add=False)


def _written(
    count: Count,
    variant_id: UUID,
    units: int,
    *,
    add: bool,
    event_id: UUID | None = None,
) -> int:
    given = {
        "id": derived(count.id, variant_id),
        "count": count.id,
        "location": count.location_id,
        "variant": variant_id,
        "units": units,
        "event": event_id,
        "add": add,
    }
    if count.kind == CountKind.SHELF:
        # held to the end of the transaction: two lists at once cannot both write it
        article = f"{count.location_id} {variant_id}"
        rows(
            "SELECT pg_advisory_xact_lock(%(listing)s, hashtext(%(article)s))",
            {"listing": LISTING, "article": article},
        )
        other = rows(ELSEWHERE, given)
        if other:
            raise CountedElsewhere(other[0][0])
    answer = rows(ENTER, given)
    if not answer:
        raise AlreadySettled
    return int(answer[0][0])


def settle(count: Count, *, by: str, at: datetime | None = None) -> dict[UUID, int]:
    """The books follow: a delivery comes in, differences of a shelf are corrected, each
    in one statement per table. Answers {variant: units moved}. Raises AlreadySettled,
    OutOfStock where units are missing that are held for customers."""
    at = at or timezone.now()
    moved = Count.objects.filter(id=count.id, settled_at=None).update(
        settled_at=at, settled_by=by
    )
    if not moved:
        raise AlreadySettled
    lines = list(count.lines.values_list("variant_id", "counted", "expected"))
    deltas = {
        variant: counted - (expected or 0)
        for variant, counted, expected in lines
        if counted != (expected or 0)
    }
    if not deltas:
        return deltas
    reference = str(count.id)
    if count.kind == CountKind.DELIVERY:
        stock.receive(count.location, deltas, reference=reference, by=by, at=at)
    else:
        stock.adjust(
            count.location, deltas, reason=COUNTED, reference=reference, by=by, at=at
        )
    return deltas


def give_up(count: Count, *, by: str, at: datetime | None = None) -> None:
    """Begun by mistake: it ends, and the books stay as they are. Raises
    AlreadySettled."""
    ended = Count.objects.filter(id=count.id, settled_at=None).update(
        settled_at=at or timezone.now(), settled_by=by, given_up=True
    )
    if not ended:
        raise AlreadySettled
