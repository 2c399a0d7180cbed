"""Slots: cut from opening hours, taken by one statement, given back when a promise ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from django.db import connections

from inventory.models import Location
from inventory.places import Channel
from retail.channels import atomic, current, use_channel
from retail.fulfilment import slots
from retail.fulfilment.models import PickupSlot
from retail.fulfilment.slot_grid import Slot, cells_from
from retail.fulfilment.slots import PickupPaused, SlotFull, give_back, promise
from retail.fulfilment.terms import Terms
from tests.builders import a_location, a_pickup_order, promise_of
from tests.levels import SIDES
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)
PARIS = ZoneInfo("Europe/Paris")
HOURS = "Mo-Sa 08:30-12:00,14:00-20:00; Su off"


def paris(day: int, hour: int, minute: int = 0) -> datetime:
    """November 2026: the 23rd is a Monday, the 29th a Sunday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


def cut(hours: str, since: datetime, minutes: int = 60) -> list[tuple[str, str]]:
    place = Location(hours=hours, timezone="Europe/Paris")
    found = cells_from(place, Terms(slot_minutes=minutes), since)
    return [
        (f"{start.astimezone(PARIS):%d %H:%M}", f"{end.astimezone(PARIS):%H:%M}")
        for start, end in found
    ]


def minutes_of(clock: str) -> int:
    return int(clock[-5:-3]) * 60 + int(clock[-2:])


def a_store(hours: str = HOURS) -> Location:
    Location.objects.filter(code="M01").update(hours=hours)
    return a_location()


def taken() -> list[int]:
    return list(
        PickupSlot.objects.order_by("starts_at").values_list("taken", flat=True)
    )


def test_a_slot_in_which_the_clock_goes_back_counts_to_its_end(
    shared_only: House,
) -> None:
    store = a_store("24/7")
    now = datetime(2026, 10, 25, 2, 30, tzinfo=UTC)
    (start, end), *_ = cells_from(store, Terms(slot_minutes=120), now)
    assert (end - start, now - start) == (timedelta(hours=3), timedelta(hours=2.5))
    with use_channel(Channel.WEBSHOP), atomic():
        assert slots.book(store, Terms(slot_minutes=120), start, ready_by=start)
        assert slots.taken_at([store], now) == {store.id: {start: 1}}


@pytest.mark.parametrize("minutes", [15, 30, 60, 120])
def test_slots_fill_the_opening_hours_and_nothing_else(minutes: int) -> None:
    found = cut(HOURS, paris(23, 6), minutes)
    monday = [each for each in found if each[0].startswith("23")]
    assert monday[0][0] == "23 08:30"
    assert monday[-1][1] == "20:00"
    open_for = sum(minutes_of(end) - minutes_of(start) for start, end in monday)
    assert open_for == (3.5 + 6) * 60
    assert not any(start[3:] in ("12:00", "13:00") for start, _ in monday)


def test_slots_follow_the_clock_and_are_cut_where_the_doors_open() -> None:
    assert cut("Mo-Su 08:30-10:15", paris(23, 6))[:3] == [
        ("23 08:30", "09:00"),
        ("23 09:00", "10:00"),
        ("23 10:00", "10:15"),
    ]


def test_slots_reach_two_days_ahead_and_skip_a_sunday() -> None:
    days = {start[:2] for start, _ in cut(HOURS, paris(28, 15))}
    assert days == {"28", "30"}


def test_a_slot_that_has_begun_is_the_first_while_goods_can_be_ready_in_it() -> None:
    assert cut(HOURS, paris(23, 9, 30))[0] == ("23 09:00", "10:00")
    assert cut(HOURS, paris(23, 10))[0] == ("23 10:00", "11:00")


def test_a_night_of_twenty_five_hours_has_twenty_five_slots() -> None:
    found = cut("", datetime(2026, 10, 24, 23, 0, tzinfo=PARIS))
    assert [s for s, _ in found].count("25 02:00") == 1
    assert ("25 23:00", "00:00") in found


def test_as_soon_as_ready_takes_a_place_in_its_slot(both_levels: House) -> None:
    store = a_store()
    now = paris(23, 10, 10)
    with atomic():
        made = promise(store, Terms(), now)
    assert made.ready_by == paris(23, 14, 10)
    assert made.slot == (paris(23, 14), paris(23, 15))
    assert taken() == [1]


def test_a_full_slot_moves_the_promise_to_the_next(both_levels: House) -> None:
    store, terms = a_store(), Terms(capacity=2)
    with atomic():
        made = [promise(store, terms, paris(23, 10, 10)) for _ in range(3)]
    assert [each.ready_by for each in made] == [
        paris(23, 14, 10),
        paris(23, 14, 10),
        paris(23, 15),
    ]
    assert taken() == [2, 1]


