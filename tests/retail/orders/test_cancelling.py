"""Taking an order back at each of its states, apart and on one database."""

from __future__ import annotations

import pytest
from django.utils import timezone

from inventory.ids import new_id
from retail.channels import Channel, use_channel
from retail.fulfilment import pickup, returning, shipping
from retail.loyalty import points
from retail.orders.cancelling import NotCancellable, cancel
from retail.orders.paying import PaymentDeclined, pay
from retail.payments.capturing import first_payment_id, send_refunds
from retail.payments.models import Refund
from tests.builders import (
    BOB,
    a_parcel_order,
    a_pickup_order,
    a_ready_pickup,
    bag,
    bob,
    carry,
    job_of,
    money_of,
    paid_at_counter,
    parcel_of,
    promise_of,
    shipped,
    stock_of,
)
from tests.levels import SIDES
from tests.retail.orders.house import (
    NOON,
    House,
    a_parcel,
    a_pickup,
    alice,
    everything,
    free,
    placed,
)

pytestmark = pytest.mark.django_db(databases=SIDES)
ALICE = "session:abc"


def cancelled(order):
    """The customer asks, and the store has heard."""
    answer = cancel(order, by=ALICE)
    carry()
    order.refresh_from_db()
    assert order.requested == ""
    return answer


def test_before_it_is_paid(both_levels: House) -> None:
    order = placed(a_pickup((both_levels.gtins[0], 3), payment_method="online"))

    assert cancelled(order) == "done"
    assert order.status == "cancelled"
    assert order.finished_at is not None
    assert free("M01", both_levels.gtins[0]) == 3
    assert promise_of(order).status == "cancelled"
    assert {p.status for p in order.payments.all()} == {"void"}


def test_after_its_payment_was_declined(both_levels: House) -> None:
    order = placed(a_pickup((both_levels.gtins[0], 3), payment_method="online"))
    with pytest.raises(PaymentDeclined):
        pay(order, payment_id=new_id(), token="decline")

    assert cancelled(order) == "done"
    assert order.status == "cancelled"
    assert free("M01", both_levels.gtins[0]) == 3


def test_a_parcel_that_nobody_packed(both_levels: House) -> None:
    order = a_parcel_order(both_levels, (0, 2), (1, 1))
    shipping.start_picking(parcel_of(order), by=BOB, event_id=new_id())

    assert cancelled(order) == "done"
    assert order.status == "cancelled"
    assert stock_of(both_levels, "W01") == (10, 0)
    assert money_of(order) == 0
    assert not Refund.objects.exists()


def test_a_parcel_on_its_way_stays_on_its_way(both_levels: House) -> None:
    order = shipped(a_parcel_order(both_levels))
    before = everything()

    with pytest.raises(NotCancellable):
        cancel(order, by=ALICE)
    assert everything() == before


@pytest.mark.parametrize("until", ["placed", "accepted", "picking", "ready"])
def test_a_pickup_that_the_store_works_on(both_levels: House, until: str) -> None:
    if until == "ready":
        order = a_ready_pickup(both_levels)
    else:
        order = a_pickup_order(both_levels)
        if until != "placed":
            bob(pickup.accept, order)
        if until == "picking":
            bob(pickup.start_picking, order)
            bob(pickup.pick, order, bag(order))
    answer = cancelled(order)

    assert answer == ("requested" if both_levels.level == "cross-channel" else "done")
    assert order.status == "cancelled"
    assert job_of(order).status == "cancelled"
    assert stock_of(both_levels, "M01") == (3, 0)


def test_before_the_store_has_heard_of_it(apart: House) -> None:
    order = a_pickup_order(apart, heard=False)

    assert cancelled(order) == "requested"
    assert order.status == "cancelled"
    assert job_of(order).status == "cancelled"
    assert stock_of(apart, "M01") == (3, 0)


def test_what_was_paid_at_the_counter_is_owed_back(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    paid_at_counter(order)
    cancelled(order)

    assert money_of(order) == 0
    assert Refund.objects.get().provider_reference == ""


def test_a_pickup_nobody_fetched_is_paid_back(both_levels: House) -> None:
    customer = alice(with_points=60)
    order = placed(
        a_pickup((both_levels.gtins[1], 1), payment_method="online", redeem_points=60),
        customer=customer,
    )
    pay(order, payment_id=first_payment_id(order.id), token="approve")
    carry()
    bob(pickup.accept, order)
    bob(pickup.start_picking, order)
    bob(pickup.pick, order, bag(order))
    bob(pickup.stage, order, shelf="A4")
    bob(pickup.ready, order)
    bob(pickup.expire, order)
    order.refresh_from_db()
    assert order.status == "placed"
    bob(pickup.restock, order)
    order.refresh_from_db()

    assert order.status == "cancelled"
    assert money_of(order) == 0
    assert points.balance(customer).total == 60


def test_collected_goods_are_not_cancelled(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    paid_at_counter(order)
    job = job_of(order)
    with use_channel(Channel.POS):
        pickup.hand_over(job, name_checked=True, by=BOB, event_id=new_id())
    carry()
    order.refresh_from_db()
    before = everything()

    assert order.status == "completed"
    with pytest.raises(NotCancellable):
        cancel(order, by=ALICE)
    assert everything() == before


def test_cancelled_again_changes_nothing(both_levels: House) -> None:
    order = a_parcel_order(both_levels)
    cancelled(order)
    before = everything()

    assert cancel(order, by=ALICE) == "done"
    assert everything() == before


def test_points_come_back_once(both_levels: House) -> None:
    customer = alice(with_points=90)
    order = placed(
        a_parcel((both_levels.gtins[0], 1), redeem_points=90),
        customer=customer,
        at=NOON,
    )
    assert points.balance(customer).total == 0
    cancelled(order)
    cancel(order, by=ALICE)

    assert points.balance(customer).total == 90


def test_a_completed_order_earns_for_the_money_that_was_paid(
    both_levels: House,
) -> None:
    customer = alice(with_points=60)
    order = placed(
        a_parcel((both_levels.gtins[1], 1), redeem_points=60), customer=customer
    )
    pay(order, payment_id=first_payment_id(order.id), token="approve")
    shipped(order)
    order.refresh_from_db()

    # 12.00 − 2.00 by points + 4.90 for the parcel
    assert order.status == "completed"
    assert points.balance(customer).total == 14


def test_refunds_are_told_again_without_harm(both_levels: House) -> None:
    order = shipped(a_parcel_order(both_levels))
    returning.take_back(parcel_of(order), by=BOB, event_id=new_id())
    refund = Refund.objects.get()
    assert refund.amount == order.total
    assert refund.provider_reference == f"demo-refund-{refund.id.hex}"
    before = everything()

    assert send_refunds(timezone.now()) == 1
    assert everything() == before
