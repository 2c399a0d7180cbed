"""`/api/v1/`: slots, pauses, and lines that go different ways."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.ids import new_id
from retail.fulfilment import feed, setting
from retail.orders.models import Order
from tests.builders import BOB, a_location, in_store
from tests.calling import Caller, a_shop, an_order, refused
from tests.levels import SIDES
from tests.retail.orders.house import ADDRESS, House, everything

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture
def shop(both_levels: House) -> Caller:
    return a_shop()


def set_up(**values: Any) -> None:
    with in_store():
        setting.change(a_location(), by=BOB, **values)
    feed.refresh()


def slots_at(shop: Caller, gtin: str) -> list[dict[str, Any]]:
    body = shop.get(f"products/{gtin}/availability/?slots=true").json()
    (here,) = [each for each in body["locations"] if each["location"] == "M01"]
    found: list[dict[str, Any]] = here["pickup"]["slots"]
    return found


def collected(house: House, **way: Any) -> dict[str, Any]:
    way = {"method": "collect", "location": "M01", **way}
    return an_order((house.gtins[0], 1), fulfilment=way)


def mixed(house: House, **changes: Any) -> dict[str, Any]:
    first = {
        "lines": [
            {"gtin": house.gtins[0], "quantity": 1},
            {"gtin": house.gtins[1], "quantity": 1, "method": "ship"},
        ],
        "fulfilment": {"method": "collect", "location": "M01", "address": ADDRESS},
        "payment": {"method": "online", "token": "approve"},
    }
    return an_order((house.gtins[0], 1), **{**first, **changes})


def test_a_slot_is_seen_and_taken(both_levels: House, shop: Caller) -> None:
    wanted = slots_at(shop, both_levels.gtins[0])[3]
    assert wanted["free"] == 8
    wish = collected(both_levels, slot=wanted["starts_at"])
    answer = shop.put(f"orders/{new_id()}/", wish)
    assert answer.status_code == 201, answer.content
    (promise,) = answer.json()["fulfilments"]
    assert promise["ready_by"] == wanted["starts_at"]
    now = {each["starts_at"]: each for each in slots_at(shop, both_levels.gtins[0])}
    assert now[wanted["starts_at"]]["free"] == 7


def test_only_who_asks_is_told_the_slots(both_levels: House, shop: Caller) -> None:
    body = shop.get(f"products/{both_levels.gtins[0]}/availability/").json()
    assert all("slots" not in each["pickup"] for each in body["locations"])
    assert not any(each["pickup"]["paused"] for each in body["locations"])


def test_a_full_slot_is_refused_with_those_that_are_free(
    both_levels: House, shop: Caller
) -> None:
    set_up(capacity=1)
    first, second = slots_at(shop, both_levels.gtins[0])[3:5]
    wish = collected(both_levels, slot=first["starts_at"])
    assert shop.put(f"orders/{new_id()}/", wish).status_code == 201
    before = everything()
    answer = shop.put(f"orders/{new_id()}/", wish)
    body = refused(answer, 409, "slot-full")
    starts = [each["starts_at"] for each in body["slots"]]
    assert first["starts_at"] not in starts
    assert second["starts_at"] in starts
    assert everything() == before


def test_what_is_no_time_is_named(
    both_levels: House, shop: Caller, subtests: pytest.Subtests
) -> None:
    for slot in ["soon", "2026-11-24T17:00:00", 5, {}]:
        with subtests.test(slot=slot):
            answer = shop.put(f"orders/{new_id()}/", collected(both_levels, slot=slot))
            assert "fulfilment.slot" in refused(answer, 400, "invalid")["errors"]
            assert not Order.objects.exists()


def test_a_store_that_pauses_takes_nothing(both_levels: House, shop: Caller) -> None:
    set_up(paused=True)
    answer = shop.put(f"orders/{new_id()}/", collected(both_levels))
    assert refused(answer, 409, "pickup-paused")["location"] == "M01"
    body = shop.get(f"products/{both_levels.gtins[0]}/availability/").json()
    told = {each["location"]: each["pickup"] for each in body["locations"]}
    assert (told["M01"]["offered"], told["M01"]["paused"]) == (False, True)
    assert (told["M02"]["offered"], told["M02"]["paused"]) == (True, False)


def test_lines_go_different_ways(both_levels: House, shop: Caller) -> None:
    id = new_id()
    answer = shop.put(f"orders/{id}/", mixed(both_levels))
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert body["status"] == "placed"
    assert body["totals"]["shipping"]["amount"] == "4.90"
    ways = {each["method"]: each for each in body["fulfilments"]}
    assert {m: w["location"] for m, w in ways.items()} == {
        "collect": "M01",
        "ship": "W01",
    }
    assert [line["gtin"] for line in ways["ship"]["lines"]] == [both_levels.gtins[1]]
    assert shop.put(f"orders/{id}/", mixed(both_levels)).status_code == 200


def test_one_product_goes_one_way(both_levels: House, shop: Caller) -> None:
    lines = [
        {"gtin": both_levels.gtins[0], "quantity": 1},
        {"gtin": both_levels.gtins[0], "quantity": 1, "method": "ship"},
    ]
    answer = shop.put(f"orders/{new_id()}/", mixed(both_levels, lines=lines))
    assert "lines.1.method" in refused(answer, 400, "invalid")["errors"]


def test_what_is_partly_sent_is_not_paid_in_the_store(
    both_levels: House, shop: Caller
) -> None:
    wish = mixed(both_levels, payment={"method": "at_store"})
    answer = shop.put(f"orders/{new_id()}/", wish)
    assert "payment.method" in refused(answer, 400, "invalid")["errors"]
