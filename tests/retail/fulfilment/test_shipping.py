from __future__ import annotations

import pytest

from inventory.ids import new_id
from retail.fulfilment import shipping
from retail.fulfilment.models import ShipEvent
from tests.builders import (
    BOB,
    a_location,
    a_parcel_order,
    parcel_of,
    points_of,
    promise_of,
    shipped,
    stock_of,
)
from tests.levels import SIDES
from tests.retail.orders.house import House, alice, everything

pytestmark = pytest.mark.django_db(databases=SIDES)


def test_a_parcel_from_order_to_door(both_levels: House) -> None:
    customer = alice()
    order = a_parcel_order(both_levels, (2, 2), customer=customer)
    assert promise_of(order).status == "placed"
    assert stock_of(both_levels, "W01", 2) == (10, 2)
    shipped(order)
    order.refresh_from_db()
    promise = promise_of(order)
    assert (order.status, promise.status) == ("completed", "shipped")
    assert promise.tracking == "6A123"
    assert [line.fulfilled for line in promise.lines.all()] == [2]
    assert stock_of(both_levels, "W01", 2) == (8, 0)
    earned = points_of(customer)
    shipping.deliver(parcel_of(order), by=BOB, event_id=new_id())
    assert promise_of(order).status == "delivered"
    assert points_of(customer) == earned == [("earn", int(order.total))]


def test_the_same_event_ships_once(both_levels: House) -> None:
    order = shipped(a_parcel_order(both_levels))
    event = ShipEvent.objects.get(job_id=parcel_of(order).id, move="ship")
    before = everything()
    shipping.ship(parcel_of(order), by=BOB, event_id=event.id, tracking="other")
    assert everything() == before


def test_moves_out_of_turn(both_levels: House) -> None:
    job = parcel_of(a_parcel_order(both_levels))
    before = everything()
    for verb in (shipping.pack, shipping.ship, shipping.deliver):
        with pytest.raises(shipping.IllegalMove) as refusal:
            verb(job, by=BOB, event_id=new_id())
        assert refusal.value.allowed == ["start-picking", "cancel"]
    assert everything() == before


def test_a_box_is_not_closed_half_full(both_levels: House) -> None:
    job = parcel_of(a_parcel_order(both_levels, (0, 2)))
    shipping.start_picking(job, by=BOB, event_id=new_id())
    shipping.pick(job, {1: 1}, by=BOB, event_id=new_id())
    with pytest.raises(shipping.Incomplete) as refusal:
        shipping.pack(job, by=BOB, event_id=new_id())
    assert refusal.value.missing == {1: 1}
    for wrong in ({1: 3}, {1: -1}, {9: 1}):
        with pytest.raises(shipping.BadLines):
            shipping.pick(job, wrong, by=BOB, event_id=new_id())


def test_another_places_parcel_is_not_found(both_levels: House) -> None:
    job = parcel_of(a_parcel_order(both_levels))
    assert shipping.job_at(job.location_id, job.id) == job
    with pytest.raises(shipping.NotYours):
        shipping.job_at(a_location("M01").id, job.id)
