"""When can it be ready? Pure functions on a place's hours and lead time."""

import re
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from inventory.models import Location

__all__ = ["BadHours", "hold_until", "hours_of", "open_now", "parse", "ready_by"]

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
RULE = re.compile(r"(?:(?P<days>[A-Za-z, -]+?)\s+)?(?P<times>off|24/7|[\d:,\s-]+)")
SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
PROMISE_STEP = timedelta(minutes=5)

# Monday first: for each day its spans, in order, each within the day
Week = tuple[tuple[tuple[time, time], ...], ...]


class BadHours(Exception):
    """Opening hours in words that are not understood here."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@lru_cache(maxsize=256)
def parse(text: str) -> Week:
    """The subset of OpenStreetMap's opening_hours that our stores use: days, ranges and
    lists of them with spans of time, parted by ";", a later rule replacing an earlier
    one for its days. Rules for public holidays (PH) and school holidays (SH) are left
    out: this calendar knows no holidays. Empty text is always open. Raises BadHours.
    """
    if not text.strip() or text.strip() == "24/7":
        return (((time.min, time.max),),) * 7
    week: list[tuple[tuple[time, time], ...]] = [()] * 7
    for rule in filter(None, (part.strip() for part in text.split(";"))):
        if rule.startswith(("PH", "SH")) and "," not in rule.split(" ")[0]:
            continue
        found = RULE.fullmatch(rule)
        if found is None:
            raise BadHours(text)
        spans = _spans(found["times"], text)
        for day in _days(found["days"] or "Mo-Su", text):
            week[day] = spans
    return tuple(week)


def _spans(times: str, text: str) -> tuple[tuple[time, time], ...]:
    if times == "off":
        return ()
    spans = []
    for part in times.split(","):
        found = SPAN.fullmatch(part.strip())
        if found is None:
            raise BadHours(text)
        start, end = _time(found[1], found[2], text), _time(found[3], found[4], text)
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


def _days(days: str, text: str) -> list[int]:
    numbers: list[int] = []
    for part in days.replace(" ", "").split(","):
        if part in ("PH", "SH"):
            continue
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise BadHours(text)
        start, end = DAYS.index(first), DAYS.index(last or first)
        numbers += [day % 7 for day in range(start, end + 1 + 7 * (end < start))]
    return numbers


def hours_of(location: Location) -> Week:
    """Raises BadHours."""
    return parse(location.hours)


def open_now(location: Location, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(location.timezone))
    return any(
        start <= local.time() < end
        for start, end in hours_of(location)[local.weekday()]
    )


def ready_by(location: Location, now: datetime) -> datetime:
    """`now` plus the lead time, counted while the place is open: what does not fit
    before closing goes on at the next opening. Rounded up to five minutes. UTC."""
    left = timedelta(minutes=location.lead_minutes)
    for start, end in _openings(location, now):
        if start + left <= end:
            return _rounded(start + left)
        left -= end - start
    # closed for good, as far as the hours say: only the lead time is known
    return _rounded(now + left)


def hold_until(location: Location, ready_at: datetime) -> datetime:
    """The closing time of the first day of opening after the day it became ready."""
    zone = ZoneInfo(location.timezone)
    day = ready_at.astimezone(zone).date()
    closings = [
        end
        for start, end in _openings(location, ready_at)
        if start.astimezone(zone).date() > day
    ]
    if not closings:
        return ready_at + timedelta(days=2)
    first = closings[0].astimezone(zone).date()
    return max(end for end in closings if end.astimezone(zone).date() == first)


def _openings(location: Location, now: datetime) -> list[tuple[datetime, datetime]]:
    """What is left of today's opening, and those of two weeks from there, in UTC."""
    week, zone = hours_of(location), ZoneInfo(location.timezone)
    today = now.astimezone(zone).date()
    found = []
    for later in range(15):
        day = today + timedelta(days=later)
        for opens, closes in week[day.weekday()]:
            start = datetime.combine(day, opens, zone).astimezone(UTC)
            end = datetime.combine(day, closes, zone).astimezone(UTC)
            if end > now:
                found.append((max(start, now.astimezone(UTC)), end))
    return found


def _rounded(moment: datetime) -> datetime:
    moment = moment.astimezone(UTC)
    over = timedelta(
        minutes=moment.minute % 5,
        seconds=moment.second,
        microseconds=moment.microsecond,
    )
    return moment + (PROMISE_STEP - over) if over else moment
