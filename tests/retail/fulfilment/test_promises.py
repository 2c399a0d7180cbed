from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from inventory.models import Location
from retail.fulfilment.promises import (
    BadHours,
    hold_until,
    open_now,
    parse,
    ready_by,
)

PARIS = ZoneInfo("Europe/Paris")
HOURS = "Mo-Sa 08:30-20:30; Su 09:00-13:00; PH off"


def a_store(hours: str = HOURS, lead: int = 120) -> Location:
    return Location(hours=hours, lead_minutes=lead, timezone="Europe/Paris")


def paris(day: int, hour: int, minute: int = 0) -> datetime:
    """November 2026: the 23rd is a Monday, the 29th a Sunday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


def test_hours_of_the_week() -> None:
    week = parse(HOURS).week
    assert week[0] == week[5] == ((time(8, 30), time(20, 30)),)
    assert week[6] == ((time(9), time(13)),)
    assert parse("Mo-Fr 08:00-12:00,14:00-19:00; Sa off").week[1] == (
        (time(8), time(12)),
        (time(14), time(19)),
    )
    listed, ranged = parse("Sa,Mo 09:00-10:00").week, parse("Sa-Mo 09:00-10:00").week
    assert listed[5] == ranged[0]
    assert parse("Mo-Su 09:00-24:00").week[3] == ((time(9), time.max),)
    assert parse("") == parse("24/7")
    assert parse("").week[6] == parse("").holidays == ((time.min, time.max),)


@pytest.mark.parametrize(
    "text",
    [
        *("Mon 08:00-10:00", "Mo 08:00", "Mo 20:00-02:00", "Mo 25:00-26:00", "sunrise"),
        *("PH", "PH on request", "PH -1 day off", "Mo-PH 09:00-10:00"),
    ],
)
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(BadHours):
        parse(text)


def test_open_now() -> None:
    store = a_store()
    assert open_now(store, paris(23, 8, 30))
    assert not open_now(store, paris(23, 20, 30))
    assert not open_now(store, paris(29, 14))
    # local to the store, whatever the zone of the moment
    assert open_now(store, datetime(2026, 11, 23, 8, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("now", "ready"),
    [
        (paris(23, 10), paris(23, 12)),
        (paris(23, 10, 2), paris(23, 12, 5)),
        # before opening, the work begins at opening
        (paris(23, 6), paris(23, 10, 30)),
        # what does not fit before closing goes on in the morning
        (paris(23, 19, 30), paris(24, 9, 30)),
        (paris(28, 20, 0), paris(29, 10, 30)),
        (paris(29, 12, 30), paris(30, 10, 0)),
        (paris(23, 22), paris(24, 10, 30)),
    ],
)
def test_a_promise(now: datetime, ready: datetime) -> None:
    assert ready_by(a_store(), now) == ready


def test_a_promise_over_the_change_of_the_clock() -> None:
    """On 25 October 2026 the night is an hour longer."""
    store = a_store("Mo-Su 00:00-24:00", lead=180)
    before = datetime(2026, 10, 25, 0, 30, tzinfo=PARIS)
    # three hours later the clock shows half past two, for the second time
    assert ready_by(store, before) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_place_that_never_opens_promises_its_lead_time() -> None:
    assert ready_by(a_store("Mo-Su off"), paris(23, 10)) == paris(23, 12)


def test_a_pickup_is_held_until_the_next_evening() -> None:
    assert hold_until(a_store(), paris(23, 12)) == paris(24, 20, 30)
    assert hold_until(a_store("Mo-Sa 08:30-20:00; Su off"), paris(28, 12)) == paris(
        30, 20
    )
