"""The slots of a place's opening hours, and how many pickups each has: no decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from inventory.models import Location
from retail.fulfilment import promises
from retail.fulfilment.models import PickupSlot
from retail.fulfilment.terms import Terms

__all__ = ["Slot", "Taken", "cells_from", "taken_at", "with_free"]

DAYS_AHEAD = 2  # after the day on which the goods are ready

# (place, beginning) → promises that name the slot. After a change of the slots' length
# several may begin within one of today's.
Taken = Mapping[tuple[UUID, datetime], int]


@dataclass(frozen=True)
class Slot:
    """`free` more pickups are taken in it, never below 0."""

    starts_at: datetime
    ends_at: datetime
    free: int


def taken_at(locations: Iterable[Location], since: datetime) -> Taken:
    """{(location id, beginning): promises} of the slots that have not ended. One query."""
    found = PickupSlot.objects.filter(location__in=list(locations), ends_at__gt=since)
    return {
        (location, starts_at): taken
        for location, starts_at, taken in found.filter(taken__gt=0).values_list(
            "location", "starts_at", "taken"
        )
    }


def with_free(
    location: Location,
    terms: Terms,
    cut: Sequence[tuple[datetime, datetime]],
    taken: Taken,
) -> list[Slot]:
    here = [(at, count) for (place, at), count in taken.items() if place == location.id]
    return [
        Slot(
            start,
            end,
            max(terms.capacity - sum(n for at, n in here if start <= at < end), 0),
        )
        for start, end in cut
    ]


def cells_from(
    location: Location, terms: Terms, ready_by: datetime
) -> list[tuple[datetime, datetime]]:
    """The clock of the place, cut by the slots' length, as far as it is open; from the
    slot in which the goods are ready on. Slots that opening or closing cuts are
    shorter. UTC."""
    zone = ZoneInfo(location.timezone)
    first = ready_by.astimezone(zone).date()
    found = []
    for later in range(DAYS_AHEAD + 1):
        day = first + timedelta(days=later)
        for opens, closes in promises.open_on(location, day):
            found += [
                (_moment(day, start, zone), _moment(day, end, zone))
                for start, end in _cut(
                    _minute(opens), _minute(closes), terms.slot_minutes
                )
            ]
    # an hour that the change of the clock leaves out has no slots
    return [(start, end) for start, end in found if start < end and end > ready_by]


def _cut(opens: int, closes: int, length: int) -> list[tuple[int, int]]:
    edges = [opens, *range(opens - opens % length + length, closes, length), closes]
    return list(pairwise(edges))


def _minute(at: time) -> int:
    """Of the day; the end of the day is 1440."""
    return 24 * 60 if at == time.max else at.hour * 60 + at.minute


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    day += timedelta(days=minute // 1440)
    clock = time(minute % 1440 // 60, minute % 60)
    return datetime.combine(day, clock, zone).astimezone(UTC)
