"""Placing an order: once per id, all of it or nothing."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from inventory.ids import new_id
from inventory.models import Reservation
from retail import channels
from retail.fulfilment.models import Fulfilment, PickupJob, ShipJob
from retail.fulfilment.sourcing import KIND
from retail.loyalty import points
from retail.messages.models import OutboxMessage
from retail.orders.models import Order
from retail.orders.placing import (
    BadQuantity,
    FeatureOff,
    IdReused,
    Invalid,
    NotEnoughPoints,
    NotOffered,
    NotYours,
    OutOfStock,
    UnknownProduct,
    place,
)
from tests.retail.orders.house import (
    NOON,
    SIDES,
    a_parcel,
    a_pickup,
    alice,
    everything,
    free,
    placed,
)

pytestmark = pytest.mark.django_db(databases=SIDES)
ALL = pytest.mark.parametrize(
    "house", ["multichannel", "cross-channel", "omnichannel"], indirect=True
)
PICKUP = pytest.mark.parametrize(
    "house", ["cross-channel", "omnichannel"], indirect=True
)


@ALL
def test_a_parcel_awaits_its_money_and_holds_its_goods(house):
    order = placed(a_parcel((house.gtins[0], 2), (house.gtins[1], 1)), at=NOON)

    assert order.number.startswith("W-")
    assert len(order.number) == 8
    assert order.status == "awaiting_payment"
    assert (order.goods, order.shipping) == (Decimal("18.80"), Decimal("4.90"))
    assert order.total == Decimal("23.70")
    held = Reservation.objects.filter(kind=KIND)
    assert sum(h.quantity for h in held) == 3
    assert {(h.expires_at - NOON).total_seconds() for h in held} == {900}
    assert [p.status for p in order.payments.all()] == ["pending"]
    assert not ShipJob.objects.exists()


@PICKUP
def test_a_pickup_paid_in_the_store_is_placed_and_asked_for_at_once(house):
    order = placed(a_pickup((house.gtins[0], 2)))

    assert order.status == "placed"
    assert order.shipping == 0
    promise = Fulfilment.objects.get(order=order)
    assert promise.due == order.total == Decimal("6.80")
    assert promise.ready_by is not None
    assert free("M01", house.gtins[0]) == 1
    if house.level == "omnichannel":
        assert PickupJob.objects.get().id == promise.id
        assert promise.status == "placed"
    else:
        assert OutboxMessage.objects.get().kind == "pickup.requested"
        assert promise.status == "requested"


def test_above_49_euros_shipping_is_free(house):
    assert placed(a_parcel((house.gtins[2], 2))).shipping == 0


def test_two_lines_of_one_product_are_one(house):
    order = placed(a_parcel((house.gtins[0], 2), (house.gtins[0], 1)))

    assert [line.quantity for line in order.lines.all()] == [3]


@ALL
def test_the_same_id_again_is_the_same_order(house):
    id, wish = new_id(), a_parcel((house.gtins[0], 1))
    first, created = place(id=id, maker="session:abc", asked=wish)
    before = everything()
    again, created_again = place(id=id, maker="session:abc", asked=wish)

    assert (created, created_again) == (True, False)
    assert again == first
    assert everything() == before


def test_the_same_id_answers_even_when_the_product_has_gone(house):
    id, wish = new_id(), a_parcel((house.gtins[0], 1))
    first, _ = place(id=id, maker="session:abc", asked=wish)
    first.lines.get().variant.listing_set.update(active=False)

    assert place(id=id, maker="session:abc", asked=wish) == (first, False)


def test_the_same_id_with_another_wish_is_refused(house):
    id = new_id()
    place(id=id, maker="session:abc", asked=a_parcel((house.gtins[0], 1)))
    before = everything()

    with pytest.raises(IdReused):
        place(id=id, maker="session:abc", asked=a_parcel((house.gtins[0], 2)))
    assert everything() == before


def test_an_id_of_somebody_else_says_nothing_of_it(house):
    id, wish = new_id(), a_parcel((house.gtins[0], 1))
    place(id=id, maker="session:abc", asked=wish)
    before = everything()

    with pytest.raises(NotYours):
        place(id=id, maker="session:charlie", asked=wish)
    assert everything() == before


@ALL
def test_a_strange_quantity_is_refused(house, subtests):
    before = everything()
    for quantity in [-1, 0, 10**9, 1.5, float("nan"), True, None, "1", "1e3", [1]]:
        with subtests.test(quantity=quantity):
            with pytest.raises(BadQuantity):
                placed(a_parcel((house.gtins[0], quantity)))
            assert everything() == before


def test_an_unknown_barcode_is_refused(house, subtests):
    before = everything()
    for gtin in ["3046920022651", "3046920022652", "x", "", None, 7]:
        with subtests.test(gtin=gtin):
            with pytest.raises(UnknownProduct):
                placed(a_parcel((house.gtins[0], 1), (gtin, 1)))
            assert everything() == before


def test_what_the_webshop_does_not_list_is_unknown(house):
    order = placed(a_parcel((house.gtins[0], 1)))
    order.lines.get().variant.listing_set.filter(origin="webshop").update(active=False)

    with pytest.raises(UnknownProduct) as refusal:
        placed(a_parcel((house.gtins[0], 1)))
    assert refusal.value.gtins == [house.gtins[0]]


@ALL
def test_too_many_units_are_refused_with_what_there_is(house):
    before = everything()

    with pytest.raises(OutOfStock) as refusal:
        placed(a_parcel((house.gtins[0], 1), (house.gtins[1], 11)))
    short = refusal.value.lines[0]
    assert (short.variant_id, short.wanted, short.free) == (
        house.variants[house.gtins[1]],
        11,
        10,
    )
    assert everything() == before


@PICKUP
def test_the_store_promises_no_more_than_it_has(house):
    placed(a_pickup((house.gtins[0], 2)))
    before = everything()

    with pytest.raises(OutOfStock):
        placed(a_pickup((house.gtins[0], 2)))
    assert everything() == before


@pytest.mark.parametrize("house", ["multichannel"], indirect=True)
def test_nothing_is_collected_where_the_channels_are_apart(house):
    before = everything()

    with pytest.raises(FeatureOff):
        placed(a_pickup((house.gtins[0], 1)))
    assert everything() == before


@pytest.mark.parametrize("code", ["W01", "X99"])
@PICKUP
def test_only_stores_are_collected_in(house, code):
    before = everything()

    with pytest.raises(NotOffered):
        placed(a_pickup((house.gtins[0], 1), location_code=code))
    assert everything() == before


def test_what_is_missing_or_wrong_is_named(house, subtests):
    before = everything()
    for changes, field in [
        ({"email": ""}, "email"),
        ({"email": "alice"}, "email"),
        ({"first_name": " "}, "first_name"),
        ({"first_name": "A" * 81}, "first_name"),
        ({"first_name": "A\x00"}, "first_name"),
        ({"phone": 612345678}, "phone"),
        ({"method": "drone"}, "method"),
        ({"method": "collect"}, "location"),
        ({"payment_method": "at_store"}, "payment_method"),
        ({"payment_method": "gold"}, "payment_method"),
        ({"address": {}}, "address.line1"),
        ({"address": None}, "address"),
        (
            {"address": {"name": "A", "line1": "B", "city": "C", "postcode": "97100"}},
            "address.postcode",
        ),
        (
            {
                "address": {
                    "name": "A",
                    "line1": "B",
                    "city": "C",
                    "postcode": "69001",
                    "country": "BE",
                }
            },
            "address.country",
        ),
        ({"lines": []}, "lines"),
        ({"language": "de"}, "language"),
        ({"redeem_points": 30}, "redeem_points"),
    ]:
        with subtests.test(changes=changes, field=field):
            with pytest.raises(Invalid) as refusal:
                placed(replace(a_parcel((house.gtins[0], 1)), **changes))
            assert field in refusal.value.errors
            assert everything() == before


@ALL
def test_points_pay_for_goods(house):
    customer = alice(with_points=100)
    order = placed(a_parcel((house.gtins[0], 1), redeem_points=90), customer=customer)

    assert order.points_value == Decimal("3.00")
    assert order.total == Decimal("5.30")
    assert points.balance(customer).total == 10


@pytest.mark.parametrize("spent", [-30, 15, 1.0, True, "30", 120])
def test_points_are_spent_thirty_at_a_time_and_on_goods_only(house, spent):
    customer = alice(with_points=1000)
    before = everything()

    with pytest.raises(Invalid) as refusal:
        placed(a_parcel((house.gtins[0], 1), redeem_points=spent), customer=customer)
    assert "redeem_points" in refusal.value.errors
    assert everything() == before


@ALL
def test_points_that_are_not_there_buy_nothing(house):
    customer = alice(with_points=59)
    before = everything()

    with pytest.raises(NotEnoughPoints):
        placed(a_parcel((house.gtins[0], 1), redeem_points=60), customer=customer)
    assert everything() == before


def test_goods_that_points_pay_wholly_are_placed_without_a_payment(house):
    customer = alice(with_points=750)
    order = placed(
        a_pickup((house.gtins[2], 1), redeem_points=750, payment_method="online"),
        customer=customer,
    )

    assert (order.total, order.status) == (0, "placed")
    assert not order.payments.exists()


def test_the_webs_orders_are_placed_on_the_webs_side_only(house):
    from retail.orders.placing import WrongChannel

    with channels.use_channel(channels.Channel.POS), pytest.raises(WrongChannel):
        placed(a_parcel((house.gtins[0], 1)))


@pytest.mark.parametrize(
    ("house", "count"), [("cross-channel", 6), ("omnichannel", 5)], indirect=["house"]
)
def test_few_statements_place_a_pickup(house, count):
    alias = channels.current().database
    wish = a_pickup(*((gtin, 1) for gtin in house.gtins))

    with CaptureQueriesContext(connections[alias]) as asked:
        placed(wish)
    queries = [each["sql"] for each in asked.captured_queries]
    assert len(queries) == count, "\n".join(queries)


def test_a_signed_in_customer_needs_no_name_again(house):
    customer = alice()
    order = placed(
        a_parcel((house.gtins[0], 1), email="", first_name="", last_name=""),
        customer=customer,
    )

    assert (order.email, order.first_name) == ("alice@example.org", "Alice")
    assert Order.objects.get(customer=customer) == order
