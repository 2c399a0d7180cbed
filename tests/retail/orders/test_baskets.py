"""Baskets: one per person or visitor, strict about numbers, poor in promises."""

from decimal import Decimal

import pytest

from retail.channels import atomic
from retail.orders.baskets import (
    BadQuantity,
    BasketClosed,
    UnknownProduct,
    basket_for,
    close,
    contents,
    merge,
    open_basket,
    put,
    remove,
    set_quantity,
)
from retail.orders.models import Basket, BasketLine
from tests.levels import SIDES
from tests.retail.orders.house import a_parcel, alice, everything, placed

pytestmark = pytest.mark.django_db(databases=SIDES)


def test_looking_begins_no_basket(house):
    assert open_basket(session="abc") is None
    assert contents(None).totals.total == 0
    assert not Basket.objects.exists()


def test_a_visitor_has_one_basket(house):
    with atomic():
        one = basket_for(session="abc")
        assert basket_for(session="abc") == one
        assert basket_for(session="other") != one
        assert open_basket(session="abc") == one


def test_a_basket_belongs_to_somebody(house):
    with pytest.raises(ValueError, match="visitor"):
        basket_for()


def test_units_add_up(house):
    with atomic():
        basket = basket_for(session="abc")
        put(basket, house.gtins[0], 2)
        put(basket, house.gtins[0], 1)
        put(basket, house.gtins[1], 1)
    found = contents(basket)

    assert [(line.gtin, line.quantity) for line in found.lines].count(
        (house.gtins[0], 3)
    ) == 1
    assert found.totals.total == Decimal("22.20")
    assert found.count == 4


def test_setting_and_removing(house):
    with atomic():
        basket = basket_for(session="abc")
        put(basket, house.gtins[0], 2)
        set_quantity(basket, house.gtins[0], 7)
        put(basket, house.gtins[1], 1)
        remove(basket, house.gtins[1])
        remove(basket, house.gtins[1])

    assert [line.quantity for line in contents(basket).lines] == [7]


@pytest.mark.parametrize("quantity", [-1, 0, 10**9, 1.5, float("nan"), True, None, "2"])
@pytest.mark.parametrize("verb", [put, set_quantity])
def test_strange_quantities_are_refused(house, verb, quantity):
    with atomic():
        basket = basket_for(session="abc")
        put(basket, house.gtins[0], 9999)
    before = everything()

    with atomic(), pytest.raises(BadQuantity):
        verb(basket, house.gtins[0], quantity)
    with atomic(), pytest.raises(BadQuantity):
        put(basket, house.gtins[0], 1)
    assert everything() == before


def test_unknown_products_are_refused(house, subtests):
    with atomic():
        basket = basket_for(session="abc")
    before = everything()
    for gtin in ["3046920022651", "3046920022652", "", None]:
        with subtests.test(gtin=gtin):
            with atomic(), pytest.raises(UnknownProduct):
                put(basket, gtin, 1)
            assert everything() == before


def test_what_is_not_sold_any_more_is_named_and_costs_nothing(house):
    with atomic():
        basket = basket_for(session="abc")
        line = put(basket, house.gtins[0], 1)
        put(basket, house.gtins[1], 1)
    line.variant.listing_set.filter(origin="webshop").update(active=False)
    found = contents(basket)

    assert found.gone == (house.gtins[0],)
    assert found.totals.total == Decimal("12.00")


def test_at_sign_in_two_baskets_become_one(house):
    customer = alice()
    with atomic():
        visitor = basket_for(session="abc")
        put(visitor, house.gtins[0], 2)
        put(visitor, house.gtins[1], 9000)
        own = basket_for(customer=customer)
        put(own, house.gtins[1], 2000)
        joined = merge(visitor, customer)
        merge(visitor, customer)

    assert joined == own
    units = dict(
        BasketLine.objects.filter(basket=own).values_list("variant__gtin", "quantity")
    )
    assert units == {house.gtins[0]: 2, house.gtins[1]: 9999}
    assert open_basket(session="abc") is None


def test_an_ordered_basket_is_closed_and_a_new_one_begun(house):
    with atomic():
        basket = basket_for(session="abc")
        put(basket, house.gtins[0], 1)
        order = placed(a_parcel((house.gtins[0], 1)))
        assert close(basket, order=order)
        assert not close(basket, order=order)
        assert basket_for(session="abc") != basket
    with atomic(), pytest.raises(BasketClosed):
        put(basket, house.gtins[0], 1)
