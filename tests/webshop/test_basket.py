"""The basket: what may lie in it, and whose it is."""

import pytest

from inventory.models import Listing
from retail.orders.models import Basket, BasketLine
from tests.levels import SIDES
from tests.signing_in import sign_in_customer
from tests.webshop.visiting import asked, customer_of, put, signed_in, text_of

pytestmark = pytest.mark.django_db(databases=SIDES)
BAD = ["-1", "0", "1000000000", "1e9", "1.5", "NaN", "", " 1", "１", "1_0", "x\x00"]


def lines():
    return sorted(BasketLine.objects.values_list("variant__gtin", "quantity"))


def test_what_is_added_lies_in_the_basket(both_levels, shop):
    put(shop, both_levels.gtins[0], 2)
    put(shop, both_levels.gtins[0], 1)
    page = text_of(shop.get("/shop/basket/"))

    assert lines() == [(both_levels.gtins[0], 3)]
    assert "€10.20" in page
    assert '<span class="count">3' in page


def test_a_stranger_sees_an_empty_basket(both_levels, shop, stranger):
    put(shop, both_levels.gtins[0])
    assert "Your basket is empty." in text_of(stranger.get("/shop/basket/"))


def test_a_quantity_that_is_none_changes_nothing(both_levels, shop, subtests):
    put(shop, both_levels.gtins[0], 2)
    for quantity in BAD:
        with subtests.test(quantity=quantity):
            answer = put(shop, both_levels.gtins[0], quantity)
            assert "Your basket has not changed" in text_of(answer)

            given = {"gtin": both_levels.gtins[0], "quantity": quantity}
            answer = shop.post("/shop/basket/set/", given, follow=True)
            assert "Your basket has not changed" in text_of(answer)
            assert lines() == [(both_levels.gtins[0], 2)]


@pytest.mark.parametrize("gtin", ["", "4006381333931", "x\x00", "-1"])
def test_an_unknown_product_changes_nothing(both_levels, shop, gtin):
    assert "does not sell this" in text_of(put(shop, gtin))
    assert lines() == []


def test_no_more_than_a_line_may_have(both_levels, shop):
    put(shop, both_levels.gtins[0], 9999)
    put(shop, both_levels.gtins[0], 1)
    assert lines() == [(both_levels.gtins[0], 9999)]


def test_a_quantity_is_set_and_a_line_removed(both_levels, shop):
    put(shop, both_levels.gtins[0])
    shop.post("/shop/basket/set/", {"gtin": both_levels.gtins[0], "quantity": "5"})
    assert lines() == [(both_levels.gtins[0], 5)]
    shop.post("/shop/basket/remove/", {"gtin": both_levels.gtins[0]})
    assert lines() == []


def test_what_is_no_longer_sold_is_named_and_can_be_removed(both_levels, shop):
    put(shop, both_levels.gtins[0])
    Listing.objects.update(active=False)
    assert both_levels.gtins[0] in text_of(shop.get("/shop/basket/"))
    shop.post("/shop/basket/remove/", {"gtin": both_levels.gtins[0]})
    assert lines() == []


def test_more_than_can_be_sent_is_said(both_levels, shop):
    put(shop, both_levels.gtins[0], 11)
    assert "Only 10 can be delivered." in text_of(shop.get("/shop/basket/"))


def test_a_stranger_who_only_looks_leaves_nothing_behind(both_levels, shop):
    shop.get("/shop/")
    shop.get("/shop/basket/")
    assert "shop_session" not in shop.cookies
    assert not Basket.objects.exists()


def test_the_basket_of_before_joins_the_customer_s_own_at_sign_in(both_levels, shop):
    account = signed_in(shop)
    put(shop, both_levels.gtins[0], 1)
    shop.cookies.clear()

    put(shop, both_levels.gtins[0], 2)
    put(shop, both_levels.gtins[1], 1)
    sign_in_customer(shop, account)
    page = text_of(shop.get("/shop/basket/"))

    own = Basket.objects.get(customer=customer_of(account), closed_at=None)
    assert sorted(own.lines.values_list("variant__gtin", "quantity")) == [
        (both_levels.gtins[0], 3),
        (both_levels.gtins[1], 1),
    ]
    assert "€22.20" in page
    assert not Basket.objects.filter(customer=None, closed_at=None).exists()


def test_a_page_elsewhere_is_not_gone_back_to(both_levels, shop):
    answer = shop.post(
        "/shop/basket/put/",
        {"gtin": both_levels.gtins[0], "quantity": "1"},
        headers={"referer": "https://elsewhere.example/shop/"},
    )
    assert answer["Location"] == "/shop/basket/"


def test_a_form_that_was_sent_again_leads_to_the_basket(both_levels, shop):
    """It comes from the page that kept it, which stood at the form's own address."""
    answer = shop.post(
        "/shop/basket/put/",
        {"gtin": both_levels.gtins[0], "quantity": "1"},
        headers={"referer": "http://testserver/shop/basket/put/"},
    )
    assert answer["Location"] == "/shop/basket/"


def test_queries(both_levels, shop):
    put(shop, both_levels.gtins[0])
    more = both_levels.level == "omnichannel"  # stores send too, and are asked
    assert asked(shop, "/shop/basket/") == {"default": 2, "side": 7 + more}
    signed_in(shop)
    put(shop, both_levels.gtins[0])
    assert asked(shop, "/shop/basket/") == {"default": 3, "side": 8 + more}
