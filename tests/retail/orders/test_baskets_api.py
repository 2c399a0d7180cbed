"""`/api/v1/baskets/`: what another system's customers gather."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from inventory.ids import new_id
from inventory.places import Channel
from retail.channels import database_for
from retail.orders import kept_baskets
from retail.orders.models import Basket, BasketLine
from retail.orders.tasks import forget_baskets
from retail.staff.models import Scope
from tests.calling import a_caller, a_shop, an_office, an_order, counted, refused
from tests.levels import SIDES
from tests.retail.orders.house import House
from tests.retail.promotions.offers import THREE_FOR_TWO, a_coupon, an_offer

pytestmark = pytest.mark.django_db(databases=SIDES)


def a_wish(*lines: tuple[str, Any], **more: Any) -> dict[str, Any]:
    return {"lines": [{"gtin": g, "quantity": n} for g, n in lines], **more}


def test_a_basket_is_priced_as_an_order_would_be(shared_only: House) -> None:
    shop, path = a_shop(), f"baskets/{new_id()}/"
    one, two = shared_only.gtins[:2]
    an_offer(THREE_FOR_TWO)
    a_coupon("MERCI")
    refused(shop.get(path), 404, "not-found")
    wish = a_wish((one, 4), (two, 1), coupons=["MERCI", "NOSUCH"])
    first = shop.put(path, wish)
    assert first.status_code == 201, first.content
    body = first.json()
    [four, single] = sorted(body["lines"], key=lambda line: -line["quantity"])
    assert (four["gtin"], four["discount"]["amount"]) == (one, "3.40")
    assert four["total"]["amount"] == "10.20"
    assert [each["amount"]["amount"] for each in four["offers"]] == ["3.40"]
    assert single["deliverable"] > 0
    assert body["refused"] == [
        {"code": "NOSUCH", "reason": "unknown"},
        {"code": "MERCI", "reason": "nothing"},
    ]
    assert body["coupons"] == []
    again = shop.put(path, wish)
    assert (again.status_code, again.json()) == (200, body)
    assert shop.get(path).json() == body
    assert shop.put(path, a_wish((two, 2))).json()["totals"]["discount"] == {
        "amount": "0.00", "currency": "EUR"
    }  # fmt: skip
    less = shop.put(path, a_wish((one, 1))).json()
    order = an_order((one, 1))
    placed = shop.put(f"orders/{new_id()}/", order).json()
    assert less["totals"]["goods"] == placed["totals"]["total"]
    assert shop.send("DELETE", path).status_code == 204
    refused(shop.send("DELETE", path), 404, "not-found")
    assert (Basket.objects.count(), BasketLine.objects.count()) == (0, 0)


def test_what_a_basket_refuses(shared_only: House) -> None:
    shop, path = a_shop(), f"baskets/{new_id()}/"
    one = shared_only.gtins[0]
    for wish, field in (
        (a_wish(), "lines"),
        (a_wish((one, 0)), "lines.0.quantity"),
        (a_wish((one, 1), (one, 2)), "lines.1.gtin"),
        (a_wish(("1", 1)), "lines.0.gtin"),
        (a_wish((one, 1), price="0.01"), "price"),
    ):
        assert set(refused(shop.put(path, wish), 400, "invalid")["errors"]) == {field}
    lost = "4006381333931"
    body = refused(shop.put(path, a_wish((lost, 1))), 409, "unknown-product")
    assert body["gtins"] == [lost]
    assert shop.put(path, a_wish((one, 1))).status_code == 201
    other = a_shop()
    refused(other.get(path), 404, "not-found")
    refused(other.put(path, a_wish((one, 2))), 404, "not-found")
    refused(other.send("DELETE", path), 404, "not-found")
    assert shop.get(path).json()["lines"][0]["quantity"] == 1
    refused(an_office().get(path), 403, "forbidden")
    tills = a_caller(Scope.SHOP, channel=Channel.POS)
    refused(tills.get(path), 403, "forbidden")


def test_few_questions_and_none_kept_for_ever(both_levels: House) -> None:
    shop, path = a_shop(), f"baskets/{new_id()}/"
    for lines in (1, 3):
        wish = a_wish(*((gtin, 1) for gtin in both_levels.gtins[:lines]))
        with counted() as sql:
            shop.put(path, wish)
        assert len(sql[database_for(Channel.WEBSHOP)]) <= 14
        with counted() as sql:
            shop.get(path)
        assert len(sql[database_for(Channel.WEBSHOP)]) <= 8
    assert forget_baskets() == 0
    later = timezone.now() + kept_baskets.KEPT + timedelta(days=1)
    assert kept_baskets.forget(later) == 1
    refused(shop.get(path), 404, "not-found")
