"""Public holidays: what the hours say of them, and what holds where they say nothing."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from inventory.models import Location
from retail.fulfilment.hours import has_calendar, is_holiday, open_now, open_on, parse
from retail.fulfilment.promises import hold_until, ready_by

PARIS = ZoneInfo("Europe/Paris")
USUAL = "Mo-Sa 08:30-20:00; Su 09:00-13:00"
LABOUR_DAY, ALL_SAINTS = date(2026, 5, 1), date(2026, 11, 1)
CHRISTMAS, NEW_YEAR = date(2026, 12, 25), date(2027, 1, 1)
ASCENSION = date(2026, 5, 14)  # a Thursday


def a_store(hours: str = USUAL, **more: str) -> Location:
    return Location(hours=hours, lead_minutes=120, timezone="Europe/Paris", **more)


def test_holidays_that_move_are_known() -> None:
    store = a_store()
    assert is_holiday(store, ASCENSION)
    assert is_holiday(store, date(2027, 5, 6))
    assert not is_holiday(store, date(2026, 5, 15))


@pytest.mark.parametrize(
    ("country", "day"), [("DE", date(2026, 10, 3)), ("GP", date(2026, 5, 27))]
)
def test_other_countries_have_a_calendar_too(country: str, day: date) -> None:
    """Guadeloupe's leans on that of France."""
    assert has_calendar(country)
    assert is_holiday(a_store(country=country), day)
    assert not has_calendar("XX")
    assert not is_holiday(a_store(country="XX"), day)


def test_without_a_rule_the_usual_hours_hold_but_for_three_days() -> None:
    store = a_store()
    assert open_on(store, ASCENSION) == ((time(8, 30), time(20)),)
    assert open_on(store, ALL_SAINTS) == ((time(9), time(13)),)
    for closed in (LABOUR_DAY, CHRISTMAS, NEW_YEAR):
        assert open_on(store, closed) == ()


@pytest.mark.parametrize(
    ("rule", "spans"),
    [
        ("PH off", ()),
        ("PH 10:00-13:00", ((time(10), time(13)),)),
        ("PH 10:00-12:00, 14:00-18:00", ((time(10), time(12)), (time(14), time(18)))),
    ],
)
def test_a_rule_holds_on_every_holiday(
    rule: str, spans: tuple[tuple[time, time], ...]
) -> None:
    store = a_store(f"{USUAL}; {rule}")
    for day in (LABOUR_DAY, ASCENSION, CHRISTMAS):
        assert open_on(store, day) == spans
    assert open_on(store, date(2026, 5, 15)) == ((time(8, 30), time(20)),)


def test_holidays_among_the_days_of_a_rule() -> None:
    assert parse("Mo-Sa 08:00-20:00; Su,PH 09:00-13:00").holidays == (
        (time(9), time(13)),
    )
    assert parse("Mo-Su 08:00-20:00; SH off").holidays is None


def test_a_place_that_is_always_open_is_open_on_holidays() -> None:
    assert open_on(a_store("24/7"), CHRISTMAS) == ((time.min, time.max),)


def test_moselle_and_alsace_keep_two_more() -> None:
    boxing_day = date(2026, 12, 26)
    assert is_holiday(a_store(postcode="57000"), boxing_day)
    assert is_holiday(a_store(postcode="67000"), boxing_day)
    assert not is_holiday(a_store(postcode="54100"), boxing_day)


def test_a_country_that_is_not_known_has_none() -> None:
    assert not is_holiday(a_store(country="ZZ"), CHRISTMAS)


def test_a_promise_passes_over_a_holiday() -> None:
    store = a_store(f"{USUAL}; PH off")
    eve = datetime(2026, 12, 24, 19, 0, tzinfo=PARIS)
    assert ready_by(store, eve) == datetime(2026, 12, 26, 9, 30, tzinfo=PARIS)
    assert not open_now(store, datetime(2026, 12, 25, 11, tzinfo=PARIS))


def test_goods_are_held_over_a_holiday() -> None:
    ready = datetime(2026, 12, 24, 12, 0, tzinfo=PARIS)
    closing = datetime(2026, 12, 26, 20, 0, tzinfo=PARIS)
    assert hold_until(a_store(), ready) == closing
