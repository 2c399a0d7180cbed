"""Gift cards on the shop's pages."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from inventory.places import Channel
from retail import channels
from retail.loyalty import gift_cards
from retail.loyalty.card_codes import code_for
from retail.loyalty.models import GiftCard
from retail.orders.models import Order
from retail.orders.placing import CardChanged
from tests.levels import SIDES
from tests.retail.loyalty.test_gift_cards import a_card, left_on
from tests.retail.orders.house import a_parcel, everything, placed
from tests.webshop.visiting import any_id, asked, order, put, text_of, wish

pytestmark = pytest.mark.django_db(databases=SIDES)


def type_code(shop, code):
    return text_of(shop.post("/shop/basket/coupon/", {"code": code}, follow=True))


def test_it_is_typed_at_the_basket_and_pays_first(both_levels, shop):
    card = a_card(20)
    put(shop, both_levels.gtins[2], 1)
    page = type_code(shop, code_for(card.id).lower())
    assert f"Gift card …{card.tail} pays first, up to <b>€20.00</b>" in page
    assert "You pay the rest as you choose." in text_of(shop.get("/shop/checkout/"))
    made = order(shop, both_levels)
    assert left_on(card) == 20 - made.payments.get(method="gift").captured
    page = text_of(shop.get(f"/shop/orders/{made.id}/"))
    assert "of which by gift card" in page
    # the next basket begins without it
    put(shop, both_levels.gtins[2], 1)
    assert "pays first" not in text_of(shop.get("/shop/basket/"))


def test_nobody_pays_more_than_they_saw_because_a_card_was_emptied(apart, shop):
    card = a_card(20)
    put(shop, apart.gtins[2], 1)
    type_code(shop, code_for(card.id))
    asked_for = wish(shop)
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        gift_cards.spend(card.id, amount=Decimal(20), reference=any_id())
    answer = shop.post("/shop/checkout/", asked_for)
    assert answer.status_code == 422
    assert "a price has changed since you opened this page" in text_of(answer)
    assert not Order.objects.exists()
    # that page shows what is to be paid now, and may be sent
    seen = re.search(r'name="seen" value="([^"]+)"', text_of(answer))[1]
    answer = shop.post("/shop/checkout/", {**asked_for, "seen": seen})
    assert answer.status_code == 302


def test_a_card_that_another_basket_emptied_is_looked_at_under_its_lock(apart):
    """Between the page's look and the lock of the card lies the other basket's order."""
    card = a_card(20)
    wished = replace(a_parcel((apart.gtins[2], 1)), gift_card=card.code_hash)
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        gift_cards.spend(card.id, amount=Decimal(15), reference=any_id())
    before = everything()
    with pytest.raises(CardChanged), channels.use_channel(Channel.WEBSHOP):
        placed(wished, card_balance=Decimal(20))
    assert everything() == before
    with channels.use_channel(Channel.WEBSHOP):
        placed(wished, card_balance=Decimal(5))
    assert left_on(card) == 0


def test_what_is_no_card_is_said(apart, shop):
    put(shop, apart.gtins[0], 1)
    store = a_card(20, channel=Channel.POS)
    page = type_code(shop, code_for(store.id))
    assert "No such gift card is known here." in page
    assert "pays first" not in page
    assert "Why is a gift card of a store not known here?" in page
    assert "Why is my store’s code not known here?" not in page


def test_its_balance_is_shown_to_whoever_has_the_code(both_levels, shop):
    card = a_card(20)
    page = shop.post("/shop/gift-card/", {"code": code_for(card.id)})
    assert f"Card …{card.tail}" in text_of(page)
    wrong = shop.post("/shop/gift-card/", {"code": "2222 2222 2222"})
    assert wrong.status_code == 422
    why = "Why is a gift card of a store not known here?"
    assert (why in text_of(wrong)) != channels.on("unified_loyalty")
    assert GiftCard.objects.get().balance == Decimal(20)


def test_queries(apart, shop):
    assert asked(shop, "/shop/gift-card/") == {"default": 1, "side": 1}
