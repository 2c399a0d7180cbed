"""`/api/v1/orders/` at both arrangements."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.ids import new_id
from retail.channels import Channel, Feature, use_channel
from retail.channels.models import FeatureFlag
from retail.channels.snapshot import forget
from retail.fulfilment import pickup
from retail.fulfilment.offers import Instead
from retail.loyalty.card_codes import code_for
from retail.orders.models import Order
from retail.staff.keys import revoke_key
from retail.staff.models import Scope
from tests.builders import bob, carry, job_of, staged
from tests.calling import (
    Caller,
    a_caller,
    a_shop,
    an_office,
    an_order,
    counted,
    refused,
)
from tests.levels import SIDES
from tests.retail.loyalty.test_gift_cards import a_card
from tests.retail.orders.house import ADDRESS, House, alice, everything, set_level

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture
def shop(both_levels: House) -> Caller:
    return a_shop()


def a_parcel(*lines: tuple[str, int], paid: str = "approve") -> dict[str, Any]:
    return an_order(
        *lines,
        fulfilment={"method": "ship", "address": ADDRESS},
        payment={"method": "online", "token": paid},
    )


def test_an_order_is_placed_once(both_levels: House, shop: Caller) -> None:
    id, wish = new_id(), an_order((both_levels.gtins[0], 2))
    first = shop.put(f"orders/{id}/", wish)
    assert first.status_code == 201, first.content
    carry()
    again = shop.put(f"orders/{id}/", wish)
    assert again.status_code == 200
    body = again.json()
    assert body["id"] == str(id)
    assert body["status"] == "placed"
    assert body["totals"]["total"] == {"amount": "6.80", "currency": "EUR"}
    promise = body["fulfilments"][0]
    assert (promise["location"], promise["status"]) == ("M01", "placed")
    assert promise["due"]["amount"] == "6.80"
    assert len(promise["code"]) == 8
    assert promise["ready_by"].endswith("Z")
    assert shop.get(f"orders/{id}/").json() == body
    assert Order.objects.get(id=id).maker == shop.maker


def test_sent_again_it_is_answered_though_its_gift_card_is_gone(
    shared_only: House,
) -> None:
    shop, card = a_shop(), a_card(20, channel=Channel.POS)
    wish = a_parcel((shared_only.gtins[1], 1))
    wish["payment"]["gift_card"] = code_for(card.id)
    id = new_id()
    assert shop.put(f"orders/{id}/", wish).status_code == 201
    FeatureFlag.objects.filter(name=Feature.UNIFIED_LOYALTY).update(on=False)
    forget()
    again = shop.put(f"orders/{id}/", wish)
    assert again.status_code == 200, again.content
    refused(shop.put(f"orders/{new_id()}/", wish), 400, "invalid")


def test_a_parcel_is_paid_at_once(both_levels: House, shop: Caller) -> None:
    answer = shop.put(f"orders/{new_id()}/", a_parcel((both_levels.gtins[1], 1)))
    assert answer.status_code == 201
    body = answer.json()
    assert body["status"] == "placed"
    assert body["payments"][0]["status"] == "authorised"
    assert body["fulfilments"][0]["code"] is None


def test_a_declined_payment_may_be_tried_again(
    both_levels: House, shop: Caller
) -> None:
    id = new_id()
    wish = a_parcel((both_levels.gtins[1], 1), paid="decline")
    refused(shop.put(f"orders/{id}/", wish), 402, "payment-declined")
    assert shop.get(f"orders/{id}/").json()["status"] == "payment_failed"
    assert shop.put(f"orders/{id}/", wish).json()["status"] == "payment_failed"
    attempt = {"id": str(new_id()), "token": "approve"}
    paid = shop.post(f"orders/{id}/payments/", attempt)
    assert paid.json()["status"] == "placed"
    again = shop.post(f"orders/{id}/payments/", attempt)
    assert [each["status"] for each in again.json()["payments"]] == [
        "failed",
        "authorised",
    ]
    totals = again.json()["totals"]
    assert (totals["reserved"], totals["paid"]["amount"]) == (totals["total"], "0.00")
    other = {"id": str(new_id()), "token": "approve"}
    refused(shop.post(f"orders/{id}/payments/", other), 409, "not-payable")


def test_an_order_whose_payment_was_cut_off_is_paid_by_the_second_try(
    both_levels: House, shop: Caller
) -> None:
    id, wish = new_id(), a_parcel((both_levels.gtins[1], 1))
    without = {**wish, "payment": {"method": "online"}}
    assert shop.put(f"orders/{id}/", without).json()["status"] == "awaiting_payment"
    assert shop.put(f"orders/{id}/", wish).json()["status"] == "placed"


def test_cancelling(both_levels: House, shop: Caller) -> None:
    id = new_id()
    shop.put(f"orders/{id}/", an_order((both_levels.gtins[0], 1)))
    carry()
    answer = shop.post(f"orders/{id}/cancel/")
    apart = both_levels.level == "cross-channel"
    assert answer.status_code == (202 if apart else 200), answer.content
    carry()
    assert shop.get(f"orders/{id}/").json()["status"] == "cancelled"
    assert shop.post(f"orders/{id}/cancel/").status_code == 200


def test_the_customer_chooses_after_a_refusal(both_levels: House, shop: Caller) -> None:
    id = new_id()
    shop.put(f"orders/{id}/", an_order((both_levels.gtins[0], 1)))
    carry()
    order = Order.objects.get(id=id)
    refused(shop.post(f"orders/{id}/choices/", {"choice": "drop"}), 409, "not-possible")
    bob(pickup.reject, order, reason="closed")
    answer = shop.post(
        f"orders/{id}/choices/", {"choice": "other_store", "location": "M02"}
    )
    assert answer.status_code == 200, answer.content
    places = [each["location"] for each in answer.json()["fulfilments"]]
    assert places == ["M01", "M02"]


def test_checking_in(both_levels: House, shop: Caller) -> None:
    id = new_id()
    shop.put(f"orders/{id}/", an_order((both_levels.gtins[0], 1)))
    carry()
    refused(shop.post(f"orders/{id}/check-in/", {}), 409, "not-possible")
    order = Order.objects.get(id=id)
    with_code = shop.get(f"orders/{id}/").json()["fulfilments"][0]["code"]
    bob(pickup.ready, staged(order))
    answer = shop.post(f"orders/{id}/check-in/", {"where": "bay 2"})
    apart = both_levels.level == "cross-channel"
    assert answer.status_code == (202 if apart else 200), answer.content
    carry()
    promise = shop.get(f"orders/{id}/").json()["fulfilments"][0]
    assert (promise["status"], promise["code"]) == ("checked_in", with_code)
    assert job_of(order).place == "bay 2"


BAD_QUANTITIES = [-1, 0, 10**9, 1.5, 1e3, "1e3", "1", True, None, [1], {}]


def test_a_bad_quantity(both_levels: House, shop: Caller) -> None:
    before = everything()
    for units in BAD_QUANTITIES:
        wish = an_order((both_levels.gtins[0], units))
        body = refused(shop.put(f"orders/{new_id()}/", wish), 400, "invalid")
        assert "lines.0.quantity" in body["errors"], units
    twice = an_order((both_levels.gtins[0], 9999), (both_levels.gtins[0], 1))
    refused(shop.put(f"orders/{new_id()}/", twice), 400, "invalid")
    assert everything() == before


NO_JSON_OBJECTS = [
    '{"email": "a@example.org", "lines": NaN}',
    '{"email": Infinity}',
    '{"email": 1e999}',
    '{"email": "a@b.fr", "email": "c@d.fr"}',
    '{"email": "\\u0000"}',
    '{"email": "\\ud800"}',
    '{"email":',
    "[" * 10_000,
    '{"a":' * 14 + "1" + "}" * 14,
    "\xff",
    "[]",
    '"text"',
    "1" * 5000,
]


def test_a_body_that_is_no_json_object(apart: House) -> None:
    for text in NO_JSON_OBJECTS:
        raw = text.encode("latin-1")
        refused(a_shop().put(f"orders/{new_id()}/", raw), 400, "invalid")
    assert not Order.objects.exists()


def test_a_body_too_large_or_of_another_kind(both_levels: House, shop: Caller) -> None:
    path = f"orders/{new_id()}/"
    refused(shop.put(path, b" " * (1024 * 1024 + 1)), 413, "too-large")
    wish = an_order((both_levels.gtins[0], 1))
    form = shop.put(path, wish, type="application/x-www-form-urlencoded")
    refused(form, 415, "unsupported-media-type")
    packed = shop.put(path, wish, **{"Content-Encoding": "gzip"})
    refused(packed, 415, "unsupported-media-type")
    assert not Order.objects.exists()


WRONG = [
        ({"email": None}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": ["a@b.fr"]}, "email"),
        ({"lines": []}, "lines"),
        ({"lines": {}}, "lines"),
        ({"lines": [{"gtin": "4006381333931", "quantity": 1}]}, "lines.0.gtin"),
        ({"lines": [{"gtin": "123", "quantity": 1}]}, "lines.0.gtin"),
        ({"lines": [{"gtin": 5, "quantity": 1}]}, "lines.0.gtin"),
        ({"fulfilment": None}, "fulfilment"),
        ({"fulfilment": {"method": "fly"}}, "fulfilment.method"),
        ({"fulfilment": {"method": "collect"}}, "fulfilment.location"),
        (
            {"fulfilment": {"method": "collect", "location": "W01"}},
            "fulfilment.location",
        ),
        (
            {"fulfilment": {"method": "collect", "location": "X99"}},
            "fulfilment.location",
        ),
        (
            {"fulfilment": {"method": "collect", "location": "M01", "slot": "9 h"}},
            "fulfilment.slot",
        ),
        ({"payment": {"method": "at_store", "amount": "0.01"}}, "payment.amount"),
        ({"customer": "1"}, "customer"),
        ({"coupons": ["FREE"]}, "coupons"),
        ({"redeem_points": -30}, "redeem_points"),
        ({"redeem_points": True}, "redeem_points"),
        ({"redeem_points": 30}, "redeem_points"),
        *(
            ({name: 1}, name)
            for name in (
                "price", "total", "tax", "status", "points_value", "is_staff",
                "location", "origin", "channel", "epoch", "level", "database",
                "number", "maker", "body_hash", "placed_at", "currency",
            )
        ),
]  # fmt: skip


def test_a_wrong_or_unknown_field(both_levels: House, shop: Caller) -> None:
    before = everything()
    for changes, field in WRONG:
        wish = an_order((both_levels.gtins[0], 1), **changes)
        body = refused(shop.put(f"orders/{new_id()}/", wish), 400, "invalid")
        assert field in body["errors"], body
    assert everything() == before


def test_more_than_there_is(both_levels: House, shop: Caller) -> None:
    before = everything()
    gtin = both_levels.gtins[0]
    answer = shop.put(f"orders/{new_id()}/", an_order((gtin, 4)))
    body = refused(answer, 409, "out-of-stock")
    assert body["lines"] == [{"gtin": gtin, "wanted": 4, "available": 3}]
    assert everything() == before


def test_points_that_are_not_there(both_levels: House, shop: Caller) -> None:
    customer = alice(with_points=60)
    before = everything()
    wish = an_order(
        (both_levels.gtins[2], 1), customer=str(customer.id), redeem_points=90
    )
    body = refused(shop.put(f"orders/{new_id()}/", wish), 409, "not-enough-points")
    assert (body["balance"], body["wanted"]) == (60, 90)
    assert everything() == before


def test_a_feature_that_is_off(both_levels: House, shop: Caller) -> None:
    set_level("multichannel")
    before = everything("webshop", "pos", "shared")
    wish = an_order((both_levels.gtins[0], 1))
    if both_levels.level == "cross-channel":
        body = refused(shop.put(f"orders/{new_id()}/", wish), 409, "feature-off")
        assert body["feature"] == "web_to_store"
    assert everything("webshop", "pos", "shared") == before


def test_the_same_id_with_another_body(both_levels: House, shop: Caller) -> None:
    id = new_id()
    shop.put(f"orders/{id}/", an_order((both_levels.gtins[0], 1)))
    before = everything()
    other = an_order((both_levels.gtins[0], 2))
    refused(shop.put(f"orders/{id}/", other), 409, "id-reused")
    assert everything() == before


def test_an_order_of_somebody_else_is_not_there(
    both_levels: House, shop: Caller
) -> None:
    id, wish = new_id(), an_order((both_levels.gtins[0], 1))
    shop.put(f"orders/{id}/", wish)
    carry()
    before = everything()
    other = a_shop()
    refused(other.put(f"orders/{id}/", wish), 404, "not-found")
    refused(other.get(f"orders/{id}/"), 404, "not-found")
    for act in ("payments", "cancel", "choices", "check-in"):
        refused(other.post(f"orders/{id}/{act}/", {}), 404, "not-found")
    assert other.get("orders/").json() == {"results": [], "next": None}
    assert everything() == before
    seen = an_office().get(f"orders/{id}/").json()
    assert seen["fulfilments"][0]["code"] is None


def test_a_customer_of_the_stores_is_nobody_here(
    both_levels: House, shop: Caller
) -> None:
    from tests.pos.tills import chloe

    wish = an_order((both_levels.gtins[0], 1), customer=str(chloe().id))
    answer = shop.put(f"orders/{new_id()}/", wish)
    if both_levels.level == "cross-channel":
        assert "customer" in refused(answer, 400, "invalid")["errors"]
    else:
        assert answer.status_code == 201, answer.content


def test_another_scope_places_nothing(apart: House) -> None:
    wish = an_order((apart.gtins[0], 1))
    for scope in (Scope.TILL, Scope.STORE, Scope.OFFICE):
        caller = a_caller(scope, location="M01")
        refused(caller.put(f"orders/{new_id()}/", wish), 403, "forbidden")
    assert not Order.objects.exists()


def test_no_key_and_a_revoked_one(both_levels: House, shop: Caller) -> None:
    wish = an_order((both_levels.gtins[0], 1))
    answer = Caller().put(f"orders/{new_id()}/", wish)
    refused(answer, 401, "unauthorized")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert shop.key is not None
    revoke_key(shop.key)
    refused(shop.put(f"orders/{new_id()}/", wish), 401, "unauthorized")
    assert not Order.objects.exists()


def test_what_names_a_level_or_a_database_means_nothing(
    both_levels: House, shop: Caller
) -> None:
    id = new_id()
    wish = an_order((both_levels.gtins[0], 1))
    path = f"orders/{id}/?level=omnichannel&database=pos&channel=pos&epoch=9"
    headers = {"X-Level": "multichannel", "X-Database": "pos", "Cookie": "side=pos"}
    assert shop.put(path, wish, **headers).status_code == 201
    apart = both_levels.level == "cross-channel"
    with use_channel(Channel.WEBSHOP):
        assert Order.objects.get(id=id)._state.db == ("webshop" if apart else "shared")


def test_orders_are_leafed_through(both_levels: House, shop: Caller) -> None:
    ids = [new_id() for _ in range(3)]
    for id in ids:
        shop.put(f"orders/{id}/", an_order((both_levels.gtins[0], 1)))
    first = shop.get("orders/", limit="2").json()
    assert [each["id"] for each in first["results"]] == [str(ids[2]), str(ids[1])]
    rest = shop.client.get(first["next"], headers=shop.headers()).json()
    assert [each["id"] for each in rest["results"]] == [str(ids[0])]
    assert rest["next"] is None
    number = first["results"][0]["number"]
    found = shop.get("orders/", number=number.lower()).json()["results"]
    assert [each["number"] for each in found] == [number]
    assert shop.get("orders/", customer=str(new_id())).json()["results"] == []


def test_a_bad_query(apart: House) -> None:
    shop = a_shop()
    for name, value in (
        ("limit", "0"),
        ("limit", "1e9"),
        ("limit", "٣"),
        ("cursor", "x"),
        ("cursor", "WyJhIiwiYiJd"),
        ("customer", "1 OR 1=1"),
        ("number", "\x00"),
    ):
        refused(shop.get("orders/", **{name: value}), 400, "invalid")
    tricky = {"order_by": "password", "customer__password__startswith": "p"}
    assert shop.get("orders/", **tricky).status_code == 200


# Two on head office's database: the dial and the key. On the side: one that reads what
# decides the order, one that books its slot and one that writes it, between two of the
# transaction, and one that reads the order for the answer; apart, the bell of the mail.
PLACING = {"cross-channel": 7, "omnichannel": 6}


def test_what_placing_costs(both_levels: House, shop: Caller) -> None:
    gtins = both_levels.gtins
    shop.put(f"orders/{new_id()}/", an_order((gtins[0], 1)))
    wish = an_order((gtins[0], 1), (gtins[1], 1), (gtins[2], 1))
    with counted() as sql:
        assert shop.put(f"orders/{new_id()}/", wish).status_code == 201
    side = "webshop" if both_levels.level == "cross-channel" else "shared"
    assert len(sql["default"]) == 2
    assert len(sql[side]) == PLACING[both_levels.level]


def a_ready_one(both_levels: House, shop: Caller, **given: Any) -> Order:
    id = new_id()
    wish = an_order((both_levels.gtins[0], 1), **given)
    assert shop.put(f"orders/{id}/", wish).status_code == 201
    carry()
    order = Order.objects.get(id=id)
    staged(order)
    bob(pickup.ready, order)
    return order


def later(both_levels: House) -> int:
    return 202 if both_levels.level == "cross-channel" else 200


def test_on_the_way(both_levels: House, shop: Caller) -> None:
    order = a_ready_one(both_levels, shop)
    answer = shop.post(f"orders/{order.id}/on-way/", {"minutes": 10, "where": "bay 2"})
    assert answer.status_code == later(both_levels), answer.content
    carry()
    assert job_of(order).place == "bay 2"
    [promise] = shop.get(f"orders/{order.id}/").json()["fulfilments"]
    assert promise["on_way_at"].endswith("Z")
    wrong = shop.post(f"orders/{order.id}/on-way/", {"minutes": 7})
    refused(wrong, 400, "invalid")


def test_kept_longer_once(both_levels: House, shop: Caller) -> None:
    order = a_ready_one(both_levels, shop)
    before = shop.get(f"orders/{order.id}/").json()["fulfilments"][0]["hold_until"]
    answer = shop.post(f"orders/{order.id}/extend/", {})
    assert answer.status_code == later(both_levels)
    carry()
    [promise] = shop.get(f"orders/{order.id}/").json()["fulfilments"]
    assert promise["hold_until"] > before
    assert shop.post(f"orders/{order.id}/extend/", {}).status_code == 200
    carry()
    assert shop.get(f"orders/{order.id}/").json()["fulfilments"] == [promise]


def test_somebody_else_collects(both_levels: House, shop: Caller) -> None:
    order = a_ready_one(both_levels, shop)
    answer = shop.post(f"orders/{order.id}/collector/", {"name": "Noé Petit"})
    assert answer.status_code == later(both_levels)
    carry()
    [promise] = shop.get(f"orders/{order.id}/").json()["fulfilments"]
    assert promise["collector"] == "Noé Petit"
    assert len(promise["collector_code"]) == 8
    assert promise["collector_code"] != promise["code"]
    office = an_office()
    [seen] = office.get(f"orders/{order.id}/").json()["fulfilments"]
    assert (seen["code"], seen["collector_code"]) == (None, None)


def test_another_hour(both_levels: House, shop: Caller) -> None:
    order = a_ready_one(both_levels, shop)
    refused(shop.post(f"orders/{order.id}/slot/", {}), 400, "invalid")
    gone = {"slot": "2020-01-01T10:00:00Z"}
    refused(shop.post(f"orders/{order.id}/slot/", gone), 409, "slot-full")


def test_what_is_offered_instead_is_taken(both_levels: House, shop: Caller) -> None:
    id = new_id()
    wish = an_order((both_levels.gtins[1], 1))
    shop.put(f"orders/{id}/", wish)
    carry()
    order = Order.objects.get(id=id)
    bob(pickup.accept, order)
    bob(pickup.start_picking, order)
    jar = Instead(1, both_levels.variants[both_levels.gtins[0]], 1)
    bob(pickup.short, order, {1: 1}, reason="missing", offers=[jar])

    [promise] = shop.get(f"orders/{id}/").json()["fulfilments"]
    assert promise["choose_by"].endswith("Z")
    [offer] = promise["offers"]
    assert offer["unit_price"] == {"amount": "3.40", "currency": "EUR"}
    wrong = {"choice": "substitute", "take": [9]}
    refused(shop.post(f"orders/{id}/choices/", wrong), 409, "not-possible")
    taken = {"choice": "substitute", "take": [offer["position"]]}
    answer = shop.post(f"orders/{id}/choices/", taken)
    assert answer.status_code == later(both_levels)
    carry()
    body = shop.get(f"orders/{id}/").json()
    assert [line["replaces"] for line in body["lines"]] == [None, 1]
    assert body["fulfilments"][0]["due"]["amount"] == "3.40"
