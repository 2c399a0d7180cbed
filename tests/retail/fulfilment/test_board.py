from __future__ import annotations

import pytest
import time_machine
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory.ids import new_id
from inventory.places import Channel
from retail.channels import current, use_channel
from retail.fulfilment import board, pickup, shipping
from tests.builders import (
    BOB,
    a_location,
    a_parcel_order,
    a_pickup_order,
    a_ready_pickup,
    bob,
    job_of,
    parcel_of,
    shipped,
)
from tests.levels import SIDES
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)


def test_the_stores_board(both_levels: House) -> None:
    new = a_pickup_order(both_levels, (0, 1), (1, 1))
    ready = a_ready_pickup(both_levels)
    gone = a_pickup_order(both_levels, (2, 1))
    bob(pickup.cancel, gone, reason="customer")
    with use_channel(Channel.POS):
        store = a_location("M01")
        with CaptureQueriesContext(connections[current().database]) as queries:
            lanes = {lane.name: lane for lane in board.lanes(store)}
        other = board.lanes(a_location("M02"))
    assert len(queries) == 2
    assert list(lanes) == ["new", "picking", "waiting", "staged", "ready", "expired"]
    assert [job.order_id for job in lanes["new"].jobs] == [new.id]
    assert [job.order_id for job in lanes["ready"].jobs] == [ready.id]
    (card,) = lanes["new"].cards
    assert card.moves == ["accept", "reject", "short", "cancel"]
    assert (len(card.lines), card.units) == (2, 2)
    assert all(lane.cards == [] for lane in other)


def test_the_warehouses_board(both_levels: House) -> None:
    order = a_parcel_order(both_levels)
    sent = shipped(a_parcel_order(both_levels))
    place = a_location("W01")
    lanes = {lane.name: lane for lane in board.lanes(place)}
    assert list(lanes) == ["new", "picking", "packed", "sent"]
    assert [job.order_id for job in lanes["new"].jobs] == [order.id]
    assert [job.order_id for job in lanes["sent"].jobs] == [sent.id]
    before = board.stamp(place)
    with time_machine.travel(timezone.now() + board.SENT, tick=False):
        assert board.lanes(place)[-1].jobs == []
        assert board.stamp(place) != before
    shipping.deliver(parcel_of(sent), by=BOB, event_id=new_id())
    assert board.lanes(place)[-1].jobs == []


def test_the_stamp_changes_with_the_board(both_levels: House) -> None:
    def stamp() -> str:
        with use_channel(Channel.POS):
            return board.stamp(a_location("M01"))

    empty = stamp()
    order = a_pickup_order(both_levels)
    first = stamp()
    assert first == stamp() != empty
    bob(pickup.accept, order)
    assert stamp() != first
    assert job_of(order).status == "accepted"
