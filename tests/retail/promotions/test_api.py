"""`/api/v1/promotions/` and `/api/v1/gift-cards/` at both arrangements."""

from __future__ import annotations

import pytest

from inventory.places import Channel
from retail.loyalty.card_codes import code_for
from tests.calling import a_shop, a_store, refused
from tests.levels import SIDES
from tests.retail.loyalty.test_gift_cards import a_card
from tests.retail.orders.house import House, everything
from tests.retail.promotions.offers import THREE_FOR_TWO, a_coupon, an_offer

pytestmark = pytest.mark.django_db(databases=SIDES)


def test_what_is_offered_and_what_it_takes_off(both_levels: House) -> None:
    shop = a_shop()
    offer = an_offer(THREE_FOR_TWO)
    an_offer(THREE_FOR_TWO, channel=Channel.POS, stores=["M01"])
    a_coupon("MERCI", most=1)
    [told] = shop.get("promotions/").json()["results"]
    assert (told["id"], told["rule"]) == (str(offer.id), THREE_FOR_TWO)
    before = everything()
    wish = {
        "lines": [{"gtin": both_levels.gtins[0], "quantity": 4}],
        "coupons": ["MERCI", "NOSUCH"],
    }
    body = shop.post("promotions/quote/", wish).json()
    assert body["discount"]["amount"] == "3.40"
    assert body["lines"][0]["total"]["amount"] == "10.20"
    assert body["refused"] == [
        {"code": "NOSUCH", "reason": "unknown"},
        {"code": "MERCI", "reason": "nothing"},
    ]
    assert everything() == before


def test_a_store_sees_what_its_place_gives(both_levels: House) -> None:
    an_offer(THREE_FOR_TWO, channel=Channel.POS, stores=["M01"])
    an_offer(THREE_FOR_TWO, channel=Channel.POS, stores=["M02"])
    assert len(a_store("M01").get("promotions/").json()["results"]) == 1


def test_a_card_is_looked_up_where_it_is_known(both_levels: House) -> None:
    shop = a_shop()
    own, other = a_card(20), a_card(20, channel=Channel.POS)
    body = shop.post("gift-cards/look-up/", {"code": code_for(own.id)}).json()
    assert body["balance"] == {"amount": "20.00", "currency": "EUR"}
    assert [each["kind"] for each in body["entries"]] == ["load"]
    answer = shop.post("gift-cards/look-up/", {"code": code_for(other.id)})
    if both_levels.level == "omnichannel":
        assert answer.json()["channel"] == "pos"
    else:
        refused(answer, 404, "unknown-gift-card")
    assert a_store("M01").post("gift-cards/look-up/", {"code": "X"}).status_code == 403
