"""Mixed baskets: one order, some of it sent and the rest collected."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from inventory.ids import new_id
from inventory.models import Reservation
from inventory.places import Channel
from retail import channels
from retail.fulfilment import pickup
from retail.fulfilment.models import Fulfilment, PickupSlot, ShipJob
from retail.loyalty import points
from retail.orders.asking import MIXED, Invalid, body_hash
from retail.orders.cancelling import cancel
from retail.orders.models import Order, OrderLine
from retail.orders.parts import sums_of
from retail.orders.paying import PaymentDeclined, pay
from retail.orders.placing import FeatureOff, OutOfStock, UnknownProduct
from retail.payments.capturing import first_payment_id
from tests.builders import (
    bag,
    bob,
    carry,
    job_of,
    money_of,
    shipped,
    stock_of,
    taken,
)
from tests.levels import SIDES
from tests.retail.orders.house import (
    ADDRESS,
    House,
    a_parcel,
    a_pickup,
    alice,
    everything,
    free,
    open_house,
    placed,
)

pytestmark = pytest.mark.django_db(databases=SIDES)


def a_mixed(house: House, **changes: Any) -> Any:
    """The first article is collected in M01, the second sent."""
    wish = a_pickup(
        (house.gtins[0], 2),
        (house.gtins[1], 1),
        method=MIXED,
        shipped=(house.gtins[1],),
        address=ADDRESS,
        payment_method="online",
    )
    return replace(wish, **changes)


def paid(order: Order) -> Order:
    pay(order, payment_id=first_payment_id(order.id), token="approve")
    order.refresh_from_db()
    carry()
    return order


def promises_of(order: Order) -> dict[str, Fulfilment]:
    found = Fulfilment.objects.filter(order=order).select_related("location", "order")
    return {each.method: each for each in found}


def test_one_order_two_promises(both_levels: House) -> None:
    order = placed(a_mixed(both_levels))

    assert order.status == "awaiting_payment"
    assert (order.goods, order.shipping) == (Decimal("18.80"), Decimal("4.90"))
    assert order.total == Decimal("23.70")
    assert order.payments.get().amount == order.total
    parts = promises_of(order)
    assert {m: p.location.code for m, p in parts.items()} == {
        "collect": "M01",
        "ship": "W01",
    }
    assert [line.quantity for line in parts["collect"].lines.all()] == [2]
    assert [line.quantity for line in parts["ship"].lines.all()] == [1]
    assert parts["ship"].address["city"] == "Lyon"
    assert (parts["collect"].due, parts["ship"].due) == (0, 0)
    assert parts["collect"].slot_start is not None
    assert parts["ship"].slot_start is None
    assert free("M01", both_levels.gtins[0]) == 1
    assert stock_of(both_levels, "W01", 1) == (10, 1)


def test_the_fee_is_for_what_is_sent_and_taxed_with_it(both_levels: House) -> None:
    """Sent goods of 50 euros cost nothing more, though the basket is the same."""
    sent = a_mixed(
        both_levels,
        lines=[(both_levels.gtins[0], 1), (both_levels.gtins[2], 2)],
        shipped=(both_levels.gtins[2],),
    )
    assert placed(sent).shipping == 0
    collected = replace(sent, shipped=(both_levels.gtins[0],))
    order = placed(collected)
    assert (order.shipping, order.total) == (Decimal("4.90"), Decimal("58.30"))


def test_shipping_is_taxed_as_what_is_sent() -> None:
    """Goods at 5.5 % are collected, goods at 20 % sent: all of the fee is at 20 %."""
    wish = a_parcel(("1", 1), ("2", 1), method=MIXED, shipped=("2",))
    lines = [line("1", "10.55", "0.055"), line("2", "12.00", "0.20")]
    assert sums_of(lines, wish).tax == Decimal("0.55") + Decimal("2.82")


def line(gtin: str, price: str, rate: str) -> Any:
    return OrderLine(
        gtin=gtin, quantity=1, unit_price=Decimal(price), tax_rate=Decimal(rate)
    )


def test_all_one_way_is_no_mixed_order(both_levels: House) -> None:
    every = tuple(both_levels.gtins[:2])
    assert set(promises_of(placed(a_mixed(both_levels, shipped=every)))) == {"ship"}
    assert set(promises_of(placed(a_mixed(both_levels, shipped=())))) == {"collect"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"payment_method": "at_store"}, "payment_method"),
        ({"address": {}}, "address.line1"),
        ({"location_code": ""}, "location"),
    ],
)
def test_it_needs_both_ways_words(
    both_levels: House, changes: dict[str, Any], field: str
) -> None:
    before = everything()
    with pytest.raises(Invalid) as refused:
        placed(a_mixed(both_levels, **changes))
    assert field in refused.value.errors
    assert everything() == before


def test_what_is_not_ordered_cannot_be_sent(both_levels: House) -> None:
    with pytest.raises(Invalid):
        placed(a_mixed(both_levels, shipped=(both_levels.gtins[2],)))
    with pytest.raises(UnknownProduct):
        placed(a_mixed(both_levels, shipped=("12",)))


def test_short_in_one_place_orders_nothing(both_levels: House) -> None:
    before = everything()
    lines = [(both_levels.gtins[0], 4), (both_levels.gtins[1], 1)]
    with pytest.raises(OutOfStock):
        placed(a_mixed(both_levels, lines=lines))
    assert everything() == before


def test_where_stores_do_not_take_part_it_is_refused(db: None) -> None:
    house = open_house("multichannel")
    with channels.use_channel(Channel.WEBSHOP), pytest.raises(FeatureOff):
        placed(a_mixed(house))


def test_paid_both_go_their_way_and_the_order_ends_once(both_levels: House) -> None:
    customer = alice()
    order = placed(a_mixed(both_levels), customer=customer)
    paid(order)
    assert order.status == "placed"
    assert ShipJob.objects.get(order_id=order.id).status == "placed"
    assert job_of(order).status == "placed"

    shipped(order)
    order.refresh_from_db()
    assert order.status == "part_fulfilled"
    assert points.balance(customer).total == 0
    for verb, given in (
        (pickup.accept, {}),
        (pickup.start_picking, {}),
        (pickup.pick, {"picked": bag(order)}),
    ):
        bob(verb, order, *given.values())
    bob(pickup.stage, order, shelf="A4")
    bob(pickup.ready, order)
    bob(pickup.hand_over, order, name_checked=True)
    order.refresh_from_db()

    assert order.status == "completed"
    assert points.balance(customer).total == 23
    taken()
    assert order.payments.get().captured == order.total
    assert order.payments.get().refunded == 0
    assert stock_of(both_levels, "W01", 1) == (9, 0)
    assert stock_of(both_levels, "M01", 0) == (1, 0)


def test_declined_both_are_free_again_and_a_second_try_takes_both(
    both_levels: House,
) -> None:
    order = placed(a_mixed(both_levels))
    with pytest.raises(PaymentDeclined):
        pay(order, payment_id=first_payment_id(order.id), token="decline")
    assert free("M01", both_levels.gtins[0]) == 3
    assert stock_of(both_levels, "W01", 1) == (10, 0)

    order.refresh_from_db()
    pay(order, payment_id=new_id(), token="approve")
    carry()
    order.refresh_from_db()
    assert order.status == "placed"
    assert free("M01", both_levels.gtins[0]) == 1
    assert stock_of(both_levels, "W01", 1) == (10, 1)


def test_gone_meanwhile_in_one_place_it_is_cancelled_as_a_whole(
    both_levels: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The money came, the store's last unit did not: nothing is kept of either."""
    order = placed(a_mixed(both_levels))
    with pytest.raises(PaymentDeclined):
        pay(order, payment_id=first_payment_id(order.id), token="decline")
    placed(a_pickup((both_levels.gtins[0], 3)))
    order.refresh_from_db()
    with pytest.raises(OutOfStock):
        pay(order, payment_id=new_id(), token="approve")
    order.refresh_from_db()
    assert order.status == "payment_failed"
    assert stock_of(both_levels, "W01", 1) == (10, 0)


def test_cancelled_before_it_is_paid_both_end(both_levels: House) -> None:
    order = placed(a_mixed(both_levels))
    assert cancel(order, by="customer") == "done"
    assert {p.status for p in promises_of(order).values()} == {"cancelled"}
    assert free("M01", both_levels.gtins[0]) == 3
    assert not Reservation.objects.filter(state="held").exists()
    assert [slot.taken for slot in PickupSlot.objects.all()] == [0]


def test_cancelled_after_it_all_money_comes_back(both_levels: House) -> None:
    order = paid(placed(a_mixed(both_levels)))
    cancel(order, by="customer")
    carry()
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert money_of(order) == 0
    assert stock_of(both_levels, "W01", 1) == (10, 0)
    assert stock_of(both_levels, "M01", 0) == (3, 0)


def test_a_wish_of_before_has_the_hash_of_before() -> None:
    assert body_hash(a_parcel(("3017620422003", 1))) == (
        "771bc56b46b106881e87ce3181a22672bb49c02d627629258754c842184b29f8"
    )
