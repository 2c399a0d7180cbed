"""Two at once, with real threads that commit: never both, never neither."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from inventory.ids import new_id
from retail.channels import Channel, use_channel
from retail.loyalty import points
from retail.loyalty.points import NotEnoughPoints
from retail.orders.cancelling import cancel
from retail.orders.models import Order
from retail.orders.paying import NotPayable, pay
from retail.orders.placing import OutOfStock, place
from retail.payments.capturing import first_payment_id
from tests.builders import money_of
from tests.levels import SIDES
from tests.retail.orders.house import House, a_parcel, a_pickup, alice, free, placed

pytestmark = pytest.mark.django_db(databases=SIDES, transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Each in a thread of its own, begun together; a refusal is an answer too."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            with use_channel(Channel.WEBSHOP):
                start.wait(timeout=20)
                return act()
        except (OutOfStock, NotEnoughPoints, NotPayable) as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_the_last_unit_is_sold_once(both_levels: House) -> None:
    gtin = both_levels.gtins[0]
    placed(a_pickup((gtin, 2)))

    def buy() -> Order:
        return placed(a_pickup((gtin, 1)))

    answers = at_once(*[buy] * 4)

    assert sum(isinstance(a, Order) for a in answers) == 1
    assert sum(isinstance(a, OutOfStock) for a in answers) == 3
    assert Order.objects.count() == 2
    assert free("M01", gtin) == 0


def test_orders_of_many_lines_in_any_order_do_not_wait_in_a_circle(
    both_levels: House,
) -> None:
    lines = [(gtin, 1) for gtin in both_levels.gtins]

    def buy(lines: list[tuple[str, int]]) -> Order:
        return placed(a_parcel(*lines))

    answers = at_once(
        *[lambda n=n: buy(lines[:: 1 if n % 2 else -1]) for n in range(6)]
    )

    assert all(isinstance(a, Order) for a in answers)
    assert [free("W01", gtin) for gtin in both_levels.gtins] == [4, 4, 4]
    assert len({a.number for a in answers}) == 6


def test_points_are_spent_once(both_levels: House) -> None:
    customer = alice(with_points=100)

    def buy() -> Order:
        wish = a_parcel((both_levels.gtins[1], 1), redeem_points=90)
        return placed(wish, customer=customer)

    answers = at_once(buy, buy, buy)

    assert sum(isinstance(a, Order) for a in answers) == 1
    assert points.balance(customer).total == 10
    # the goods of those who were refused are free again
    assert free("W01", both_levels.gtins[1]) == 9


def test_the_same_id_twice_at_once_is_one_order(both_levels: House) -> None:
    id, wish = new_id(), a_parcel((both_levels.gtins[0], 1))

    def buy() -> tuple[Order, bool]:
        return place(id=id, maker="session:abc", asked=wish)

    answers = at_once(*[buy] * 4)

    assert sorted(created for _, created in answers) == [False, False, False, True]
    assert {order.id for order, _ in answers} == {id}
    assert free("W01", both_levels.gtins[0]) == 9


def test_the_last_unit_under_one_id_twice_at_once_is_one_order(
    both_levels: House,
) -> None:
    id, wish = new_id(), a_pickup((both_levels.gtins[0], 3))

    def buy() -> tuple[Order, bool]:
        return place(id=id, maker="session:abc", asked=wish)

    answers = at_once(buy, buy)

    assert sorted(created for _, created in answers) == [False, True]


def test_the_same_payment_twice_at_once_is_taken_once(both_levels: House) -> None:
    order = placed(a_parcel((both_levels.gtins[0], 1)))
    id = first_payment_id(order.id)

    def give() -> object:
        return pay(order, payment_id=id, token="approve")

    answers = at_once(give, give)

    assert {a.status for a in answers} == {"authorised"}
    assert money_of(order) == order.total


def test_different_payments_at_once_take_the_money_once(both_levels: House) -> None:
    order = placed(a_parcel((both_levels.gtins[0], 1)))

    def give() -> object:
        return pay(order, payment_id=new_id(), token="approve")

    at_once(give, give, give)

    order.refresh_from_db()
    assert order.status == "placed"
    assert money_of(order) == order.total


def test_paid_and_cancelled_at_once_keeps_no_money_of_a_cancelled_order(
    both_levels: House,
) -> None:
    order = placed(a_pickup((both_levels.gtins[0], 1), payment_method="online"))

    at_once(
        lambda: pay(order, payment_id=new_id(), token="approve"),
        lambda: cancel(Order.objects.get(id=order.id), by="customer:1"),
    )

    order.refresh_from_db()
    kept = {"cancelled": 0, "placed": order.total}
    assert money_of(order) == kept[order.status]
