"""A part is with the customer: it stays paid, whatever becomes of the rest."""

from __future__ import annotations

from decimal import Decimal

import pytest

from retail.fulfilment import pickup
from retail.loyalty import points
from retail.orders.cancelling import NotCancellable, cancel
from tests.builders import a_ready_pickup, bag, bob, money_of, paid_at_counter
from tests.levels import SIDES
from tests.retail.orders.house import House, alice, everything
from tests.retail.orders.test_choosing import bought, promise
from tests.retail.orders.test_substituting import wrong

pytestmark = pytest.mark.django_db(databases=SIDES)


def partly(house: House, *, customer=None):
    """Of two jars and an oil, one jar has left the store."""
    order = bought(house, (0, 2), (1, 1), customer=customer)
    bob(pickup.accept, order)
    bob(pickup.start_picking, order)
    bob(pickup.pick, order, bag(order))
    bob(pickup.stage, order, shelf="A4")
    bob(pickup.ready, order)
    bob(pickup.hand_over, order, name_checked=True, lines={1: 1})
    order.refresh_from_db()
    return order


def test_the_part_is_known(both_levels: House) -> None:
    order = partly(both_levels)
    asked = promise(order)

    assert (order.status, asked.status) == ("placed", "partly_collected")
    assert sorted(line.fulfilled for line in asked.lines.all()) == [0, 1]
    assert money_of(order) == order.total


def test_the_rest_follows(both_levels: House) -> None:
    order = partly(both_levels)
    bob(pickup.hand_over, order, name_checked=True)
    order.refresh_from_db()

    assert order.status == "completed"
    assert money_of(order) == order.total
    assert wrong() == []


def test_nobody_comes_for_the_rest_and_its_money_comes_back(
    both_levels: House,
) -> None:
    customer = alice()
    order = partly(both_levels, customer=customer)
    bob(pickup.expire, order)
    assert promise(order).status == "expired"
    bob(pickup.restock, order)
    order.refresh_from_db()

    assert (order.status, promise(order).status) == ("completed", "collected")
    assert money_of(order) == Decimal("3.40")
    assert [line.dropped for line in order.lines.order_by("position")] == [1, 1]
    assert points.balance(customer).total == 3
    assert wrong() == []


def test_a_part_that_left_is_not_cancelled(both_levels: House) -> None:
    order = partly(both_levels)
    before = everything()
    with pytest.raises(NotCancellable):
        cancel(order, by="customer:1")
    assert everything() == before


def test_nobody_comes_at_all(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    bob(pickup.expire, order)
    bob(pickup.restock, order)
    order.refresh_from_db()

    assert (order.status, promise(order).status) == ("cancelled", "restocked")


def test_paid_at_the_counter_the_rest_comes_back(both_levels: House) -> None:
    order = a_ready_pickup(both_levels, (0, 2))
    paid_at_counter(order)
    bob(pickup.hand_over, order, name_checked=True, lines={1: 1})
    bob(pickup.expire, order)
    bob(pickup.restock, order)
    order.refresh_from_db()

    assert (order.status, money_of(order)) == ("completed", Decimal("3.40"))
