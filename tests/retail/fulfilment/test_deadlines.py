"""By when a customer must choose, and when they are reminded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inventory.models import Location
from retail.fulfilment.deadlines import choose_by, extended_until, remind_at

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 28, 15, 0, tzinfo=UTC)


def a_place(hours: str) -> Location:
    return Location(code="M01", hours=hours, timezone="Europe/Paris")


@pytest.mark.parametrize(
    ("hours", "asked_at", "until"),
    [
        ("Mo-Sa 09:00-20:00", TUESDAY, datetime(2026, 11, 25, 19, tzinfo=UTC)),
        # closed on Sunday: the whole of Monday
        ("Mo-Sa 09:00-20:00", SATURDAY, datetime(2026, 11, 30, 19, tzinfo=UTC)),
        ("so halb", TUESDAY, TUESDAY + timedelta(hours=24)),
    ],
)
def test_one_opening_day_to_choose(hours, asked_at, until):
    assert choose_by(a_place(hours), asked_at) == until


def test_an_extension_is_one_opening_day():
    place = a_place("Mo-Sa 09:00-20:00")
    until = datetime(2026, 11, 28, 19, tzinfo=UTC)
    assert extended_until(place, until) == datetime(2026, 11, 30, 19, tzinfo=UTC)


def test_the_reminder_comes_in_the_morning():
    place = a_place("Mo-Sa 09:00-20:00")
    until = datetime(2026, 11, 25, 19, tzinfo=UTC)
    assert remind_at(place, until) == datetime(2026, 11, 25, 8, tzinfo=UTC)


def test_where_the_day_ends_early_it_comes_three_hours_before():
    until = datetime(2026, 11, 25, 10, tzinfo=UTC)
    assert remind_at(a_place(""), until) == until - timedelta(hours=3)
