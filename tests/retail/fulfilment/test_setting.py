"""What a manager sets, and what it does to the webshop at either arrangement."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from inventory import availability, reserving, stock
from inventory.ids import new_id
from inventory.models import StockLevel
from inventory.places import Channel
from retail.channels import atomic, current, use_channel
from retail.fulfilment import feed, setting, terms
from retail.fulfilment.models import PickupSetting
from retail.fulfilment.offering import offer
from retail.fulfilment.setting import BadSetting, NotOurs
from retail.fulfilment.terms import Terms, as_json, from_json, terms_of
from retail.orders.placing import OutOfStock, PickupPaused
from tests.builders import BOB, a_location, a_pickup_order, in_store, job_of
from tests.levels import SIDES
from tests.retail.fulfilment.working import bob, manager, page
from tests.retail.orders.house import House, a_pickup, everything, placed

pytestmark = pytest.mark.django_db(databases=SIDES)
SETTINGS = "/pos/store/settings/"
AS_IT_IS = {
    "capacity": "8",
    "slot_minutes": "60",
    "minutes_per_order": "5",
    "buffer": "0",
    "cut_off": "",
}


def set_up(**values: Any) -> None:
    """By the manager of M01, and heard of in the webshop."""
    with in_store():
        setting.change(a_location(), by=BOB, **values)
    feed.refresh()


def offered(house: House, which: int = 0) -> tuple[int, bool]:
    (here, _) = offer([house.variants[house.gtins[which]]])
    return here.available, here.pickup_offered


def test_without_a_row_the_defaults_hold(both_levels: House) -> None:
    assert terms_of([a_location()])[a_location().id] == Terms()


def test_terms_reach_the_webshop(both_levels: House) -> None:
    set_up(capacity=3, cut_off=time(18, 30), buffer=1)
    a_pickup_order(both_levels)
    feed.refresh()
    told = terms_of([a_location()])[a_location().id]
    assert told == Terms(capacity=3, cut_off=time(18, 30), buffer=1, workload=1)


def test_terms_survive_the_feed_as_they_are() -> None:
    every = Terms(True, 3, 30, 2, 7, time(17, 45), Decimal("150.50"), 4)
    assert from_json(as_json(every)) == every
    assert from_json({}) == Terms()
    assert from_json({"capacity": 2, "colour": "green"}) == Terms(capacity=2)


def test_paused_nothing_is_offered_and_nothing_placed(both_levels: House) -> None:
    begun = a_pickup_order(both_levels)
    set_up(paused=True)
    assert offered(both_levels) == (2, False)
    before = everything()
    with pytest.raises(PickupPaused):
        placed(a_pickup((both_levels.gtins[0], 1)))
    assert everything() == before
    assert job_of(begun).status == "placed"
    set_up(paused=False)
    assert placed(a_pickup((both_levels.gtins[0], 1))).status == "placed"


def test_the_buffer_stays_back_from_the_web(both_levels: House) -> None:
    set_up(buffer=2)
    assert offered(both_levels) == (1, True)
    with pytest.raises(OutOfStock) as refused:
        placed(a_pickup((both_levels.gtins[0], 2)))
    assert [line.free for line in refused.value.lines] == [1]
    placed(a_pickup((both_levels.gtins[0], 1)))
    with in_store():  # the till may sell it all
        issued = stock.issue(
            a_location(),
            {both_levels.variants[both_levels.gtins[0]]: 1},
            kind="ticket",
            reference=str(new_id()),
            by=BOB,
        )
    assert issued


def test_who_changed_it_and_when(both_levels: House) -> None:
    at = timezone.now()
    with in_store():
        setting.change(a_location(), by=BOB, at=at, capacity=4)
        row = PickupSetting.objects.get()
        assert (row.by, row.changed_at, row.capacity) == (BOB, at, 4)
        setting.change(a_location(), by="somebody", capacity=4)
        row.refresh_from_db()
        assert row.by == BOB


def test_what_cannot_be_is_refused(
    both_levels: House, subtests: pytest.Subtests
) -> None:
    for values in [
        {"capacity": 0},
        {"capacity": 10_000},
        {"capacity": True},
        {"slot_minutes": 45},
        {"buffer": -1},
        {"minutes_per_order": 241},
        {"paused": "yes"},
        {"cut_off": "18:00"},
    ]:
        with subtests.test(values=values):
            with in_store(), pytest.raises(BadSetting):
                setting.change(a_location(), by=BOB, **values)
            with in_store():
                assert not PickupSetting.objects.exists()


def test_apart_the_web_does_not_set_a_store(apart: House) -> None:
    with atomic(), pytest.raises(NotOurs):
        setting.change(a_location(), by=BOB, paused=True)


def blocked(house: House) -> None:
    with in_store():
        setting.block(a_location(), house.variants[house.gtins[0]])
    feed.refresh()


def test_what_nobody_found_is_promised_to_nobody(both_levels: House) -> None:
    variant = both_levels.variants[both_levels.gtins[0]]
    blocked(both_levels)
    assert offered(both_levels) == (0, False)
    assert offered(both_levels, 1) == (3, True)
    with pytest.raises(OutOfStock):
        placed(a_pickup((both_levels.gtins[0], 1)))
    with in_store():
        sums = availability.free_at(a_location(), [variant])[variant]
        assert (sums.on_hand, sums.available, sums.blocked) == (3, 0, True)
        with pytest.raises(OutOfStock):
            reserving.reserve(
                a_location(), {variant: 1}, kind="test", reference=str(new_id())
            )
        told = setting.blocked_at(a_location())
    assert [(each.variant_id, each.on_hand) for each in told] == [(variant, 3)]


def test_the_stock_page_says_that_it_is_blocked(both_levels: House) -> None:
    url = f"/pos/store/stock/?gtin={both_levels.gtins[0]}"
    assert "looked for it in vain" not in page(bob().get(url))
    blocked(both_levels)
    assert "looked for it in vain" in page(bob().get(url))


def test_a_block_ends_by_itself(both_levels: House) -> None:
    variant = both_levels.variants[both_levels.gtins[0]]
    with in_store():
        setting.block(a_location(), variant, timezone.now() - timedelta(seconds=1))
    feed.refresh()
    assert offered(both_levels) == (3, True)


@pytest.mark.parametrize("act", ["unblock", "receive", "adjust"])
def test_a_block_ends_when_somebody_has_looked(both_levels: House, act: str) -> None:
    variant = both_levels.variants[both_levels.gtins[0]]
    blocked(both_levels)
    with in_store():
        cause = {"reference": str(new_id()), "by": BOB}
        if act == "unblock":
            setting.unblock(a_location(), variant)
        elif act == "receive":
            stock.receive(a_location(), {variant: 1}, **cause)
        else:
            stock.adjust(a_location(), {variant: -1}, reason="counted", **cause)
        level = StockLevel.objects.get(location__code="M01", variant=variant)
        assert level.blocked_until is None
    feed.refresh()
    assert offered(both_levels)[1]


def test_a_sale_says_nothing_of_the_shelf(both_levels: House) -> None:
    variant = both_levels.variants[both_levels.gtins[0]]
    blocked(both_levels)
    with in_store():
        stock.issue(
            a_location(), {variant: 1}, kind="t", reference=str(new_id()), by=BOB
        )
    feed.refresh()
    assert offered(both_levels) == (0, False)


def test_the_manager_sets_and_the_page_says_who(both_levels: House) -> None:
    ada = manager()
    given = {**AS_IT_IS, "capacity": "2", "paused": "on", "cut_off": "17:30"}
    answer = ada.post(SETTINGS, given)
    assert answer.status_code == 302
    text = page(ada.get(SETTINGS))
    assert "Pickups are paused." in text
    assert "by Ada." in text
    assert 'value="17:30"' in text
    with use_channel(Channel.POS):
        row = PickupSetting.objects.get()
    assert (row.paused, row.capacity, row.cut_off) == (True, 2, time(17, 30))


def test_the_page_says_when_the_webshop_knows(both_levels: House) -> None:
    text = page(manager().get(SETTINGS))
    at_once = "it counts at once" in text
    assert at_once == (both_levels.level == "omnichannel")
    assert ("within seconds" in text) != at_once


def test_a_cashier_reads_and_does_not_set(both_levels: House) -> None:
    blocked(both_levels)
    client = bob()
    text = page(client.get(SETTINGS))
    assert "Only a manager changes these." in text
    assert "Offer again" not in text
    assert client.post(SETTINGS, {**AS_IT_IS, "paused": "on"}).status_code == 403
    url = f"{SETTINGS}unblock/{both_levels.gtins[0]}/"
    assert client.post(url).status_code == 403
    with in_store():
        assert not PickupSetting.objects.exists()
        assert setting.blocked_at(a_location())


def test_what_was_typed_wrong_is_shown(both_levels: House) -> None:
    ada = manager()
    answer = ada.post(SETTINGS, {**AS_IT_IS, "capacity": "0", "slot_minutes": "45"})
    assert answer.status_code == 422
    assert "2 things to correct" in page(answer)
    with in_store():
        assert not PickupSetting.objects.exists()


def test_a_blocked_product_is_offered_again(both_levels: House) -> None:
    blocked(both_levels)
    ada = manager()
    assert both_levels.gtins[0] in page(ada.get(SETTINGS))
    answer = ada.post(f"{SETTINGS}unblock/{both_levels.gtins[0]}/", follow=True)
    assert "is offered again" in page(answer)
    feed.refresh()
    assert offered(both_levels) == (3, True)
    assert ada.post(f"{SETTINGS}unblock/4000000000006/").status_code == 404


def test_terms_of_many_stores_are_one_query(
    both_levels: House, django_assert_num_queries: Any
) -> None:
    places = [a_location("M01"), a_location("M02")]
    with django_assert_num_queries(1, using=current().database):
        assert len(terms.terms_of(places)) == 2