def test_where_the_next_slots_are_full_the_first_later_one_is_taken(
    both_levels: House,
) -> None:
    store, few, now = a_store(), Terms(capacity=1), paris(23, 9)
    cells = cells_from(store, few, now)
    assert len(cells) > slots.NEXT + 2
    with atomic():
        booked = [slots.book(store, few, now, ready_by=now) for _ in cells]
        with pytest.raises(SlotFull):
            slots.book(store, few, now, ready_by=now)
    assert [(each.starts_at, each.ends_at) for each in booked if each] == cells


def test_a_chosen_slot_is_promised_from_its_beginning(both_levels: House) -> None:
    with atomic():
        made = promise(a_store(), Terms(), paris(23, 10), starts_at=paris(24, 17))
    assert made.ready_by == paris(24, 17)
    assert made.slot == (paris(24, 17), paris(24, 18))


def test_what_is_no_slot_is_refused_with_what_is(
    both_levels: House, subtests: pytest.Subtests
) -> None:
    store = a_store()
    for wish in [
        paris(23, 11),
        paris(23, 13),
        paris(24, 17, 30),
        paris(29, 10),
        paris(30, 10),
    ]:
        with subtests.test(wish=wish):
            with atomic(), pytest.raises(SlotFull) as refused:
                promise(store, Terms(), paris(23, 10, 10), starts_at=wish)
            assert refused.value.slots[0] == Slot(
                paris(23, 15).astimezone(UTC), paris(23, 16).astimezone(UTC), 8
            )
            assert taken() == []


def test_a_full_slot_is_refused_with_the_next_that_are_free(
    both_levels: House,
) -> None:
    store, terms, now = a_store(), Terms(capacity=1), paris(23, 10)
    with atomic():
        promise(store, terms, now, starts_at=paris(24, 17))
        with pytest.raises(SlotFull) as refused:
            promise(store, terms, now, starts_at=paris(24, 17))
    assert paris(24, 17) not in [slot.starts_at for slot in refused.value.slots]
    assert taken() == [1]


def test_after_a_change_of_length_what_was_promised_counts(both_levels: House) -> None:
    store, now = a_store(), paris(23, 10)
    with atomic():
        promise(store, Terms(slot_minutes=30), now, starts_at=paris(24, 17, 30))
        longer = Terms(capacity=1)
        with pytest.raises(SlotFull):
            promise(store, longer, now, starts_at=paris(24, 17))
        promise(store, longer, now, starts_at=paris(24, 18))


def test_a_store_that_pauses_promises_nothing(both_levels: House) -> None:
    with atomic(), pytest.raises(PickupPaused):
        promise(a_store(), Terms(paused=True), paris(23, 10))
    assert taken() == []


def test_a_store_without_hours_ahead_has_no_slots(both_levels: House) -> None:
    store = a_store("Mo-Su off")
    with atomic():
        made = promise(store, Terms(), paris(23, 10))
    assert (made.ready_by, made.slot) == (paris(23, 12), None)


def test_given_back_once(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    kept = promise_of(order)
    assert kept.slot_start is not None
    assert taken() == [1]
    for _again in range(2):
        with atomic():
            give_back(kept)
        assert taken() == [0]
    kept.refresh_from_db()
    assert (kept.slot_start, kept.slot_end) == (None, None)


def test_another_slot_instead(both_levels: House) -> None:
    now = paris(23, 10)
    kept = promise_of(a_pickup_order(both_levels, at=now, heard=False))
    with atomic():
        later = slots.move(kept, Terms(), now, starts_at=paris(24, 17))
    kept.refresh_from_db()
    assert (kept.slot_start, kept.slot_end) == (later.starts_at, later.ends_at)
    assert sum(taken()) == 1
    with atomic(), pytest.raises(SlotFull):
        slots.move(kept, Terms(), now, starts_at=paris(24, 17, 5))
    kept.refresh_from_db()
    assert kept.slot_start == paris(24, 17)
    assert sum(taken()) == 1


@pytest.mark.django_db(databases=SIDES, transaction=True)
def test_twenty_buyers_of_eight_places(both_levels: House) -> None:
    """And nobody of those who may take any slot goes without."""
    store, terms, now = a_store(), Terms(capacity=8), paris(23, 10)
    ready, results = Barrier(20), []
    database = current().database

    def buy(number: int) -> None:
        try:
            with use_channel(Channel.WEBSHOP):
                ready.wait()
                with atomic():
                    promise(store, terms, now, starts_at=paris(24, 17))
            results.append(True)
        except SlotFull:
            results.append(False)
        finally:
            connections[database].close()

    threads = [Thread(target=buy, args=(n,)) for n in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(results) == [False] * 12 + [True] * 8
    assert taken() == [8]
