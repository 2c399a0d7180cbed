"""The checkout's choices: when to come, why then, and what goes which way."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from inventory.models import Location
from inventory.places import Channel
from retail.channels import atomic, use_channel
from retail.fulfilment import feed, setting
from retail.fulfilment.models import PickupSlot
from retail.orders.models import Order
from tests.builders import BOB, a_location, carry, in_store
from tests.levels import SIDES
from tests.retail.orders.house import House, everything, free
from tests.webshop.visiting import HOME, put, text_of, wish

pytestmark = pytest.mark.django_db(databases=SIDES)
URL = "/shop/checkout/"


@pytest.fixture
def basket(both_levels: House, shop: Client) -> House:
    put(shop, both_levels.gtins[0])
    return both_levels


@pytest.fixture
def two(both_levels: House, shop: Client) -> House:
    put(shop, both_levels.gtins[0], 2)
    put(shop, both_levels.gtins[1])
    return both_levels


def set_up(**values: Any) -> None:
    with in_store():
        setting.change(a_location(), by=BOB, **values)
    feed.refresh()


def slots_of(shop: Client, store: str = "M01") -> list[str]:
    """The values of the slots that may be picked there."""
    page = text_of(shop.get(URL))
    return re.findall(rf'name="slot_{store}" value="([^"]+)"(?![^>]*disabled)', page)


def ordered(shop: Client, given: dict[str, Any]) -> Order:
    answer = shop.post(URL, given)
    assert answer.status_code == 302, text_of(answer)
    return Order.objects.get(id=UUID(answer["Location"].split("/")[3]))


def mixed(shop: Client, house: House, **changes: Any) -> dict[str, Any]:
    """The first product is collected, the second delivered."""
    page = text_of(shop.get(URL))
    first = {
        "method": "mixed",
        "payment": "approve",
        "parcel": "4.90",
        f"way_{house.gtins[0]}": "collect",
        f"way_{house.gtins[1]}": "ship",
        **HOME,
    }
    assert 'value="mixed"' in page
    return wish(shop, **{**first, **changes})


def test_without_a_choice_it_is_as_soon_as_ready(basket: House, shop: Client) -> None:
    promise = ordered(shop, wish(shop)).fulfilments.get()
    assert promise.slot_start <= promise.ready_by < promise.slot_end


def test_a_time_is_chosen(basket: House, shop: Client) -> None:
    picked = slots_of(shop)[5]
    promise = ordered(shop, wish(shop, slot_M01=picked)).fulfilments.get()
    assert promise.slot_start == promise.ready_by == datetime.fromisoformat(picked)


def test_a_time_of_another_store_counts_for_nothing(
    basket: House, shop: Client
) -> None:
    promise = ordered(
        shop, wish(shop, slot_M02=slots_of(shop, "M02")[5])
    ).fulfilments.get()
    assert promise.slot_start <= promise.ready_by < promise.slot_end


def test_a_time_that_was_taken_meanwhile_is_refused_with_the_next(
    basket: House, shop: Client
) -> None:
    set_up(capacity=1)
    picked, following = slots_of(shop)[3:5]
    given = wish(shop, slot_M01=picked)
    start = datetime.fromisoformat(picked)
    with atomic():
        PickupSlot.objects.create(
            origin="webshop",
            location=a_location(),
            starts_at=start,
            ends_at=datetime.fromisoformat(following),
            taken=1,
        )
    before = everything()
    answer = shop.post(URL, given)
    assert answer.status_code == 409
    assert "That time has just been taken. Free next:" in text_of(answer)
    assert everything() == before
    assert picked not in slots_of(shop)


def test_what_is_no_time_is_refused(basket: House, shop: Client) -> None:
    for strange in ("tomorrow", "2026-11-24T17:00:00", "0"):
        before = everything()
        answer = shop.post(URL, wish(shop, slot_M01=strange))
        assert answer.status_code in (409, 422)
        assert everything() == before


def test_a_store_that_pauses_is_named_and_cannot_be_chosen(
    basket: House, shop: Client
) -> None:
    given = wish(shop)
    set_up(paused=True)
    answer = shop.post(URL, given)
    assert answer.status_code == 409
    assert "This store has stopped taking orders" in text_of(answer)
    assert "takes no orders from the site for the moment" in text_of(shop.get(URL))
    assert not Order.objects.exists()


def test_the_page_says_why_then(basket: House, shop: Client) -> None:
    with use_channel(Channel.POS):
        Location.objects.update(hours="Mo-Su 00:00-24:00")
    Location.objects.update(hours="Mo-Su 00:00-24:00")
    for page in (URL, f"/shop/p/{basket.gtins[0]}/"):
        text = text_of(shop.get(page))
        assert "Why this time?" in text
        assert "Preparing takes 2\N{NO-BREAK SPACE}h" in text
        assert "No other order comes before yours." in text


def test_orders_that_wait_are_a_reason(basket: House, shop: Client) -> None:
    ordered(shop, wish(shop))
    if basket.level == "cross-channel":
        carry()
        feed.refresh()
    put(shop, basket.gtins[0])
    assert "1 order comes before yours: 5" in text_of(shop.get(URL))


def test_one_product_cannot_be_parted(basket: House, shop: Client) -> None:
    assert 'value="mixed"' not in text_of(shop.get(URL))


def test_some_delivered_some_collected(two: House, shop: Client) -> None:
    order = ordered(shop, mixed(shop, two))
    assert order.status == "placed"
    assert order.total == Decimal("23.70")
    assert {p.method: p.location.code for p in order.fulfilments.all()} == {
        "collect": "M01",
        "ship": "W01",
    }
    assert free("M01", two.gtins[0]) == 1


def test_the_page_knows_what_to_add_up(two: House, shop: Client) -> None:
    text = text_of(shop.get(URL))
    assert 'data-sum="6.80"' in text
    assert 'data-goods="18.80" data-fee="4.90" data-free-from="49.00"' in text


def test_nobody_orders_at_a_price_that_was_not_shown(two: House, shop: Client) -> None:
    put(shop, two.gtins[2], 2)  # 50 euros: delivered for nothing
    given = mixed(shop, two, **{f"way_{two.gtins[2]}": "ship"})
    answer = shop.post(URL, given)
    text = text_of(answer)
    assert answer.status_code == 422
    assert "Check the new total, then order." in text
    assert not Order.objects.exists()
    shown = re.search(r'name="parcel" value="([^"]+)"', text)
    assert shown is not None
    assert Decimal(shown[1]) == 0
    assert ordered(shop, {**given, "parcel": shown[1]}).shipping == 0


def test_a_store_that_has_some_may_be_chosen_for_some(two: House, shop: Client) -> None:
    put(shop, two.gtins[1], 5)  # more than a store has
    text = text_of(shop.get(URL))
    assert "Has some of your products" in text
    order = ordered(shop, mixed(shop, two, parcel="0.00"))
    assert order.goods == Decimal("78.80")
    assert len(order.fulfilments.all()) == 2
