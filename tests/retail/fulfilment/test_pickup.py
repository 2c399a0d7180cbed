from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from inventory import stock
from inventory.ids import new_id
from inventory.models import Location
from inventory.places import Channel
from retail.channels import use_channel
from retail.fulfilment import pickup
from retail.fulfilment.models import PickupEvent, PickupLine
from retail.fulfilment.states import PICKUP_MOVES, PickupStatus
from tests.builders import (
    BOB,
    a_pickup_order,
    a_ready_pickup,
    bob,
    carry,
    code_of,
    holds_of,
    in_store,
    job_of,
    paid_at_counter,
    points_of,
    promise_of,
    staged,
    stock_of,
)
from tests.levels import SIDES
from tests.retail.orders.house import House, alice, everything

pytestmark = pytest.mark.django_db(databases=SIDES)


def test_a_pickup_from_order_to_hand_over(both_levels: House) -> None:
    house = both_levels
    customer = alice()
    order = a_pickup_order(house, (1, 2), customer=customer)
    assert (job_of(order).status, promise_of(order).status) == ("placed", "placed")
    assert stock_of(house, "M01", 1) == (3, 2)
    staged(order)
    assert promise_of(order).status == "staged"
    bob(pickup.ready, order)
    promise = promise_of(order)
    assert promise.status == "ready"
    assert promise.hold_until is not None
    paid_at_counter(order)
    assert promise_of(order).due == 0
    bob(pickup.hand_over, order, code=code_of(order))
    order.refresh_from_db()
    assert (order.status, promise_of(order).status) == ("completed", "collected")
    assert stock_of(house, "M01", 1) == (1, 0)
    assert holds_of(order) == [(2, "claimed")]
    assert [line.fulfilled for line in promise_of(order).lines.all()] == [2]
    assert points_of(customer) == [("earn", 24)]
    payment = order.payments.get()
    assert (payment.status, payment.captured) == ("captured", Decimal("24.00"))


