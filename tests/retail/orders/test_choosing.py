"""When the store refuses, or finds only a part: the customer's choice, and its end."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventory.reserving import OutOfStock
from retail.fulfilment import pickup
from retail.fulfilment.models import Fulfilment, ShipJob
from retail.loyalty import points
from retail.orders.asking import Invalid
from retail.orders.cancelling import cancel
from retail.orders.choosing import NotAChoice, choices, choose, missing
from retail.orders.paying import pay
from retail.orders.placing import NotOffered
from retail.payments.capturing import first_payment_id
from tests.builders import (
    a_pickup_order,
    bag,
    bob,
    carry,
    money_of,
    paid_at_counter,
    stock_of,
)
from tests.levels import SIDES
from tests.retail.orders.house import (
    ADDRESS,
    House,
    a_pickup,
    alice,
    everything,
    placed,
)

pytestmark = pytest.mark.django_db(databases=SIDES)


def bought(house: House, *lines, customer=None, **changes):
    """A pickup in the first store that is paid already."""
    wanted = [(house.gtins[which], units) for which, units in lines]
    order = placed(
        a_pickup(*wanted, payment_method="online", **changes), customer=customer
    )
    pay(order, payment_id=first_payment_id(order.id), token="approve")
    carry()
    return order


def refused(order):
    bob(pickup.reject, order, reason="too_busy")
    return promise(order)


def short(order, units):
    bob(pickup.accept, order)
    bob(pickup.start_picking, order)
    bob(pickup.short, order, units, reason="missing")
    return promise(order)


def promise(order):
    return Fulfilment.objects.filter(order=order).order_by("id").first()


def decided(order, promise, choice, **given):
    answer = choose(order, promise, choice, **given)
    carry()
    order.refresh_from_db()
    promise.refresh_from_db()
    assert (order.requested, promise.requested) == ("", "")
    return answer


def test_refused_the_customer_has_three_ways(both_levels: House) -> None:
    order = bought(both_levels, (0, 1))
    asked = refused(order)

    assert asked.status == "customer_choice"
    assert choices(order, asked) == ["other_store", "ship", "cancel"]
    assert stock_of(both_levels, "M01") == (3, 0)


def test_refused_it_is_sent_for_nothing_more(both_levels: House) -> None:
    order = bought(both_levels, (0, 2))
    paid = order.total
    assert decided(order, refused(order), "ship", address=ADDRESS) == "done"

    assert (order.status, order.total, money_of(order)) == ("placed", paid, paid)
    job = ShipJob.objects.get()
    assert job.address["city"] == "Lyon"
    assert stock_of(both_levels, "W01") == (10, 2)
    assert sorted(f.status for f in order.fulfilments.all()) == ["cancelled", "placed"]


def test_a_parcel_needs_an_address(both_levels: House) -> None:
    order = bought(both_levels, (0, 2))
    asked = refused(order)
    before = everything()

    with pytest.raises(Invalid):
        choose(order, asked, "ship")
    assert everything() == before


def test_refused_another_store_is_asked(both_levels: House) -> None:
    order = a_pickup_order(both_levels, (0, 2))
    asked = refused(order)
    assert decided(order, asked, "other_store", location_code="M02") == "done"

    new = order.fulfilments.get(location__code="M02")
    assert (new.status, new.due) == ("placed", Decimal("6.80"))
    assert stock_of(both_levels, "M02") == (3, 2)
    assert order.status == "placed"


@pytest.mark.parametrize("code", ["M01", "W01", "X99"])
def test_only_another_store_is_another_store(both_levels: House, code: str) -> None:
    order = a_pickup_order(both_levels, (0, 2))
    asked = refused(order)
    before = everything()

    with pytest.raises(NotOffered):
        choose(order, asked, "other_store", location_code=code)
    assert everything() == before


def test_another_store_that_has_none_leaves_the_choice_open(
    both_levels: House,
) -> None:
    order = a_pickup_order(both_levels, (0, 2))
    asked = refused(order)
    placed(a_pickup((both_levels.gtins[0], 2), location_code="M02"))
    before = everything()

    with pytest.raises(OutOfStock):
        choose(order, asked, "other_store", location_code="M02")
    assert everything() == before


def test_refused_it_is_given_up(both_levels: House) -> None:
    order = bought(both_levels, (0, 1))
    assert decided(order, refused(order), "cancel") == "done"

    assert (order.status, money_of(order)) == ("cancelled", 0)


def test_refused_the_whole_order_is_cancelled(both_levels: House) -> None:
    order = bought(both_levels, (0, 1))
    refused(order)

    assert cancel(order, by="customer:1") == "done"
    assert money_of(order) == 0


def test_what_is_unpaid_is_not_sent(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    asked = refused(order)
    before = everything()

    with pytest.raises(NotAChoice) as refusal:
        choose(order, asked, "ship", address=ADDRESS)
    assert refusal.value.open == ["other_store", "cancel"]
    assert everything() == before


def test_short_the_customer_is_told_what_is_missing(both_levels: House) -> None:
    order = bought(both_levels, (0, 2), (1, 1))
    asked = short(order, {1: 1})

    assert missing(asked) == {1: 1, 2: 0}
    assert choices(order, asked) == ["drop", "other_store", "ship", "cancel"]


def test_short_it_goes_on_without_and_money_comes_back(both_levels: House) -> None:
    customer = alice()
    order = bought(both_levels, (0, 2), (1, 1), customer=customer)
    asked = short(order, {1: 1})
    decided(order, asked, "drop")

    assert asked.status == "picking"
    assert [line.dropped for line in order.lines.order_by("position")] == [1, 0]
    assert money_of(order) == order.total - Decimal("3.40")
    assert order.status == "placed"
    bob(pickup.pick, order, bag(order))
    bob(pickup.stage, order, shelf="A4")
    bob(pickup.ready, order)
    bob(pickup.hand_over, order, name_checked=True)
    order.refresh_from_db()
    assert order.status == "completed"
    assert points.balance(customer).total == 15
    # one unit was not there, two have left
    assert stock_of(both_levels, "M01") == (1, 0)


def test_short_there_is_less_to_pay_in_the_store(both_levels: House) -> None:
    order = a_pickup_order(both_levels, (0, 2), (1, 1))
    asked = short(order, {2: 1})
    decided(order, asked, "drop")
    assert asked.due == Decimal("6.80")
    bob(pickup.pick, order, bag(order))
    bob(pickup.stage, order, shelf="A4")
    bob(pickup.ready, order)
    paid_at_counter(order)
    bob(pickup.hand_over, order, name_checked=True)
    order.refresh_from_db()

    assert order.status == "completed"
    assert money_of(order) == Decimal("6.80")


def test_goods_that_points_paid_come_back_as_points(both_levels: House) -> None:
    customer = alice(with_points=450)
    order = bought(both_levels, (0, 2), (1, 1), customer=customer, redeem_points=450)
    assert order.total == Decimal("3.80")
    decided(order, short(order, {2: 1}), "drop")

    assert money_of(order) == 0
    assert points.balance(customer).total == 246  # of 12.00 €, 3.80 € came as money
    cancel(order, by="customer:1")
    carry()
    assert points.balance(customer).total == 450


def test_all_missing_is_no_reason_to_go_on(both_levels: House) -> None:
    order = bought(both_levels, (0, 2))

    assert choices(order, short(order, {1: 2})) == ["other_store", "ship", "cancel"]


def test_short_it_is_sent_instead(both_levels: House) -> None:
    order = bought(both_levels, (0, 2), (1, 1))
    asked = short(order, {1: 1})
    decided(order, asked, "ship", address=ADDRESS)

    assert asked.status == "cancelled"
    assert order.status == "placed"
    assert money_of(order) == order.total
    assert ShipJob.objects.get().lines.count() == 2
    # the missing unit has left the books, the rest is free again
    assert stock_of(both_levels, "M01") == (2, 0)
    assert stock_of(both_levels, "M01", 1) == (3, 0)


def test_short_it_is_given_up(both_levels: House) -> None:
    order = bought(both_levels, (0, 2))
    decided(order, short(order, {1: 1}), "cancel")

    assert (order.status, money_of(order)) == ("cancelled", 0)


def test_where_nothing_is_asked_nothing_is_chosen(
    both_levels: House, subtests: pytest.Subtests
) -> None:
    order = bought(both_levels, (0, 1))
    before = everything()
    for choice in ["drop", "ship", "cancel", "other_store", "", "x"]:
        with subtests.test(choice=choice):
            with pytest.raises(NotAChoice):
                choose(
                    order, promise(order), choice, address=ADDRESS, location_code="M02"
                )
            assert everything() == before


def test_chosen_twice_is_chosen_once(both_levels: House) -> None:
    order = bought(both_levels, (0, 1))
    asked = refused(order)
    decided(order, asked, "cancel")
    before = everything()

    with pytest.raises(NotAChoice):
        choose(order, asked, "cancel")
    assert everything() == before
