"""When a customer means to come: slots of opening hours, and how many each can take.

`PickupSlot.taken` is, at any moment, the number of promises that name the slot. Whoever
takes slots and stock in one transaction takes the slot first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from inventory.ids import new_id
from inventory.levels import execute, rows
from inventory.models import Location
from inventory.places import Origin
from retail.fulfilment import promises
from retail.fulfilment.models import Fulfilment, PickupSlot
from retail.fulfilment.slot_grid import Slot, Taken, cells_from, taken_at, with_free
from retail.fulfilment.terms import Terms

__all__ = [
    "PickupPaused",
    "Promised",
    "Slot",
    "SlotFull",
    "book",
    "give_back",
    "move",
    "promise",
    "slots",
    "soonest",
    "taken_at",
]


class PickupPaused(Exception):
    """The store accepts no new pickups for the moment."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


class SlotFull(Exception):
    """The slot is full, or none at all; `slots` are the next that are free."""

    def __init__(self, slots: Sequence[Slot]) -> None:
        super().__init__(", ".join(slot.starts_at.isoformat() for slot in slots))
        self.slots = list(slots)


def slots(
    location: Location,
    terms: Terms,
    now: datetime,
    *,
    ready_by: datetime,
    taken: Taken | None = None,
) -> list[Slot]:
    """The slots that may be chosen, full ones too: those that begin once the goods are
    ready, that day and two days on. One query, none where `taken_at` was asked before.
    """
    if taken is None:
        taken = taken_at([location], now)
    cells = cells_from(location, terms, ready_by)
    found = with_free(location, terms, cells, taken)
    return [slot for slot in found if slot.starts_at >= ready_by]


def soonest(
    location: Location,
    terms: Terms,
    now: datetime,
    *,
    ready_by: datetime,
    taken: Taken | None = None,
) -> datetime | None:
    """From when an order without a wish is ready: at `ready_by`, or at the beginning of
    the next free slot where that of `ready_by` is full. None where all are full."""
    if taken is None:
        taken = taken_at([location], now)
    if not taken.get(location.id):
        return ready_by
    cells = cells_from(location, terms, ready_by)
    if not cells:
        return ready_by
    for slot in with_free(location, terms, cells, taken):
        if slot.free:
            return max(slot.starts_at, ready_by)
    return None


NEXT = 8  # slots that are looked at first: to send those of three days costs more
# The first of the given slots that has room gets one more, in one statement. Of two
# that want the last place the second waits for the first and gets no row.
BOOK = """
WITH cell AS (
  SELECT * FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[])
    WITH ORDINALITY AS c(starts_at, ends_at, place)),
room AS (
  SELECT c.* FROM cell c
  WHERE %(capacity)s > (
    SELECT coalesce(sum(s.taken), 0) FROM retail_pickupslot s
    WHERE s.origin = %(origin)s AND s.location_id = %(location)s
      AND s.starts_at >= c.starts_at AND s.starts_at < c.ends_at)
  ORDER BY c.place LIMIT 1),
booked AS (
  INSERT INTO retail_pickupslot AS p (id, origin, location_id, starts_at, ends_at,
      taken)
  SELECT %(id)s, %(origin)s, %(location)s, r.starts_at, r.ends_at, 1 FROM room r
  ON CONFLICT (origin, location_id, starts_at) DO UPDATE
    SET taken = p.taken + 1, ends_at = excluded.ends_at
    WHERE p.taken < %(capacity)s - (
      SELECT coalesce(sum(s.taken), 0) FROM retail_pickupslot s
      WHERE s.origin = %(origin)s AND s.location_id = %(location)s
        AND s.starts_at > excluded.starts_at AND s.starts_at < excluded.ends_at)
  RETURNING starts_at, ends_at)
SELECT r.starts_at, r.ends_at, b.starts_at IS NOT NULL
FROM room r LEFT JOIN booked b ON true
"""


def book(
    location: Location,
    terms: Terms,
    now: datetime,
    *,
    ready_by: datetime,
    starts_at: datetime | None = None,
) -> Slot | None:
    """Take one place: in the slot that begins at `starts_at`, or without a wish in the
    one in which the goods are ready, else in the next that is free.

    None, and nothing taken, where a place without opening hours ahead has no slots and
    none was wished. Inside a transaction; one statement, a second one where the next
    slots are full. Raises SlotFull.
    """
    cells = cells_from(location, terms, ready_by)
    if starts_at is not None:
        cells = [c for c in cells if c[0] == starts_at and c[0] >= ready_by]
    elif not cells:
        return None
    for some in (cells[:NEXT], cells[NEXT:]):
        given = _given(location, terms, some)
        # there was room, but somebody took it first: look again
        while some and (found := rows(BOOK, given)):
            ((start, end, booked),) = found
            if booked:
                return Slot(start.astimezone(UTC), end.astimezone(UTC), free=0)
    free = [s for s in slots(location, terms, now, ready_by=ready_by) if s.free]
    raise SlotFull(free)


