"""When can it be ready? Pure functions on a place's hours, lead time and terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from inventory.models import Location
from retail.fulfilment.hours import (
    BadHours,
    Hours,
    hours_of,
    open_now,
    open_on,
    openings,
    parse,
)
from retail.fulfilment.terms import Terms

__all__ = [
    "BadHours",
    "Explained",
    "Hours",
    "explain",
    "hold_until",
    "hours_of",
    "open_now",
    "open_on",
    "parse",
    "ready_by",
]

PROMISE_STEP = timedelta(minutes=5)
A_YEAR = 366  # days; no store has more work, and one that never opens is given up
MIDNIGHT = timedelta.resolution  # from a day's last moment to the next day's first
USUAL = Terms()


@dataclass(frozen=True)
class Explained:
    """Why a promise is what it is. `begins_at`: when work on it begins; `waits` says
    why not at once: "" , "closed" or "cut_off" (then `cut_off` is the hour that was
    missed). `workload` pickups come first, of `minutes_per_order` each. `goes_on_at` is
    the last opening at which the work goes on, where it is not done before closing."""

    ready_by: datetime
    begins_at: datetime
    waits: str
    cut_off: time | None
    lead_minutes: int
    workload: int
    minutes_per_order: int
    goes_on_at: datetime | None


def ready_by(location: Location, now: datetime, terms: Terms = USUAL) -> datetime:
    """`now` plus the lead time and the work that comes first, counted while the place
    is open: what is not done before closing goes on at the next opening. What is
    ordered after the cut-off begins with the next day of opening. Rounded up to five
    minutes; somebody can still come then. UTC."""
    return _ready(location, now, terms)[1]


def _ready(
    location: Location, now: datetime, terms: Terms
) -> tuple[datetime, datetime]:
    """(the opening at which the work ends, when it ends)."""
    left = work = _work(location, terms)
    opening = closed = now
    for start, end in _working(location, now, terms):
        if start - closed > MIDNIGHT:
            opening = start
        else:  # a night that is worked through parts nothing
            left = max(left - (start - closed), timedelta())
        ready = _rounded(start + left)
        if ready < end:
            return opening, ready
        left = max(left - (end - start), timedelta())
        closed = end
    # closed for good, as far as the hours say: only the work is known
    return now, _rounded(max(now + work, closed))


def explain(location: Location, now: datetime, terms: Terms = USUAL) -> Explained:
    """The reasons of `ready_by`, as values."""
    missed = _missed_cut_off(location, now, terms)
    begins, _end = next(_working(location, now, terms), (now, now))
    waits = ""
    if begins > now:
        waits = "cut_off" if missed else "closed"
    last_opening, ready = _ready(location, now, terms)
    return Explained(
        ready_by=ready,
        begins_at=begins,
        waits=waits,
        cut_off=terms.cut_off if missed else None,
        lead_minutes=location.lead_minutes,
        workload=terms.workload,
        minutes_per_order=terms.minutes_per_order,
        goes_on_at=last_opening if last_opening > begins else None,
    )


def hold_until(location: Location, ready_at: datetime) -> datetime:
    """The closing time of the first day of opening after the day it became ready."""
    zone = ZoneInfo(location.timezone)
    day = ready_at.astimezone(zone).date()
    later = (
        start.astimezone(zone).date()
        for start, _end in openings(location, ready_at, days=A_YEAR)
        if start.astimezone(zone).date() > day
    )
    first = next(later, None)
    if first is None:
        return ready_at + timedelta(days=2)
    closes = open_on(location, first)[-1][1]
    return datetime.combine(first, closes, zone).astimezone(UTC)


def _work(location: Location, terms: Terms) -> timedelta:
    before = terms.workload * terms.minutes_per_order
    return timedelta(minutes=location.lead_minutes + before)


def _working(
    location: Location, now: datetime, terms: Terms
) -> Iterator[tuple[datetime, datetime]]:
    """The spans in which the order is worked on."""
    spans = openings(location, now, days=A_YEAR)
    if not _missed_cut_off(location, now, terms):
        return spans
    zone = ZoneInfo(location.timezone)
    today = now.astimezone(zone).date()
    return (each for each in spans if each[0].astimezone(zone).date() > today)


def _missed_cut_off(location: Location, now: datetime, terms: Terms) -> bool:
    local = now.astimezone(ZoneInfo(location.timezone))
    return terms.cut_off is not None and local.time() >= terms.cut_off


def _rounded(moment: datetime) -> datetime:
    moment = moment.astimezone(UTC)
    over = timedelta(
        minutes=moment.minute % 5,
        seconds=moment.second,
        microseconds=moment.microsecond,
    )
    return moment + (PROMISE_STEP - over) if over else moment
