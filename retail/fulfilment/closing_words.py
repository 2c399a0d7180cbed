"""Closed days in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language

from inventory.models import Location
from retail import formatting
from retail.fulfilment.closings import Closing, closings_of, today_at

__all__ = ["Told", "coming", "day_in_words", "days_in_words", "told"]


@dataclass(frozen=True)
class Told:
    """`days` such as `Thursday 24 – Saturday 26 December`; `now`: it holds today."""

    closing: Closing
    days: str
    why: str
    now: bool


def coming(location: Location, now: datetime) -> list[Told]:
    """Those that have not ended, in the reader's language."""
    today = today_at(location, now)
    return [told(each, today) for each in closings_of(location) if each.last >= today]


def told(closing: Closing, today: date) -> Told:
    return Told(
        closing=closing,
        days=days_in_words(closing, today),
        why=closing.why(get_language() or "fr"),
        now=closing.holds(today),
    )


def days_in_words(closing: Closing, today: date) -> str:
    if closing.first == closing.last:
        return day_in_words(closing.first, today)
    return f"{day_in_words(closing.first, today)} – {day_in_words(closing.last, today)}"


def day_in_words(day: date, today: date) -> str:
    text = formatting.long_date(day)
    return text if day.year == today.year else f"{text} {day.year}"