@dataclass(frozen=True)
class Promised:
    """When it will be ready, and the slot that was booked with it: (start, end)."""

    ready_by: datetime
    slot: tuple[datetime, datetime] | None


def promise(
    location: Location,
    terms: Terms,
    now: datetime,
    *,
    starts_at: datetime | None = None,
) -> Promised:
    """What is promised to an order of this moment, its slot booked: ready when the
    chosen slot begins, or without a choice as soon as it can be. Inside a transaction,
    before any stock is taken. Raises PickupPaused, SlotFull."""
    if terms.paused:
        raise PickupPaused(location.code)
    ready = promises.ready_by(location, now, terms)
    slot = book(location, terms, now, ready_by=ready, starts_at=starts_at)
    if slot is None:
        return Promised(ready, None)
    return Promised(max(ready, slot.starts_at), (slot.starts_at, slot.ends_at))


def _given(
    location: Location, terms: Terms, cells: Sequence[tuple[datetime, datetime]]
) -> dict[str, Any]:
    return {
        # a new id each time: of a row's two unique keys only one may be met twice, for
        # the statement waits at that one alone
        "id": new_id(),
        "starts": [start for start, _ in cells],
        "ends": [end for _, end in cells],
        "origin": Origin.WEBSHOP,
        "location": location.id,
        "capacity": terms.capacity,
    }


GIVE_BACK = """
WITH mine AS MATERIALIZED (
  SELECT id, origin, location_id, slot_start FROM retail_fulfilment
  WHERE id = %(id)s AND slot_start IS NOT NULL FOR NO KEY UPDATE),
unnamed AS (
  UPDATE retail_fulfilment f SET slot_start = NULL, slot_end = NULL
  FROM mine m WHERE f.id = m.id RETURNING f.id)
UPDATE retail_pickupslot s SET taken = s.taken - 1
FROM mine m
WHERE s.origin = m.origin AND s.location_id = m.location_id
  AND s.starts_at = m.slot_start
"""


def give_back(fulfilment: Fulfilment) -> None:
    """The promise ended before anybody came: its place is another's. One statement,
    inside a transaction, before any goods are let go, as `promise` comes before any are
    taken; again, or without a slot, no effect. What was collected keeps its place: the
    store did the work."""
    give_back_of(fulfilment.id)
    fulfilment.slot_start = fulfilment.slot_end = None


def give_back_of(fulfilment_id: UUID) -> None:
    """`give_back`, by whoever knows only the promise's id."""
    execute(GIVE_BACK, {"id": fulfilment_id})


def move(
    fulfilment: Fulfilment, terms: Terms, now: datetime, *, starts_at: datetime
) -> Slot:
    """Another slot instead. An earlier one, where the goods can be ready by then, also
    makes `ready_by` earlier; a later one leaves it. Inside a transaction with the
    promise locked. Raises SlotFull, also for what is no slot of the place."""
    if fulfilment.slot_start == starts_at and fulfilment.slot_end is not None:
        return Slot(starts_at, fulfilment.slot_end, free=0)
    location = fulfilment.location
    # both at once and in one order, so that two who exchange their slots do not wait
    # for each other for ever
    both = PickupSlot.objects.filter(
        location=location, starts_at__in=[fulfilment.slot_start, starts_at]
    )
    list(both.order_by("starts_at").select_for_update().values_list("id"))
    earliest = promises.ready_by(location, now, terms)
    if fulfilment.ready_by is not None:
        earliest = max(now, min(earliest, fulfilment.ready_by))
    booked = book(location, terms, now, ready_by=earliest, starts_at=starts_at)
    if booked is None:
        raise SlotFull([])
    give_back(fulfilment)
    fulfilment.slot_start, fulfilment.slot_end = booked.starts_at, booked.ends_at
    if fulfilment.ready_by is not None:
        fulfilment.ready_by = min(fulfilment.ready_by, booked.starts_at)
    fulfilment.save(update_fields=["slot_start", "slot_end", "ready_by"])
    return booked
