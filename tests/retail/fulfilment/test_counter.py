from __future__ import annotations

from decimal import Decimal

import pytest

from inventory.ids import new_id
from inventory.models import Location
from inventory.places import Channel
from retail.channels import use_channel
from retail.fulfilment import codes, pickup
from tests.builders import (
    BOB,
    a_pickup_order,
    a_ready_pickup,
    bob,
    carry,
    code_of,
    in_store,
    job_of,
    paid_at_counter,
    promise_of,
    stock_of,
)
from tests.levels import SIDES
from tests.retail.orders.house import House, everything

pytestmark = pytest.mark.django_db(databases=SIDES)


def test_a_wrong_code_is_counted_and_changes_nothing_else(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    paid_at_counter(order)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(pickup.WrongCode) as refusal:
            bob(pickup.hand_over, order, code="22222222")
        assert refusal.value.left == left
    job = job_of(order)
    assert (job.status, job.code_fails) == ("ready", 5)
    assert stock_of(both_levels, "M01") == (3, 1)


def test_after_five_wrong_codes_a_name_is_checked(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    paid_at_counter(order)
    for _ in range(5):
        with pytest.raises(pickup.WrongCode):
            bob(pickup.hand_over, order, code="22222222")
    with pytest.raises(pickup.WrongCode) as refusal:
        bob(pickup.hand_over, order, code=code_of(order))
    assert refusal.value.left == 0
    assert job_of(order).code_fails == 5
    bob(pickup.hand_over, order, name_checked=True)
    assert promise_of(order).status == "collected"


def test_neither_code_nor_name_is_a_wrong_code(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    with pytest.raises(pickup.WrongCode):
        bob(pickup.hand_over, order)


def test_a_code_is_read_as_people_type_it(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    paid_at_counter(order)
    code = code_of(order)
    bob(pickup.hand_over, order, code=f" {code[:4].lower()}-{code[4:].lower()} ")
    assert promise_of(order).status == "collected"


def test_an_early_code_is_refused(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    before = everything()
    with pytest.raises(pickup.NotCollectable) as refusal:
        bob(pickup.hand_over, order, code=code_of(order))
    assert refusal.value.status == "placed"
    assert everything() == before


def test_a_used_code_is_refused(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    paid_at_counter(order)
    bob(pickup.hand_over, order, code=code_of(order))
    before = everything()
    with pytest.raises(pickup.NotCollectable) as refusal:
        bob(pickup.hand_over, order, code=code_of(order))
    assert refusal.value.status == "collected"
    assert everything() == before


def test_a_hand_over_sent_twice_happens_once(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    paid_at_counter(order)
    event = new_id()
    bob(pickup.hand_over, order, code=code_of(order), event_id=event)
    before = everything()
    bob(pickup.hand_over, order, code="wrong now", event_id=event)
    assert everything() == before


def test_a_code_is_found_in_its_own_store_only(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    code = code_of(order)
    with use_channel(Channel.POS):
        here = Location.objects.get(code="M01")
        there = Location.objects.get(code="M02")
        assert pickup.find_by_code(here, code).order_id == order.id
        with pytest.raises(pickup.UnknownCode):
            pickup.find_by_code(there, code)
        with pytest.raises(pickup.UnknownCode):
            pickup.find_by_code(here, "")


def test_goods_do_not_leave_unpaid(both_levels: House) -> None:
    order = a_ready_pickup(both_levels, (1, 2))
    before = everything()
    with pytest.raises(pickup.NotPaid) as refusal:
        bob(pickup.hand_over, order, code=code_of(order))
    assert refusal.value.due == Decimal("24.00")
    assert everything() == before


def test_a_ticket_pays_once(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    ticket = paid_at_counter(order)
    before = everything()
    with in_store():
        pickup.pay_at_counter(
            order.id,
            location=job_of(order).location,
            amount=Decimal("3.40"),
            ticket_id=ticket,
            by=BOB,
        )
    carry()
    assert everything() == before
    with in_store(), pytest.raises(pickup.NotDue) as refusal:
        pickup.pay_at_counter(
            order.id,
            location=job_of(order).location,
            amount=Decimal("3.40"),
            ticket_id=new_id(),
            by=BOB,
        )
    assert refusal.value.due == 0
    assert everything() == before


def test_what_is_paid_is_what_is_due(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    for amount in ("3.39", "3.41", "0", "-3.40"):
        with in_store(), pytest.raises(pickup.NotDue):
            pickup.pay_at_counter(
                order.id,
                location=job_of(order).location,
                amount=Decimal(amount),
                ticket_id=new_id(),
                by=BOB,
            )
    assert job_of(order).paid == 0


def test_another_stores_till_cannot_take_the_money(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    with in_store(), pytest.raises(pickup.NotYours):
        pickup.pay_at_counter(
            order.id,
            location=Location.objects.get(code="M02"),
            amount=Decimal("3.40"),
            ticket_id=new_id(),
            by=BOB,
        )


def test_codes_are_of_readable_signs_and_differ() -> None:
    one, other = new_id(), new_id()
    code = codes.code_for(one, 1)
    assert len(code) == 8
    assert set(code) <= set("23456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert code == codes.code_for(one, 1)
    assert code != codes.code_for(one, 2)
    assert code != codes.code_for(other, 1)
    assert codes.code_hash(code, one) != codes.code_hash(code, other)
    assert codes.code_hash(code.lower(), one) == codes.code_hash(code, one)
