"""The account: what this channel knows of its customer at this level."""

import pytest

from retail import channels
from retail.loyalty import points
from tests.levels import SIDES
from tests.webshop.visiting import asked, customer_of, order, signed_in, text_of

pytestmark = pytest.mark.django_db(databases=SIDES)


def test_a_stranger_is_asked_to_sign_in(both_levels, shop):
    answer = shop.get("/shop/account/")
    assert answer["Location"] == "/shop/account/login/?next=%2Fshop%2Faccount%2F"


def test_orders_card_and_points_are_shown(both_levels, shop):
    account = signed_in(shop)
    made = order(shop, both_levels)
    alice = customer_of(account)
    with channels.atomic():
        points.earn(alice, points=60, reference="opening")
    page = text_of(shop.get("/shop/account/"))

    assert made.number in page
    assert alice.card in page
    assert "<b>60 points</b>, worth €2.00" in page


def test_apart_the_page_says_why_the_store_is_not_in_it(apart, shop):
    signed_in(shop)
    page = text_of(shop.get("/shop/account/"))
    assert "Why does the store not know my account?" in page
    assert "Why is my store’s card not recognised here?" in page
    assert "Why can I not spend my store’s points here?" in page


def test_on_one_database_there_is_nothing_to_ask(shared_only, shop):
    signed_in(shop)
    page = text_of(shop.get("/shop/account/"))
    assert "Why " not in page
    assert "on the site and in the stores" in page


def test_stores_are_listed_with_their_hours(both_levels, shop):
    page = text_of(shop.get("/shop/stores/"))
    assert "Place M01" in page
    assert "Place W01" not in page
    assert "Order now, ready" in page


def test_at_multichannel_stores_take_no_order(multichannel, shop):
    page = text_of(shop.get("/shop/stores/"))
    assert "Orders from the site are not collected here." in page
    assert "Collect here" not in page


def test_a_store_that_is_none_is_not_chosen(both_levels, shop, subtests):
    for code in ["", "W01", "X", "x" * 99, "\x00"]:
        with subtests.test(code=code):
            answer = shop.post("/shop/stores/choose/", {"store": code}, follow=True)
            assert "Nothing can be collected there" in text_of(answer)


def test_after_choosing_one_goes_on_where_one_was(both_levels, shop):
    given = {"store": "M01", "next": "/shop/basket/"}
    assert shop.post("/shop/stores/choose/", given)["Location"] == "/shop/basket/"
    given["next"] = "//elsewhere.example/shop/"
    assert shop.post("/shop/stores/choose/", given)["Location"] == "/shop/"


def test_queries(apart, shop):
    signed_in(shop)
    order(shop, apart)
    assert asked(shop, "/shop/account/")["side"] <= 8
    assert asked(shop, "/shop/stores/") == {"default": 3, "side": 6}
