"""More time, "I am coming", another slot: while nothing has left yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inventory.ids import new_id
from inventory.places import Channel
from retail import books as all_books
from retail.channels import use_channel
from retail.fulfilment import books, pickup
from tests.builders import (
    a_pickup_order,
    a_ready_pickup,
    bob,
    code_of,
    job_of,
    paid_at_counter,
    promise_of,
)
from tests.levels import SIDES
from tests.retail.orders.house import House, everything

pytestmark = pytest.mark.django_db(databases=SIDES)
AT = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def test_it_is_kept_longer_once(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    held = job_of(order).hold_until
    assert held is not None
    longer = held + timedelta(days=1)
    event = new_id()
    bob(pickup.extend, order, until=longer, event_id=event)
    assert job_of(order).hold_until == promise_of(order).hold_until == longer
    before = everything()
    bob(pickup.extend, order, until=longer, event_id=event)
    with pytest.raises(pickup.ExtendedBefore):
        bob(pickup.extend, order, until=longer)
    assert everything() == before


def test_what_is_not_ready_is_not_kept_longer(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    with pytest.raises(pickup.IllegalMove):
        bob(pickup.extend, order, until=AT)


def test_on_the_way_moves_nothing_and_is_told(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    event = new_id()
    bob(pickup.on_way, order, minutes=15, place="Bay 2", at=AT, event_id=event)
    before = everything()
    bob(pickup.on_way, order, minutes=5, at=AT, event_id=event)
    assert everything() == before
    job = job_of(order)
    assert (job.status, job.place) == ("ready", "Bay 2")
    assert job.on_way_at == AT
    bob(pickup.on_way, order, minutes=30, at=AT)
    job = job_of(order)
    assert job.place == "Bay 2"
    with use_channel(Channel.POS) as context:
        for check in books.CHECKS:
            assert all_books.run(check, context.database).rows == 0, check.id


def test_the_slot_changes(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    bob(
        pickup.change_slot,
        order,
        slot_start=AT,
        slot_end=AT + timedelta(hours=1),
    )
    assert job_of(order).slot_start == AT


def test_after_the_hand_over_nothing_is_wished(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    paid_at_counter(order)
    bob(pickup.hand_over, order, code=code_of(order))
    before = everything()
    with pytest.raises(pickup.IllegalMove):
        bob(pickup.on_way, order, minutes=5)
    with pytest.raises(pickup.IllegalMove):
        bob(
            pickup.change_collector,
            order,
            name="N",
            collector_hash="x",
            code_hash="y",
        )
    with pytest.raises(pickup.IllegalMove):
        bob(pickup.change_slot, order, slot_start=AT, slot_end=AT)
    assert everything() == before
