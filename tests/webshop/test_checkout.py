"""The checkout: one page, one order, and nothing half done."""

from decimal import Decimal
from uuid import uuid4

import pytest

from inventory.ids import new_id
from inventory.models import Price
from retail import channels
from retail.channels.levels import Feature
from retail.channels.models import FeatureFlag
from retail.channels.snapshot import forget
from retail.loyalty import points
from retail.orders.models import Basket, Order
from tests.levels import SIDES
from tests.retail.orders.house import everything, free
from tests.webshop.visiting import (
    ANN,
    asked,
    customer_of,
    order,
    parcel,
    put,
    signed_in,
    text_of,
    wish,
)

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture
def basket(both_levels, shop):
    put(shop, both_levels.gtins[0], 2)
    return both_levels


def refused(client, given, *, status, words):
    """The page says so, and no business row has moved."""
    before = everything()
    answer = client.post("/shop/checkout/", given)
    assert answer.status_code == status
    assert words in text_of(answer)
    assert everything() == before
    return answer


def test_ann_collects_and_pays_in_the_store(both_levels, shop):
    made = order(shop, both_levels)

    assert made.status == "placed"
    assert made.total == Decimal("3.40")
    assert made.fulfilments.get().due == Decimal("3.40")
    assert made.email == "ann@example.org"
    assert free("M01", both_levels.gtins[0]) == 2
    assert not Basket.objects.filter(closed_at=None).exists()


def test_ann_has_it_sent_and_pays_by_card(both_levels, shop):
    made = order(shop, both_levels, **parcel())

    assert made.status == "placed"
    assert made.shipping == Decimal("4.90")
    assert made.payments.get().reserved == Decimal("8.30")
    assert made.fulfilments.get().address["name"] == "Ann"


def test_a_declined_card_leaves_an_order_to_pay(both_levels, shop):
    made = order(shop, both_levels, **parcel(payment="decline"))

    assert made.status == "payment_failed"
    assert free("W01", both_levels.gtins[0]) == 10


def test_delivery_works_where_stores_do_not_take_part(multichannel, shop):
    assert order(shop, multichannel, **parcel()).status == "placed"


def test_two_tabs_make_one_order_of_one_basket(basket, shop, monkeypatch):
    """The second tab had read the basket before the first tab's order closed it."""
    first, second = wish(shop), wish(shop)
    held = Basket.objects.get(closed_at=None)
    shop.post("/shop/checkout/", first)
    made = Order.objects.get()
    monkeypatch.setattr("webshop.who.baskets.open_basket", lambda **_: held)
    before = everything()
    answer = shop.post("/shop/checkout/", second)

    assert answer["Location"] == f"/shop/orders/{made.id}/"
    assert everything() == before


def test_sent_twice_it_is_one_order(basket, shop):
    given = wish(shop)
    first = shop.post("/shop/checkout/", given)
    again = shop.post("/shop/checkout/", given)

    assert first["Location"] == again["Location"]
    assert Order.objects.count() == 1
    assert free("M01", basket.gtins[0]) == 1


def test_points_are_spent_by_who_is_signed_in(both_levels, shop):
    account = signed_in(shop)
    put(shop, both_levels.gtins[1])
    alice = customer_of(account)
    with channels.atomic():
        points.earn(alice, points=90, reference="opening")
    made = order(shop, both_levels, redeem_points="90")

    assert made.customer == alice
    assert (made.points_redeemed, made.total) == (90, Decimal("12.40"))
    assert points.balance(alice).total == 0


def test_a_number_of_points_that_is_none_orders_nothing(both_levels, shop, subtests):
    account = signed_in(shop)
    put(shop, both_levels.gtins[0])
    with channels.atomic():
        points.earn(customer_of(account), points=90, reference="opening")
    for number in ["-30", "31", "1.5", "NaN", "300000000000", "x"]:
        with subtests.test(number=number):
            given = wish(shop, redeem_points=number)
            refused(shop, given, status=422, words="to correct")


