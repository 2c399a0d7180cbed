"""The slots of a place's opening hours, and how many pickups each has: no decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from inventory.models import Location
from inventory.places import Origin
from inventory.questions import Question, Row, answers, known
from retail.fulfilment import promises
from retail.fulfilment.hours import Spans
from retail.fulfilment.terms import Terms

__all__ = ["Slot", "Taken", "cells_from", "taken_asked", "taken_at", "with_free"]

DAYS_AHEAD = 2  # after the day on which the goods are ready

# place → {beginning: promises that name the slot}. After a change of the slots' length
# several may begin within one of today's.
Taken = Mapping[UUID, Mapping[datetime, int]]

# Written out, like the rows of stock beside it (levels.py). No slot is longer than two
# hours of the clock (PickupSetting), of which one may come twice, so of those of years
# the index finds the last ones.
TAKEN = """
SELECT location_id, starts_at, taken FROM retail_pickupslot
WHERE origin = %(origin)s AND location_id = ANY(%(places)s::uuid[])
  AND starts_at > %(since)s::timestamptz - interval '3 hours'
  AND ends_at > %(since)s AND taken > 0
"""


@dataclass(frozen=True)
class Slot:
    """`free` more pickups are taken in it, never below 0."""

    starts_at: datetime
    ends_at: datetime
    free: int


def taken_at(locations: Iterable[Location], since: datetime) -> Taken:
    """{location id: {beginning: promises}} of the slots that have not ended. One query,
    none for no location."""
    return answers(taken_asked(locations, since))[0]


def taken_asked(locations: Iterable[Location], since: datetime) -> Question[Taken]:
    places = [location.id for location in locations]
    if not places:
        return known({})
    given = {"origin": Origin.WEBSHOP, "places": places, "since": since}
    return Question(TAKEN, given, _taken)


def _taken(rows: Iterable[Row]) -> Taken:
    found: dict[UUID, dict[datetime, int]] = {}
    for place, at, count in rows:
        found.setdefault(place, {})[at] = count
    return found


def with_free(
    location: Location,
    terms: Terms,
    cut: Sequence[tuple[datetime, datetime]],
    taken: Taken,
) -> list[Slot]:
    here = taken.get(location.id, {}).items()
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
    first = ready_by.astimezone(ZoneInfo(location.timezone)).date()
    return [
        cell
        for later in range(DAYS_AHEAD + 1)
        for cell in _cells_of_day(
            promises.open_on(location, first + timedelta(days=later)),
            first + timedelta(days=later),
            location.timezone,
            terms.slot_minutes,
        )
        if cell[1] > ready_by
    ]


@lru_cache(maxsize=2048)  # stores that open at the same hours have the same cells
def _cells_of_day(
    spans: Spans, day: date, timezone: str, length: int
) -> tuple[tuple[datetime, datetime], ...]:
    zone = ZoneInfo(timezone)
    cut = [
        (_moment(day, start, zone), _moment(day, end, zone))
        for opens, closes in spans
        for start, end in _cut(_minute(opens), _minute(closes), length)
    ]
    # an hour that the change of the clock leaves out has no slots
    return tuple((start, end) for start, end in cut if start < end)


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
