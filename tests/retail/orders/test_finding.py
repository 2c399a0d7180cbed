"""Who may see an order."""

import pytest

from inventory.ids import new_id
from retail.orders.finding import NoSuchOrder, history, order_for, orders_of
from tests.levels import SIDES
from tests.retail.orders.house import a_parcel, alice, placed

pytestmark = pytest.mark.django_db(databases=SIDES)


def test_its_maker_and_its_customer_see_an_order(both_levels):
    customer = alice()
    order = placed(a_parcel((both_levels.gtins[0], 1)), customer=customer)
    guests = placed(a_parcel((both_levels.gtins[0], 1)))

    assert order_for(order.id, customer=customer) == order
    assert order_for(order.number.lower(), customer=customer) == order
    assert order_for(order.id, maker=order.maker) == order
    assert order_for(guests.id, maker="session:abc") == guests


def test_nobody_else_learns_that_it_exists(both_levels):
    alices = placed(a_parcel((both_levels.gtins[0], 1)), customer=alice())
    guests = placed(a_parcel((both_levels.gtins[0], 1)))
    charlie = alice()

    for wanted in (alices.id, alices.number, guests.id, new_id(), "W-999999", ""):
        with pytest.raises(NoSuchOrder):
            order_for(wanted, customer=charlie)
        with pytest.raises(NoSuchOrder):
            order_for(wanted, maker="session:charlie")
        with pytest.raises(NoSuchOrder):
            order_for(wanted)


def test_a_history_is_the_customers_own_newest_first(both_levels):
    customer = alice()
    first = placed(a_parcel((both_levels.gtins[0], 1)), customer=customer)
    second = placed(a_parcel((both_levels.gtins[0], 1)), customer=customer)
    placed(a_parcel((both_levels.gtins[0], 1)))

    assert history(customer) == [second, first]
    assert [p.number for p in orders_of([customer.id])] == [
        second.number,
        first.number,
    ]
