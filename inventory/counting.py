"""Shelves and deliveries are counted, and the books follow once.

Every verb runs inside the caller's transaction. Who counts sees no figure of the books;
sales that go on meanwhile change nothing, because the difference is taken from what the
books said when an article was first counted.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from inventory import stock
from inventory.ids import derived
from inventory.levels import rows
from inventory.models import Count, CountKind, Location

__all__ = ["AlreadySettled", "enter", "open_count", "put", "settle"]

COUNTED = "counted"  # the reason of the correction


class AlreadySettled(Exception):
    """The books follow it already; nothing can be counted on it any more."""


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
INSERT INTO inventory_countline AS l (id, origin, count_id, variant_id, counted, expected)
SELECT %(id)s, list.origin, list.id, %(variant)s, %(units)s,
  CASE list.kind WHEN 'shelf' THEN coalesce(
    (SELECT s.on_hand - s.oversold FROM inventory_stocklevel s
     WHERE s.location_id = list.location_id AND s.variant_id = %(variant)s), 0) END
FROM list
ON CONFLICT (count_id, variant_id) DO UPDATE
  SET counted = CASE WHEN %(add)s THEN l.counted + excluded.counted
                     ELSE excluded.counted END
RETURNING counted
"""


def enter(count: Count, variant_id: UUID, units: int) -> int:
    """So many more were counted; answers how many in all. Raises AlreadySettled."""
    return _written(count, variant_id, units, add=True)


def put(count: Count, variant_id: UUID, units: int) -> int:
    """So many are there in all, also none. Raises AlreadySettled."""
    return _written(count, variant_id, units, add=False)


def _written(count: Count, variant_id: UUID, units: int, *, add: bool) -> int:
    given = {
        "id": derived(count.id, variant_id),
        "count": count.id,
        "variant": variant_id,
        "units": units,
        "add": add,
    }
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
