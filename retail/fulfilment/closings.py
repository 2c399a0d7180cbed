"""The days on which a place is closed against its usual hours, and when it closes for
good. Both lie in the place's row: see `inventory.models.Location`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from inventory.models import Location

__all__ = [
    "LAST_PICKUPS",
    "Closing",
    "as_rows",
    "closed_by",
    "closings_of",
    "has_closed",
    "is_closed",
    "takes_no_more",
    "today_at",
]

# What is ordered can still be prepared, and collected on the day of opening after it.
LAST_PICKUPS = timedelta(days=3)


@dataclass(frozen=True, order=True)
class Closing:
    """From the day `first` to the day `last`, both closed; `fr` and `en` say why."""

    first: date
    last: date
    fr: str
    en: str

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def meets(self, other: Closing) -> bool:
        return self.first <= other.last and other.first <= self.last

    def why(self, language: str) -> str:
        return self.fr if language.startswith("fr") else self.en


def closings_of(location: Location) -> list[Closing]:
    """All that the row says, past ones too, in the order of their days."""
    return sorted(
        Closing(date.fromisoformat(first), date.fromisoformat(last), fr, en)
        for first, last, fr, en in location.closed_days
    )


def as_rows(closings: Iterable[Closing]) -> list[list[str]]:
    """What `Location.closed_days` keeps of them."""
    return [
        [each.first.isoformat(), each.last.isoformat(), each.fr, each.en]
        for each in sorted(closings)
    ]


def closed_by(location: Location, day: date) -> Closing | None:
    """What closes the place on that day of its own calendar."""
    if not location.closed_days:
        return None
    return next((each for each in closings_of(location) if each.holds(day)), None)


def is_closed(location: Location, day: date) -> bool:
    """Whatever its hours say."""
    if location.closed_on is not None and location.closed_on <= day:
        return True
    return closed_by(location, day) is not None


def has_closed(location: Location, now: datetime) -> bool:
    """For good."""
    return location.closed_on is not None and location.closed_on <= today_at(
        location, now
    )


def takes_no_more(location: Location, now: datetime) -> bool:
    """Whether it closes so soon, or has closed, that no new pickup is promised there."""
    if location.closed_on is None:
        return False
    return today_at(location, now) >= location.closed_on - LAST_PICKUPS


def today_at(location: Location, now: datetime) -> date:
    return now.astimezone(ZoneInfo(location.timezone)).date()
