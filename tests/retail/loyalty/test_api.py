"""`/api/v1/loyalty/` at both arrangements."""

from __future__ import annotations

import pytest

from inventory.ids import new_id
from inventory.places import Channel
from retail.staff.models import Scope
from tests.calling import Caller, a_caller, a_shop, a_store, refused
from tests.levels import SIDES
from tests.pos.tills import chloe
from tests.retail.orders.house import House, alice, everything

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture
def shop(both_levels: House) -> Caller:
    return a_shop()


def test_points_are_seen_and_spent_once(both_levels: House, shop: Caller) -> None:
    card = alice(with_points=100).card
    body = shop.get(f"loyalty/{card}/").json()
    assert (body["balance"], body["tier"]) == (100, None)
    assert body["value"] == {"amount": "3.33", "currency": "EUR"}
    assert [(each["points"], each["kind"]) for each in body["entries"]] == [
        (100, "earn")
    ]
    spent = {"id": str(new_id()), "points": 60}
    first = shop.post(f"loyalty/{card}/redeem/", spent)
    assert first.status_code == 200, first.content
    assert first.json()["value"]["amount"] == "2.00"
    again = shop.post(f"loyalty/{card}/redeem/", spent)
    assert again.json() == first.json()
    assert again.json()["balance"] == 40
    other = alice(with_points=100).card
    before = everything()
    refused(
        shop.post(f"loyalty/{card}/redeem/", spent | {"points": 30}), 409, "id-reused"
    )
    refused(shop.post(f"loyalty/{other}/redeem/", spent), 409, "id-reused")
    short = {"id": str(new_id()), "points": 41}
    body = refused(
        shop.post(f"loyalty/{card}/redeem/", short), 409, "not-enough-points"
    )
    assert (body["balance"], body["wanted"]) == (40, 41)
    assert everything() == before


def test_points_of_the_other_channel(both_levels: House, shop: Caller) -> None:
    card = chloe(with_points=90).card
    spent = {"id": str(new_id()), "points": 90}
    if both_levels.level == "cross-channel":
        refused(shop.get(f"loyalty/{card}/"), 404, "not-found")
        refused(shop.post(f"loyalty/{card}/redeem/", spent), 404, "not-found")
    else:
        assert shop.get(f"loyalty/{card}/").json()["balance"] == 90
        assert shop.post(f"loyalty/{card}/redeem/", spent).json()["balance"] == 0


def test_bad_redemptions(both_levels: House, shop: Caller) -> None:
    card = alice(with_points=100).card
    before = everything()
    for wrong in (-30, 0, 10**9, 1.5, "30", True, None, [30]):
        body = {"id": str(new_id()), "points": wrong}
        refused(shop.post(f"loyalty/{card}/redeem/", body), 400, "invalid")
    for body in (
        {"points": 30},
        {"id": "1", "points": 30},
        {"id": str(new_id()), "points": 30, "balance": 1},
        [],
    ):
        refused(shop.post(f"loyalty/{card}/redeem/", body), 400, "invalid")
    body = {"id": str(new_id()), "points": 30}
    for nobody in ("W-99999999", "x", "W-1%", "%00"):
        refused(shop.post(f"loyalty/{nobody}/redeem/", body), 404, "not-found")
        refused(shop.get(f"loyalty/{nobody}/"), 404, "not-found")
    refused(a_store().post(f"loyalty/{card}/redeem/", body), 403, "forbidden")
    refused(Caller().post(f"loyalty/{card}/redeem/", body), 401, "unauthorized")
    assert everything() == before
    till = a_caller(Scope.TILL, channel=Channel.WEBSHOP, location="M01")
    assert till.post(f"loyalty/{card}/redeem/", body).status_code == 200
