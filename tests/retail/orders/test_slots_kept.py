"""What becomes of a slot in the life of a promise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from inventory.models import StockLevel
from retail.fulfilment import pickup, setting
from retail.fulfilment.models import PickupSlot
from retail.fulfilment.slot_grid import taken_at
from retail.fulfilment.slots import PickupPaused, slots
from retail.fulfilment.terms import Terms
from retail.orders.cancelling import cancel, expire_unpaid
from retail.orders.choosing import choose
from retail.orders.models import Order
from tests.builders import (
    BOB,
    a_location,
    a_pickup_order,
    bob,
    carry,
    code_of,
    in_store,
    job_of,
    paid_at_counter,
    promise_of,
    staged,
)
from tests.levels import SIDES
from tests.retail.orders.house import NOON, House, a_pickup, feed, placed

pytestmark = pytest.mark.django_db(databases=SIDES)


def taken(code: str = "M01") -> int:
    found = PickupSlot.objects.filter(location__code=code)
    return sum(found.values_list("taken", flat=True))


def in_two_days(house: House) -> Order:
    """To be collected in the last slot that can be chosen."""
    place = a_location()
    found = slots(place, Terms(), NOON, ready_by=NOON + timedelta(hours=2))
    return a_pickup_order(house, at=NOON, slot=found[-1].starts_at)


def test_cancelled_gives_it_back(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    assert taken() == 1
    cancel(order, by="customer")
    carry()
    assert taken() == 0


def test_not_paid_gives_it_back(both_levels: House) -> None:
    order = placed(
        a_pickup((both_levels.gtins[0], 1), payment_method="online"), at=NOON
    )
    assert taken() == 1
    assert expire_unpaid(NOON + timedelta(hours=1)) == [order.id]
    assert taken() == 0


def test_refused_by_the_store_gives_it_back_once_another_is_chosen(
    both_levels: House,
) -> None:
    order = a_pickup_order(both_levels)
    bob(pickup.reject, order, reason="closed")
    choose(order, promise_of(order), "other_store", location_code="M02", by="customer")
    carry()
    assert (taken("M01"), taken("M02")) == (0, 1)
    new = order.fulfilments.get(location__code="M02")
    assert new.slot_start <= new.ready_by < new.slot_end


# which rows of goods an order of the web waits for, behind its slot's
GOODS = ("retail_storeavailability", "inventory_stocklevel")


@contextmanager
def slot_before_goods(house: House) -> Iterator[None]:
    """As an order takes them: two that took them in opposite orders would wait for each
    other, until PostgreSQL undoes one a second later."""
    shop = "webshop" if house.level == "cross-channel" else "shared"
    with CaptureQueriesContext(connections[shop]) as asked:
        yield
    written = [each["sql"] for each in asked if "UPDATE" in each["sql"]]
    slot = [n for n, sql in enumerate(written) if "retail_pickupslot" in sql]
    goods = [n for n, sql in enumerate(written) if any(table in sql for table in GOODS)]
    assert slot
    assert goods
    assert slot[0] < goods[0]


def test_a_new_order_takes_the_slot_before_the_goods(both_levels: House) -> None:
    with slot_before_goods(both_levels):
        a_pickup_order(both_levels, heard=False)


def test_the_stores_refusal_frees_the_slot_before_the_goods(
    both_levels: House,
) -> None:
    order = a_pickup_order(both_levels, heard=False)
    with slot_before_goods(both_levels):
        if both_levels.level == "cross-channel":
            with in_store():  # the store refuses at once, for it has none
                StockLevel.objects.filter(location__code="M01").update(on_hand=0)
            carry()
        else:
            bob(pickup.reject, order, reason="closed")
    assert promise_of(order).status == "customer_choice"
    assert taken() == 0


def test_cancelled_frees_the_slot_before_the_goods(shared_only: House) -> None:
    """Apart, no transaction has both."""
    order = a_pickup_order(shared_only)
    with slot_before_goods(shared_only):
        cancel(order, by="customer")
    assert taken() == 0


def test_not_paid_frees_the_slot_before_the_goods(both_levels: House) -> None:
    placed(a_pickup((both_levels.gtins[0], 1), payment_method="online"), at=NOON)
    with slot_before_goods(both_levels):
        expire_unpaid(NOON + timedelta(hours=1))


def test_a_paused_store_is_no_other_store(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    bob(pickup.reject, order, reason="closed")
    with in_store():
        setting.change(a_location("M02"), by=BOB, paused=True)
    feed.refresh()
    with pytest.raises(PickupPaused):
        choose(
            order, promise_of(order), "other_store", location_code="M02", by="customer"
        )


def test_collected_keeps_it(both_levels: House) -> None:
    order = staged(a_pickup_order(both_levels))
    bob(pickup.ready, order)
    paid_at_counter(order)
    bob(pickup.hand_over, order, code=code_of(order))
    assert taken() == 1


def test_who_chose_a_later_hour_finds_the_goods_there(both_levels: House) -> None:
    order = staged(in_two_days(both_levels))
    bob(pickup.ready, order, at=NOON + timedelta(hours=1))
    job = job_of(order)
    assert job.slot_start is not None
    assert job.ready_by == job.slot_start
    assert job.hold_until is not None
    assert job.hold_until > job.slot_start


def test_what_is_taken_is_read_for_many_places_at_once(both_levels: House) -> None:
    a_pickup_order(both_levels)
    a_pickup_order(both_levels, location_code="M02")
    found = taken_at([a_location("M01"), a_location("M02")], NOON - timedelta(days=9))
    assert [sorted(each.values()) for each in found.values()] == [[1], [1]]
