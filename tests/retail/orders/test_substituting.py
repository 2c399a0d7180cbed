"""Goods instead of missing ones: what they cost, and the order's money after them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from inventory.models import Price, Variant
from retail import books, channels
from retail.fulfilment import pickup
from retail.fulfilment.offers import Instead
from retail.loyalty import points
from retail.messages.relay import relay_once
from retail.orders.choosing import NotAChoice, choices, choose
from retail.orders.models import Order
from retail.orders.substituting import NotOnOffer, offered
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
from tests.retail.orders.house import House, alice, everything
from tests.retail.orders.test_choosing import bought, decided, promise

pytestmark = pytest.mark.django_db(databases=SIDES)

JAR, OIL, WINE = 0, 1, 2  # 3.40, 12.00 and 25.00 euros


def short_with_offer(
    house: House, order: Order, *, missing: int = 1, instead: int = JAR, units: int = 1
) -> Any:
    """All units of the order's first line but `missing` are there; the store offers."""
    bob(pickup.accept, order)
    bob(pickup.start_picking, order)
    offer = Instead(1, house.variants[house.gtins[instead]], units)
    bob(pickup.short, order, {1: missing}, reason="missing", offers=[offer])
    return promise(order)


def collected(order: Order) -> None:
    bob(pickup.pick, order, bag(order))
    bob(pickup.stage, order, shelf="A4")
    bob(pickup.ready, order)
    if promise(order).due:
        paid_at_counter(order)
    bob(pickup.hand_over, order, name_checked=True)
    order.refresh_from_db()


def wrong() -> list[str]:
    """The invariants of orders and money that do not hold."""
    checks = {"I10", "I12", "I14", "I15", "I16", "I17"}
    found = books.check(channels.open_databases())
    return [each.id for each in found if each.id in checks and not each.holds]


def test_the_substitute_is_the_first_choice(both_levels: House) -> None:
    order = bought(both_levels, (OIL, 1))
    asked = short_with_offer(both_levels, order)

    assert choices(order, asked) == ["substitute", "other_store", "ship", "cancel"]
    [offer] = offered(asked)
    assert (offer.position, offer.quantity, offer.unit_price) == (1, 1, Decimal("3.40"))


def test_taken_the_difference_comes_back(both_levels: House) -> None:
    customer = alice()
    order = bought(both_levels, (OIL, 2), customer=customer)
    asked = short_with_offer(both_levels, order)
    decided(order, asked, "substitute")

    old, new = order.lines.order_by("position")
    assert (old.dropped, new.replaces, new.unit_price) == (1, 1, Decimal("3.40"))
    assert asked.status == "picking"
    # the order's own total stays what was bought
    assert (order.total, money_of(order)) == (Decimal(24), Decimal("15.40"))
    collected(order)
    assert order.status == "completed"
    assert sorted(line.fulfilled for line in asked.lines.all()) == [1, 1]
    assert points.balance(customer).total == 15
    assert stock_of(both_levels, "M01", OIL) == (1, 0)
    assert stock_of(both_levels, "M01", JAR) == (2, 0)
    assert wrong() == []


def test_it_never_costs_more_than_what_it_replaces(both_levels: House) -> None:
    order = bought(both_levels, (OIL, 1), (JAR, 1))
    asked = short_with_offer(both_levels, order, instead=WINE)
    assert offered(asked)[0].unit_price == Decimal(12)
    decided(order, asked, "substitute")

    assert money_of(order) == order.total


def test_what_the_webshop_does_not_sell_costs_what_it_replaces(
    both_levels: House,
) -> None:
    Price.objects.filter(
        listing__variant__gtin=both_levels.gtins[JAR], origin="webshop"
    ).delete()
    order = bought(both_levels, (OIL, 1))
    asked = short_with_offer(both_levels, order)

    assert offered(asked)[0].unit_price == Decimal(12)


def test_there_is_less_to_pay_at_the_counter(both_levels: House) -> None:
    order = a_pickup_order(both_levels, (OIL, 1))
    asked = short_with_offer(both_levels, order)
    decided(order, asked, "substitute")

    assert asked.due == Decimal("3.40")
    collected(order)
    assert (order.status, money_of(order)) == ("completed", Decimal("3.40"))
    assert wrong() == []


def test_the_price_is_the_one_that_was_read(apart: House) -> None:
    order = bought(apart, (OIL, 1))
    asked = short_with_offer(apart, order)
    choose(order, asked, "substitute")
    Price.objects.filter(origin="webshop").update(amount=Decimal(1))
    carry()

    assert order.lines.get(replaces=1).unit_price == Decimal("3.40")


def test_of_two_offers_one_is_taken(both_levels: House) -> None:
    order = bought(both_levels, (OIL, 1), (WINE, 1))
    bob(pickup.accept, order)
    bob(pickup.start_picking, order)
    jar = both_levels.variants[both_levels.gtins[JAR]]
    bob(
        pickup.short,
        order,
        {1: 1, 2: 1},
        reason="missing",
        offers=[Instead(1, jar, 1)],
    )
    asked = promise(order)
    with pytest.raises(NotOnOffer):
        choose(order, asked, "substitute", take=[2])
    decided(order, asked, "substitute", take=[1])

    assert [line.dropped for line in order.lines.order_by("position")] == [1, 1, 0]
    assert money_of(order) == Decimal("3.40")


def test_without_the_substitute_all_is_as_before(both_levels: House) -> None:
    order = bought(both_levels, (OIL, 2))
    asked = short_with_offer(both_levels, order)
    decided(order, asked, "drop")

    assert asked.offers == []
    assert order.lines.count() == 1
    assert money_of(order) == Decimal(12)
    assert stock_of(both_levels, "M01", JAR) == (3, 0)


def test_a_substitute_that_is_gone_leaves_the_other_choices(apart: House) -> None:
    order = bought(apart, (OIL, 2))
    asked = short_with_offer(apart, order)
    choose(order, asked, "substitute")
    bob_changes_his_mind(apart, order)
    carry()

    asked.refresh_from_db()
    order.refresh_from_db()
    assert (asked.status, asked.requested, asked.offers) == ("customer_choice", "", [])
    assert choices(order, asked) == ["drop", "other_store", "ship", "cancel"]
    assert order.lines.count() == 1
    assert money_of(order) == order.total


def bob_changes_his_mind(house: House, order: Order) -> None:
    """Before the wish reaches the store, the offer is taken back there."""
    from retail.fulfilment import offers
    from tests.builders import in_store, job_of

    with in_store():
        offers.let_go(job_of(order))
    relay_once("webshop")


def test_twice_is_once(both_levels: House) -> None:
    order = bought(both_levels, (OIL, 2))
    asked = short_with_offer(both_levels, order)
    choose(order, asked, "substitute")
    before = everything()
    with pytest.raises(NotAChoice):
        choose(order, asked, "substitute")
    assert everything() == before
    carry()
    assert Variant.objects.filter(orderline__order=order).count() == 2
