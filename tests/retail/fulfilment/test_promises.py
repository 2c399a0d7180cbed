from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.models import Location
from retail.fulfilment.promises import (
    BadHours,
    Explained,
    explain,
    hold_until,
    open_now,
    parse,
    ready_by,
)
from retail.fulfilment.terms import Terms

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


def test_work_that_comes_first_makes_a_promise_later() -> None:
    store = a_store()
    assert ready_by(store, paris(23, 10), Terms(workload=6)) == paris(23, 12, 30)
    busy = Terms(workload=6, minutes_per_order=10)
    assert ready_by(store, paris(23, 10), busy) == paris(23, 13)


def test_after_the_cut_off_work_begins_on_the_next_day_of_opening() -> None:
    store, terms = a_store(), Terms(cut_off=time(16))
    assert ready_by(store, paris(23, 15, 55), terms) == paris(23, 17, 55)
    assert ready_by(store, paris(23, 16), terms) == paris(24, 10, 30)
    assert ready_by(store, paris(24, 0, 30), terms) == paris(24, 10, 30)


def test_nobody_is_promised_the_minute_of_closing() -> None:
    assert ready_by(a_store(), paris(23, 18, 30)) == paris(24, 8, 30)
    assert ready_by(a_store("Mo-Su 08:30-20:33"), paris(23, 18, 29)) == paris(
        23, 20, 30
    )


def test_a_night_worked_through_parts_nothing() -> None:
    store = a_store("24/7")
    assert ready_by(store, paris(23, 23)) == paris(24, 1)


def test_a_promise_is_explained() -> None:
    store = a_store()
    told = explain(store, paris(23, 10), Terms(workload=2))
    assert told == Explained(
        ready_by=paris(23, 12, 10),
        begins_at=paris(23, 10),
        waits="",
        cut_off=None,
        lead_minutes=120,
        workload=2,
        minutes_per_order=5,
        goes_on_at=None,
    )
    closed = explain(store, paris(23, 7))
    assert (closed.waits, closed.begins_at) == ("closed", paris(23, 8, 30))
    missed = explain(store, paris(23, 18), Terms(cut_off=time(17)))
    assert (missed.waits, missed.cut_off) == ("cut_off", time(17))
    assert missed.begins_at == paris(24, 8, 30)
    late = explain(store, paris(23, 19, 30))
    assert late.goes_on_at == paris(24, 8, 30)


TIMETABLES = st.sampled_from(
    [HOURS, "Mo-Fr 08:15-12:10,14:00-19:03; Sa 10:00-12:00; PH off", "24/7", "Sa off"]
)
MOMENTS = st.timedeltas(timedelta(), timedelta(days=730)).map(
    lambda later: datetime(2026, 1, 1, tzinfo=UTC) + later
)
SETTINGS = st.builds(
    Terms,
    workload=st.integers(0, 300),
    minutes_per_order=st.integers(0, 60),
    cut_off=st.none() | st.times(),
)


@settings(max_examples=200)
@given(hours=TIMETABLES, now=MOMENTS, terms=SETTINGS, lead=st.integers(0, 600))
def test_a_promise_is_never_past_and_never_behind_closed_doors(
    hours: str, now: datetime, terms: Terms, lead: int
) -> None:
    store = a_store(hours, lead)
    ready = ready_by(store, now, terms)
    assert ready >= now + timedelta(minutes=lead)
    if hours != "Sa off":
        assert open_now(store, ready)
    assert explain(store, now, terms).ready_by == ready


@settings(max_examples=200)
@given(
    hours=TIMETABLES,
    now=MOMENTS,
    terms=SETTINGS,
    lead=st.integers(0, 600),
    more=st.integers(0, 100),
)
def test_more_work_never_makes_a_promise_earlier(
    hours: str, now: datetime, terms: Terms, lead: int, more: int
) -> None:
    ready = ready_by(a_store(hours, lead), now, terms)
    busier = replace(terms, workload=terms.workload + more)
    assert ready_by(a_store(hours, lead), now, busier) >= ready
    assert ready_by(a_store(hours, lead + more), now, terms) >= ready
