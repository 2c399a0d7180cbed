"""By when a customer must have chosen, been reminded, or come. Pure functions on a
place's hours; all moments are UTC."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from inventory.models import Location
from retail.fulfilment import promises
from retail.fulfilment.closings import closed_by
from retail.fulfilment.promises import BadHours

__all__ = ["choose_by", "extended_until", "kept_until", "remind_at"]

A_DAY = timedelta(hours=24)
MORNING = time(9)
BEFORE = timedelta(hours=3)


def choose_by(location: Location, asked_at: datetime) -> datetime:
    """Until the place closes on the next day that it opens; 24 hours where its hours
    are not understood. Goods wait in its back room so long."""
    return _next_closing(location, asked_at)


def extended_until(location: Location, hold_until: datetime) -> datetime:
    """One opening day longer than now."""
    return _next_closing(location, hold_until)


def kept_until(location: Location, hold_until: datetime) -> datetime:
    """`hold_until`, or where that day has been closed since, the end of the next day of
    opening: nobody loses their goods because they stood before a closed door."""
    zone = ZoneInfo(location.timezone)
    if closed_by(location, hold_until.astimezone(zone).date()) is None:
        return hold_until
    return _next_closing(location, hold_until)


def remind_at(location: Location, hold_until: datetime) -> datetime:
    """In the morning of the last day, and three hours before the end at the latest."""
    zone = ZoneInfo(location.timezone)
    day = hold_until.astimezone(zone).date()
    morning = datetime.combine(day, MORNING, zone).astimezone(UTC)
    return min(morning, hold_until - BEFORE)


def _next_closing(location: Location, moment: datetime) -> datetime:
    try:
        return promises.hold_until(location, moment)
    except BadHours:
        return moment + A_DAY
