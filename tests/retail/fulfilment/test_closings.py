"""Days that are closed by their date: nothing is promised for them, nothing is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from inventory.models import Location
from retail.fulfilment import deadlines
from retail.fulfilment.closings import (
    Closing,
    as_rows,
    closed_by,
    closings_of,
    takes_no_more,
)
from retail.fulfilment.hours import open_now, open_on
from retail.fulfilment.promises import hold_until, ready_by
from retail.fulfilment.slot_grid import cells_from
from retail.fulfilment.terms import Terms

WORKS = Closing(date(2026, 11, 24), date(2026, 11, 26), "Travaux", "Works")
MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)


def a_store(**more: object) -> Location:
    return Location(
        hours="Mo-Sa 09:00-20:00",
        lead_minutes=120,
        timezone="Europe/Paris",
        closed_days=as_rows([WORKS]),
        **more,
    )


def at(day: int, hour: int) -> datetime:
    """In UTC; Paris is an hour ahead."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_what_a_row_keeps_comes_back() -> None:
    other = Closing(date(2026, 12, 24), date(2026, 12, 24), "Fête", "Holiday")
    store = Location(closed_days=as_rows([other, WORKS]))
    assert closings_of(store) == [WORKS, other]
    assert [WORKS.meets(other), WORKS.meets(WORKS)] == [False, True]
    assert (closed_by(store, MONDAY), closed_by(store, WORKS.last)) == (None, WORKS)


def test_promises_and_slots_pass_over_it() -> None:
    store = a_store()
    assert open_on(store, MONDAY)
    assert open_on(store, WORKS.first) == open_on(store, WORKS.last) == ()
    assert not open_now(store, at(25, 11))
    # an hour before closing: the second hour of the work is Friday's
    assert ready_by(store, at(23, 18)) == at(27, 9)
    assert hold_until(store, at(23, 12)) == at(27, 19)
    cells = cells_from(store, Terms(), at(23, 18))
    assert {start.date() for start, _end in cells} == {MONDAY}


@pytest.mark.parametrize(
    ("held", "kept"), [(at(23, 19), at(23, 19)), (at(24, 19), at(27, 19))]
)
def test_bags_wait_for_an_open_door(held: datetime, kept: datetime) -> None:
    assert deadlines.kept_until(a_store(), held) == kept


@pytest.mark.parametrize(("day", "none"), [(23, False), (24, True), (27, True)])
def test_a_store_that_closes_for_good_is_closed_and_takes_no_more(
    day: int, none: bool
) -> None:
    store = a_store(closed_on=FRIDAY)
    assert takes_no_more(store, at(day, 12)) is none
    assert open_on(store, FRIDAY) == open_on(store, date(2027, 3, 1)) == ()
    assert not takes_no_more(a_store(), at(day, 12))
