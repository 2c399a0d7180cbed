"""When a place is open: its hours in OpenStreetMap's words, and public holidays."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

from inventory.models import Location
from retail.fulfilment.closings import is_closed

__all__ = [
    "BadHours",
    "Hours",
    "has_calendar",
    "hours_of",
    "is_holiday",
    "open_now",
    "open_on",
    "openings",
    "parse",
    "warm_up",
]

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
# A comma after an hour and before a day begins a rule too: "Mo 9:00-12:00, Tu 8:00-…"
RULES = re.compile(r";|(?<=\d),\s*(?=[A-Za-z])")
RULE = re.compile(r"(?:(?P<days>[A-Za-z, -]+?)\s+)?(?P<times>off|24/7|[\d:,\s-]+)")
SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
# (month, day): closed unless the hours themselves say what holds on holidays
SHUT = {(5, 1), (12, 25), (1, 1)}
# Moselle and the two departments of Alsace keep two holidays more
SUBDIVISIONS = {"57": "57", "67": "6AE", "68": "6AE"}

Spans = tuple[tuple[time, time], ...]


class BadHours(Exception):
    """Opening hours in words that are not understood here."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True)
class Hours:
    """`week` is Monday first: for each day its spans, in order, each within the day.
    `holidays` are the spans of a public holiday, None where no rule speaks of them."""

    week: tuple[Spans, ...]
    holidays: Spans | None = None


@lru_cache(maxsize=256)
def parse(text: str) -> Hours:
    """The subset of OpenStreetMap's opening_hours that our stores use: days, ranges and
    lists of them with spans of time, parted by ";", a later rule replacing an earlier
    one for its days; PH among the days is a public holiday. Rules for school holidays
    (SH) are read and left out: this calendar does not know them. Empty text is always
    open, holidays too. Raises BadHours.
    """
    if not text.strip() or text.strip() == "24/7":
        always = ((time.min, time.max),)
        return Hours((always,) * 7, always)
    week: list[Spans] = [()] * 7
    on_holidays: Spans | None = None
    for rule in filter(None, (part.strip() for part in RULES.split(text))):
        found = RULE.fullmatch(rule)
        if found is None:
            raise BadHours(text)
        spans = _spans(found["times"], text)
        days, holiday = _days(found["days"] or "Mo-Su", text)
        for day in days:
            week[day] = spans
        if holiday:
            on_holidays = spans
    return Hours(tuple(week), on_holidays)


def _spans(times: str, text: str) -> Spans:
    if times == "off":
        return ()
    if times == "24/7":
        return ((time.min, time.max),)
    spans = []
    for part in times.split(","):
        found = SPAN.fullmatch(part.strip())
        if found is None:
            raise BadHours(text)
        start, end = _time(found[1], found[2], text), _time(found[3], found[4], text)
        if end == time.min:  # until midnight, as mappers write it
            end = time.max
        if end <= start:
            raise BadHours(text)
        spans.append((start, end))
    return tuple(sorted(spans))


def _time(hours: str, minutes: str, text: str) -> time:
    if int(hours) == 24 and int(minutes) == 0:
        return time.max
    try:
        return time(int(hours), int(minutes))
    except ValueError as error:
        raise BadHours(text) from error


def _days(days: str, text: str) -> tuple[list[int], bool]:
    numbers: list[int] = []
    holiday = False
    for part in days.replace(" ", "").split(","):
        if part.upper() in ("PH", "SH"):
            holiday = holiday or part.upper() == "PH"
            continue
        first, _, last = part.title().partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise BadHours(text)
        start, end = DAYS.index(first), DAYS.index(last or first)
        numbers += [day % 7 for day in range(start, end + 1 + 7 * (end < start))]
    return numbers, holiday


def hours_of(location: Location) -> Hours:
    """Raises BadHours."""
    return parse(location.hours)


def open_on(location: Location, day: date) -> Spans:
    """When the place is open on that day of its own calendar.

    A day that was closed by its date is closed, whatever else holds. On a public
    holiday the place's own rule holds. Without one the usual hours do, for shops
    mostly open, but for three days: 1 May, when the law gives nearly all staff the day
    off (Code du travail, L3133-4), and, by our own default, Christmas and New Year's
    Day. Raises BadHours.
    """
    hours = hours_of(location)
    if is_closed(location, day):
        return ()
    if is_holiday(location, day):
        if hours.holidays is not None:
            return hours.holidays
        if (day.month, day.day) in SHUT:
            return ()
    return hours.week[day.weekday()]


def is_holiday(location: Location, day: date) -> bool:
    return day in _holidays(location.country, location.postcode[:2], day.year)


@lru_cache(maxsize=64)
def _holidays(country: str, department: str, year: int) -> frozenset[date]:
    """Of a country that the library does not know: none."""
    part = SUBDIVISIONS.get(department) if country == "FR" else None
    try:
        found = _library().country_holidays(country, subdiv=part, years=year)
    except NotImplementedError:
        return frozenset()
    return frozenset(found)


def has_calendar(country: str) -> bool:
    """Whether its public holidays are known here. By its two letters."""
    codes = _library().registry.EntityLoader.get_country_codes(include_aliases=False)
    return country in codes


@cache
def _library() -> Any:
    """`holidays`, made to read a country's calendar only when it is asked for. Its own
    package of countries reads all 250 beside the first: a second, and 8 MB."""
    import holidays  # not at each start of a command

    countries = ModuleType("holidays.countries")
    countries.__path__ = [str(Path(holidays.__file__).parent / "countries")]
    sys.modules.setdefault(countries.__name__, countries)
    return holidays


def warm_up() -> None:
    """Reads the calendar before anybody waits for it."""
    _holidays("FR", "", datetime.now(UTC).year)


def open_now(location: Location, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(location.timezone))
    return any(
        start <= local.time() < end for start, end in open_on(location, local.date())
    )


def openings(
    location: Location, since: datetime, *, days: int = 15
) -> Iterator[tuple[datetime, datetime]]:
    """What is left of today's opening, and those of two weeks from there, as far as
    somebody asks. In UTC, so that a night that is longer by an hour is longer here too.
    Raises BadHours."""
    zone = ZoneInfo(location.timezone)
    today = since.astimezone(zone).date()
    for later in range(days):
        day = today + timedelta(days=later)
        for opens, closes in open_on(location, day):
            start = datetime.combine(day, opens, zone).astimezone(UTC)
            end = datetime.combine(day, closes, zone).astimezone(UTC)
            if end > since:
                yield max(start, since.astimezone(UTC)), end
