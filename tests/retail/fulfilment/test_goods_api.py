"""`/api/v1/products/` and `/api/v1/stores/` at both arrangements."""

from __future__ import annotations

import pytest

from retail.staff.models import Scope
from tests.builders import a_pickup_order
from tests.calling import Caller, a_caller, a_store, counted, refused
from tests.levels import SIDES
from tests.retail.orders.house import House, set_level

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture
def anybody(both_levels: House) -> Caller:
    return Caller()


def side(house: House) -> str:
    return "webshop" if house.level == "cross-channel" else "shared"


def test_a_product(both_levels: House, anybody: Caller) -> None:
    gtin = both_levels.gtins[0]
    with counted() as sql:
        body = anybody.get(f"products/{gtin}/").json()
    assert body["gtin"] == gtin
    assert body["name"] == f"Article {gtin}"
    assert body["price"] == {"amount": "3.40", "currency": "EUR"}
    assert body["delivery"] == {"offered": True, "available": 10}
    assert body["pickup"] == {"offered": True, "stores": 2}
    # the product, the places, the levels with the stores' feed
    assert (len(sql["default"]), len(sql[side(both_levels)])) == (1, 3)
    padded = anybody.get(f"products/0{gtin}/").json()
    assert padded == body


def test_products_are_leafed_through(both_levels: House, anybody: Caller) -> None:
    first = anybody.get("products/", limit="2").json()
    rest = anybody.client.get(first["next"]).json()
    found = [each["gtin"] for each in first["results"] + rest["results"]]
    assert sorted(found) == sorted(both_levels.gtins)
    assert rest["next"] is None
    by_code = anybody.get("products/", q=both_levels.gtins[1]).json()["results"]
    assert [each["gtin"] for each in by_code] == [both_levels.gtins[1]]
    assert anybody.get("products/", q="%").json()["results"] == []
    assert anybody.get("products/", category="nowhere").json()["results"] == []
    code = by_code[0]["category"]
    assert anybody.get("products/", category=code).json()["results"]


def test_availability_says_where(both_levels: House, anybody: Caller) -> None:
    a_pickup_order(both_levels, (0, 2))
    gtin = both_levels.gtins[0]
    with counted() as sql:
        body = anybody.get(f"products/{gtin}/availability/", near="45.76,4.83").json()
    apart = both_levels.level == "cross-channel"
    assert body["source"] == ("feed" if apart else "live")
    assert body["as_of"].endswith("Z")
    places = {each["location"]: each for each in body["locations"]}
    assert set(places) == {"M01", "M02", "W01"}
    assert places["M01"]["available"] == 1
    assert places["M01"]["pickup"]["offered"]
    assert places["M01"]["pickup"]["ready_by"].endswith("Z")
    assert places["W01"]["available"] == 10
    assert not places["W01"]["pickup"]["offered"]
    assert "on_hand" not in places["M01"]
    # the places, twice where nothing is kept, and all that is known of the product
    assert (len(sql["default"]), len(sql[side(both_levels)])) == (1, 3)


def test_a_store_sees_how_its_figures_come_about(both_levels: House) -> None:
    a_pickup_order(both_levels, (0, 2))
    gtin = both_levels.gtins[0]
    body = a_store().get(f"products/{gtin}/availability/").json()
    mine = next(each for each in body["locations"] if each["location"] == "M01")
    assert (mine["on_hand"], mine["reserved"], mine["safety"]) == (3, 2, 0)
    till = a_caller(Scope.TILL, location="M01")
    body = till.get(f"products/{gtin}/availability/").json()
    assert "on_hand" not in body["locations"][0]


def test_at_multichannel_the_web_knows_its_warehouse_alone(apart: House) -> None:
    set_level("multichannel")
    gtin = apart.gtins[0]
    body = Caller().get(f"products/{gtin}/availability/").json()
    assert [each["location"] for each in body["locations"]] == ["W01"]
    assert not Caller().get(f"products/{gtin}/").json()["pickup"]["offered"]
    body = a_store().get(f"products/{gtin}/availability/").json()
    assert {each["location"] for each in body["locations"]} == {"M01", "M02"}


def test_stores(both_levels: House, anybody: Caller) -> None:
    body = anybody.get("stores/").json()
    assert [each["code"] for each in body["results"]] == ["M01", "M02"]
    assert all(each["pickup"] for each in body["results"])


def test_what_is_not_there_or_not_readable(apart: House) -> None:
    anybody, gtin = Caller(), apart.gtins[0]
    for code in ("4006381333931", "1", "x" * 300, "%00", "null"):
        refused(anybody.get(f"products/{code}/"), 404, "not-found")
        refused(anybody.get(f"products/{code}/availability/"), 404, "not-found")
    for near in ("x", "1", "1,2,3", "nan,1", "91,0", "1e999,0"):
        answer = anybody.get(f"products/{gtin}/availability/", near=near)
        refused(answer, 400, "invalid")
    refused(anybody.get("products/", q="x" * 300), 400, "invalid")
    refused(anybody.post("products/", {}), 405, "method-not-allowed")


def test_a_key_that_is_none_is_refused_even_where_none_is_needed(apart: House) -> None:
    refused(Caller(raw="rk_AAAAAAAA_x").get("products/"), 401, "unauthorized")
