"""Missing units come from another store."""

from __future__ import annotations

from typing import Any

import pytest

from inventory import books, stock
from inventory.ids import new_id
from inventory.models import Location, Transfer
from inventory.places import Channel
from retail import books as all_books
from retail.channels import use_channel
from retail.fulfilment import awaiting, pickup
from retail.fulfilment.models import PickupEvent
from retail.orders.models import Order
from tests.builders import (
    BOB,
    a_pickup_order,
    bob,
    carry,
    holds_of,
    in_store,
    job_of,
    promise_of,
    stock_of,
)
from tests.levels import SIDES
from tests.retail.orders.house import House, everything

pytestmark = pytest.mark.django_db(databases=SIDES)


def waiting(house: House, units: int = 2) -> Order:
    """Two units ordered in M01, of which `units` are asked of M02."""
    order = a_pickup_order(house, (0, 2), (1, 1))
    bob(pickup.accept, order)
    bob(pickup.start_picking, order)
    with use_channel(Channel.POS):
        source = Location.objects.get(code="M02")
    bob(pickup.await_transfer, order, {1: units}, source=source)
    return order


def with_transfer(verb: Any, order: Order, **given: Any) -> None:
    with use_channel(Channel.POS):
        moved = Transfer.objects.select_related("source", "target").get(
            reference=str(job_of(order).id)
        )
        verb(moved, by=BOB, **given)
    carry()


def balanced() -> None:
    with use_channel(Channel.POS) as context:
        for check in books.CHECKS:
            assert all_books.run(check, context.database).rows == 0, check.id


def test_it_is_held_there_and_missing_here(both_levels: House) -> None:
    order = waiting(both_levels)
    assert stock_of(both_levels, "M02") == (3, 2)
    assert stock_of(both_levels, "M01") == (1, 0)
    promise = promise_of(order)
    assert promise.status == "awaiting_transfer"
    assert promise.ready_by == job_of(order).ready_by
    balanced()


def test_it_comes_and_the_pickup_goes_on(both_levels: House) -> None:
    order = waiting(both_levels)
    with_transfer(awaiting.send, order)
    assert stock_of(both_levels, "M02") == (1, 0)
    bob(pickup.transfer_arrived, order)
    assert stock_of(both_levels, "M01") == (3, 2)
    assert job_of(order).status == promise_of(order).status == "accepted"
    bob(pickup.start_picking, order)
    bob(pickup.pick, order, {1: 2, 2: 1})
    bob(pickup.stage, order, shelf="A1")
    balanced()


def test_it_is_received_once(both_levels: House) -> None:
    order = waiting(both_levels)
    with_transfer(awaiting.send, order)
    event = new_id()
    bob(pickup.transfer_arrived, order, event_id=event)
    before = everything()
    bob(pickup.transfer_arrived, order, event_id=event)
    with_transfer(awaiting.receive, order, event_id=new_id())
    assert everything() == before


def test_it_cannot_arrive_before_it_left(both_levels: House) -> None:
    order = waiting(both_levels)
    before = everything()
    with pytest.raises(pickup.NoTransfer):
        bob(pickup.transfer_arrived, order)
    assert everything() == before


def test_the_other_store_has_not_got_it_either(both_levels: House) -> None:
    order = waiting(both_levels)
    with_transfer(awaiting.fail, order, reason="missing", event_id=new_id())
    assert stock_of(both_levels, "M02") == (1, 0)
    job = job_of(order)
    assert (job.status, job.reason) == ("short", "no_transfer")
    assert promise_of(order).status == "customer_choice"
    with use_channel(Channel.POS):
        assert [line.short for line in job.lines.order_by("position")] == [2, 0]
    balanced()


def test_what_left_cannot_be_missing_there(both_levels: House) -> None:
    order = waiting(both_levels)
    with_transfer(awaiting.send, order)
    with pytest.raises(pickup.WrongStep):
        with_transfer(awaiting.fail, order, reason="missing", event_id=new_id())
    assert job_of(order).status == "awaiting_transfer"


def test_a_till_there_sells_it(both_levels: House) -> None:
    order = waiting(both_levels)
    variant = both_levels.variants[both_levels.gtins[0]]
    with in_store():
        there = Location.objects.get(code="M02")
        issued = stock.sell_at_till(
            there, {variant: 3}, reference=str(new_id()), by=BOB
        )
        for kind, reference in issued.broken:
            pickup.hold_broken(kind, reference, by=BOB)
    carry()
    assert job_of(order).status == "short"
    assert stock_of(both_levels, "M02") == (0, 0)
    balanced()


def test_cancelled_before_it_left(both_levels: House) -> None:
    order = waiting(both_levels)
    bob(pickup.cancel, order, reason="customer")
    assert stock_of(both_levels, "M02") == (3, 0)
    assert stock_of(both_levels, "M01", 1) == (3, 0)
    balanced()


def test_cancelled_on_its_way_it_is_received_as_stock(both_levels: House) -> None:
    order = waiting(both_levels)
    with_transfer(awaiting.send, order)
    bob(pickup.cancel, order, reason="customer")
    with_transfer(awaiting.receive, order, event_id=new_id())
    assert stock_of(both_levels, "M01") == (3, 0)
    assert {state for _units, state in holds_of(order)} == {"released"}
    balanced()


def test_a_till_here_sold_it_before_the_books_had_it(both_levels: House) -> None:
    """One unit was left by the books; a till sold two. What comes settles that first,
    so one unit is held and the customer is asked about the other."""
    order = waiting(both_levels)
    variant = both_levels.variants[both_levels.gtins[0]]
    with in_store():
        stock.sell_at_till(
            job_of(order).location, {variant: 2}, reference=str(new_id()), by=BOB
        )
    with_transfer(awaiting.send, order)
    bob(pickup.transfer_arrived, order)
    job = job_of(order)
    assert (job.status, job.reason) == ("short", "sold")
    with use_channel(Channel.POS):
        assert job.lines.get(position=1).short == 1
    assert stock_of(both_levels, "M01") == (1, 1)
    balanced()


def test_more_than_is_missing_is_refused(both_levels: House) -> None:
    order = a_pickup_order(both_levels, (0, 2))
    bob(pickup.accept, order)
    before = everything()
    with use_channel(Channel.POS):
        there = Location.objects.get(code="M02")
        here = Location.objects.get(code="M01")
    for lines, source, refusal in (
        ({1: 3}, there, pickup.BadLines),
        ({7: 1}, there, pickup.BadLines),
        ({}, there, pickup.BadLines),
        ({1: 1}, here, pickup.NotSameOwner),
    ):
        with pytest.raises(refusal):
            bob(pickup.await_transfer, order, lines, source=source)
    assert everything() == before


def test_the_history_says_from_where(both_levels: House) -> None:
    order = waiting(both_levels)
    with use_channel(Channel.POS):
        event = PickupEvent.objects.get(job=job_of(order), move="await-transfer")
    assert event.data["source"] == "Place M02"