def test_more_points_than_there_are_order_nothing(both_levels, shop):
    account = signed_in(shop)
    put(shop, both_levels.gtins[1])
    with channels.atomic():
        points.earn(customer_of(account), points=30, reference="opening")
    refused(
        shop, wish(shop, redeem_points="60"), status=409, words="You have 30 points."
    )


MISSING = [
    ({"email": ""}, "E-mail address"),
    ({"email": "ann"}, "Write an address such as"),
    ({"first_name": ""}, "First name"),
    ({"method": ""}, "Choose delivery or collection."),
    ({"method": "drone"}, "to correct"),
    ({"payment": ""}, "Choose how to pay."),
    ({"payment": "gold"}, "to correct"),
    ({"store": ""}, "Choose a store."),
    ({"method": "ship", "payment": "approve"}, "Street and number"),
    (parcel(postcode="97400"), "no postcode of metropolitan France"),
    (parcel(postcode="1"), "no postcode of metropolitan France"),
    (parcel(payment="at_store"), "can be paid in the store"),
    ({"first_name": "A\x00"}, "to correct"),
    ({"order": "x"}, "to correct"),
    ({"order": str(uuid4())}, "This page was incomplete."),
    ({"seen": "0" * 32}, "Your basket or a price has changed"),
]


def test_what_is_missing_is_said_and_nothing_ordered(basket, shop, subtests):
    for changes, words in MISSING:
        with subtests.test(changes=changes, words=words):
            refused(shop, wish(shop, **changes), status=422, words=words)


def test_a_price_that_changed_is_shown_before_it_is_charged(basket, shop):
    given = wish(shop)
    Price.objects.filter(origin="webshop").update(amount=Decimal("99.00"))
    answer = refused(shop, given, status=422, words="a price has changed")
    assert "€198.00" in text_of(answer)


def test_what_is_out_of_stock_is_named(both_levels, shop):
    put(shop, both_levels.gtins[0], 4)
    name = f"Article {both_levels.gtins[0]}: only 3 left there."
    refused(shop, wish(shop), status=409, words=name)


def test_a_store_that_is_none_orders_nothing(basket, shop):
    refused(shop, wish(shop, store="W01"), status=409, words="Choose another store")
    refused(shop, wish(shop, store="X\x00"), status=422, words="to correct")


def test_collecting_that_was_turned_off_meanwhile_orders_nothing(apart, shop):
    put(shop, apart.gtins[0])
    given = wish(shop)
    FeatureFlag.objects.filter(name=Feature.WEB_TO_STORE).update(on=False)
    forget()
    refused(shop, given, status=409, words="Nothing can be collected there now.")


def test_somebody_else_s_id_is_nothing_to_ann(both_levels, shop, stranger):
    theirs = order(stranger, both_levels)
    put(shop, both_levels.gtins[0])
    given = wish(shop, order=str(theirs.id))
    before = everything()
    assert shop.post("/shop/checkout/", given).status_code == 404
    assert everything() == before


def test_an_empty_basket_leads_back(both_levels, shop):
    assert shop.get("/shop/checkout/")["Location"] == "/shop/basket/"
    answer = shop.post("/shop/checkout/", {"order": str(new_id()), **ANN})
    assert answer["Location"] == "/shop/basket/"
    assert not Order.objects.exists()


def test_queries_apart(apart, shop):
    put(shop, apart.gtins[0])
    assert asked(shop, "/shop/checkout/") == {"default": 2, "side": 6}
    signed_in(shop)
    put(shop, apart.gtins[0])
    assert asked(shop, "/shop/checkout/") == {"default": 3, "side": 9}


def test_queries_on_one_database(shared_only, shop):
    signed_in(shop)
    put(shop, shared_only.gtins[0])
    assert asked(shop, "/shop/checkout/") == {"default": 3, "side": 10}