def test_the_store_knows_no_more_than_it_needs(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    with use_channel(Channel.POS):
        row = job_of(order).__dict__
    told = " ".join(map(str, row.values()))
    assert code_of(order) not in told
    assert order.email not in told
    assert len(row["code_hash"]) == 64


def test_the_same_event_moves_once(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    event = new_id()
    first = bob(pickup.accept, order, event_id=event)
    again = bob(pickup.accept, order, event_id=event)
    assert (first.status, first.version) == (again.status, again.version)
    bob(pickup.start_picking, order)
    late = bob(pickup.accept, order, event_id=event)
    assert late.status == "picking"
    with pytest.raises(pickup.IdReused):
        bob(pickup.start_picking, order, event_id=event)
    with use_channel(Channel.POS):
        assert PickupEvent.objects.filter(move="accept").count() == 1


def test_the_id_of_another_pickups_move_is_refused(both_levels: House) -> None:
    one, other = a_pickup_order(both_levels), a_pickup_order(both_levels)
    event = new_id()
    bob(pickup.accept, one, event_id=event)
    with pytest.raises(pickup.IdReused):
        bob(pickup.accept, other, event_id=event)
    assert job_of(other).status == "placed"


def test_a_move_out_of_turn_changes_nothing(
    both_levels: House, subtests: pytest.Subtests
) -> None:
    order = a_pickup_order(both_levels)
    before = everything()
    for move, verb, given in [
        ("start-picking", pickup.start_picking, {}),
        ("stage", pickup.stage, {"shelf": "A1"}),
        ("ready", pickup.ready, {}),
        ("check-in", pickup.check_in, {"place": "P1"}),
        ("expire", pickup.expire, {}),
        ("restock", pickup.restock, {}),
        ("choose", pickup.choose, {}),
    ]:
        with subtests.test(move=move, verb=verb, given=given):
            with pytest.raises(pickup.IllegalMove) as refusal:
                bob(verb, order, **given)  # type: ignore[arg-type]
            assert refusal.value.move == move
            assert refusal.value.status == "placed"
            assert refusal.value.allowed == ["accept", "reject", "short", "cancel"]
            assert everything() == before


def test_another_stores_pickup_is_not_found(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    with in_store():
        other = Location.objects.get(code="M02")
        with pytest.raises(pickup.NotYours):
            pickup.job_at(other.id, job_of(order).id)
        assert pickup.job_at(job_of(order).location_id, job_of(order).id)


def test_more_than_was_ordered_is_not_picked(both_levels: House) -> None:
    order = a_pickup_order(both_levels, (0, 2))
    bob(pickup.accept, order)
    bob(pickup.start_picking, order)
    before = everything()
    for wrong in ({1: 3}, {1: -1}, {7: 1}):
        with pytest.raises(pickup.BadLines):
            bob(pickup.pick, order, wrong)
    assert everything() == before


def test_a_bag_is_not_staged_while_something_is_missing(both_levels: House) -> None:
    order = a_pickup_order(both_levels, (0, 2), (1, 1))
    bob(pickup.accept, order)
    bob(pickup.start_picking, order)
    bob(pickup.pick, order, {1: 1, 2: 1})
    with pytest.raises(pickup.Incomplete) as refusal:
        bob(pickup.stage, order, shelf="A1")
    assert refusal.value.missing == {1: 1}
    assert job_of(order).status == "picking"


def test_a_refusal_leaves_the_choice_to_the_customer(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    bob(pickup.reject, order, reason="closed")
    order.refresh_from_db()
    promise = promise_of(order)
    assert (promise.status, promise.reason) == ("customer_choice", "closed")
    assert order.status == "placed"
    assert stock_of(both_levels, "M01") == (3, 0)


def test_what_is_missing_leaves_the_choice_to_the_customer(both_levels: House) -> None:
    order = a_pickup_order(both_levels, (0, 2))
    bob(pickup.accept, order)
    bob(pickup.start_picking, order)
    bob(pickup.pick, order, {1: 1})
    bob(pickup.short, order, {1: 1}, reason="missing")
    promise = promise_of(order)
    assert (promise.status, promise.reason) == ("customer_choice", "short")
    # the unit is not there: the books say so now
    assert stock_of(both_levels, "M01") == (2, 1)


def test_nobody_comes_and_the_goods_go_back(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    bob(pickup.expire, order)
    assert promise_of(order).status == "expired"
    assert stock_of(both_levels, "M01") == (3, 1)
    bob(pickup.restock, order)
    order.refresh_from_db()
    assert (promise_of(order).status, order.status) == ("restocked", "cancelled")
    assert stock_of(both_levels, "M01") == (3, 0)


def test_a_till_sells_what_was_held(both_levels: House) -> None:
    order = a_pickup_order(both_levels, (0, 2), (1, 1))
    job = job_of(order)
    variant = both_levels.variants[both_levels.gtins[0]]
    with in_store():
        issued = stock.sell_at_till(
            job.location, {variant: 2}, reference=str(new_id()), by=BOB
        )
        assert [reference for _, reference in issued.broken] == [str(job.id)]
        pickup.hold_broken("fulfilment", str(job.id), by=BOB)
    carry()
    with use_channel(Channel.POS):
        lines = PickupLine.objects.filter(job_id=job.id).order_by("position")
        assert [line.short for line in lines] == [2, 0]
    assert job_of(order).status == "short"
    promise = promise_of(order)
    assert (promise.status, promise.reason) == ("customer_choice", "short")


def test_a_hold_that_no_store_was_asked_about_yet_breaks_silently(
    both_levels: House,
) -> None:
    with in_store():
        pickup.hold_broken("fulfilment", str(new_id()), by=BOB)


def test_every_move_of_the_table_has_a_verb() -> None:
    # a part is handed over by the verb that hands over the whole
    names = {name.replace("-", "_") for name in PICKUP_MOVES} - {"hand_over_part"}
    assert names <= set(pickup.__all__)
    assert {move.target for move in PICKUP_MOVES.values()} | {"placed"} == set(
        PickupStatus.values
    )


def test_times_are_the_acts(both_levels: House) -> None:
    noon = datetime(2026, 3, 3, 12, tzinfo=UTC)
    order = a_pickup_order(both_levels)
    staged(order)
    bob(pickup.ready, order, at=noon)
    assert job_of(order).ready_at == noon
