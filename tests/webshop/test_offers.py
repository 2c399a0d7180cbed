"""Offers and codes on the shop's pages."""

import pytest

from inventory.places import Channel
from retail import channels
from retail.orders.models import Order
from tests.levels import SIDES
from tests.retail.promotions.offers import THREE_FOR_TWO, a_coupon, an_offer
from tests.webshop.visiting import order, put, text_of

pytestmark = pytest.mark.django_db(databases=SIDES)
WINE = 2  # 25.00 euros


def type_code(shop, code, **more):
    return text_of(
        shop.post("/shop/basket/coupon/", {"code": code, **more}, follow=True)
    )


def test_the_basket_says_what_is_off_and_what_is_missing(apart, shop):
    an_offer(THREE_FOR_TWO, name_en="3 for 2")
    put(shop, apart.gtins[0], 2)
    assert "Add 1 more: 3 for 2" in text_of(shop.get("/shop/basket/"))
    put(shop, apart.gtins[0], 1)
    page = text_of(shop.get("/shop/basket/"))
    assert "3 for 2 <b>−€3.40</b>" in page
    assert "€6.80" in page


def test_a_code_is_typed_and_ordered_with(apart, shop):
    coupon = a_coupon("MERCI", most=1)
    put(shop, apart.gtins[WINE], 1)
    # one that lacks something is kept, and the page says what
    assert "Products for €5.00 more: Discount" in type_code(shop, "merci")
    put(shop, apart.gtins[WINE], 1)
    assert "−€5.00" in text_of(shop.get("/shop/checkout/"))
    made = order(shop, apart)
    coupon.refresh_from_db()
    assert (made.discount, coupon.used) == (5, 1)
    page = text_of(shop.get(f"/shop/orders/{made.id}/"))
    assert "Discount (MERCI) <b>−€4.68</b>" in page


def test_a_code_is_taken_out_again(apart, shop):
    a_coupon("MERCI", rule={"kind": "percent", "percent": "10", "goods": {}})
    put(shop, apart.gtins[WINE], 1)
    assert "€22.50" in type_code(shop, "MERCI")
    assert "€22.50" not in type_code(shop, "MERCI", forget="1")


def test_a_code_that_was_used_meanwhile_is_said_before_anything_is_ordered(apart, shop):
    coupon = a_coupon("MERCI", most=1)
    put(shop, apart.gtins[WINE], 2)
    type_code(shop, "MERCI")
    with channels.atomic():
        type(coupon).objects.update(used=1)
    page = text_of(shop.get("/shop/basket/"))
    assert "MERCI: this code has been used." in page
    assert "not known here" not in page
    page = type_code(shop, "MERCI")  # once more: said beside the field too
    assert 'aria-describedby="code-error"' in page
    assert 'id="code-error">MERCI: this code has been used.</span>' in page
    assert not Order.objects.exists()


def test_a_code_of_the_stores_and_why(both_levels, shop):
    a_coupon("CAISSE", channel=Channel.POS)
    put(shop, both_levels.gtins[WINE], 2)
    page = type_code(shop, "caisse")
    if channels.shared():
        assert "−€5.00" in page
    else:
        assert "CAISSE: this code is not known here." in page
        assert "Why is my store’s code not known here?" in page


def test_a_shelf_names_the_offer_and_the_former_price(apart, shop):
    jars = {"goods": {"gtins": [apart.gtins[0]]}}
    an_offer({"kind": "percent", "percent": "50", **jars}, name_en="Half price")
    an_offer({"kind": "n_for_m", "take": 3, "pay": 2, **jars}, name_en="3 for 2")
    page = text_of(shop.get(f"/shop/p/{apart.gtins[0]}/"))
    assert "Former price: </span>€3.40" in page
    assert "<b>Half price</b>" in page
    assert "<b>3 for 2</b>" in page
    shelf = text_of(shop.get("/shop/d/grocery/"))
    assert shelf.count('<span class="tag">') == 1
    assert 'value="1.70"' in shelf
