"""`/api/v1/fulfilments/` at both arrangements: a store's own system does its work."""

from __future__ import annotations

from uuid import UUID

import pytest

from inventory.ids import new_id
from retail.channels import Channel, use_channel
from retail.fulfilment.models import PickupEvent
from retail.orders.models import Order
from tests.builders import (
    a_parcel_order,
    a_pickup_order,
    a_ready_pickup,
    carry,
    code_of,
    job_of,
    paid_at_counter,
    parcel_of,
    stock_of,
)
from tests.calling import Caller, a_shop, a_store, counted, refused
from tests.levels import SIDES
from tests.retail.orders.house import House, everything

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture
def store(both_levels: House) -> Caller:
    return a_store()


def bag(order: Order, gtin: str, units: int) -> dict[str, object]:
    return {"lines": [{"gtin": gtin, "quantity": units}]}


def test_a_pickup_from_new_to_gone(both_levels: House, store: Caller) -> None:
    order = a_pickup_order(both_levels, (0, 2))
    gtin = both_levels.gtins[0]
    listed = store.get("fulfilments/", status="placed").json()["results"]
    assert [each["order_number"] for each in listed] == [order.number]
    job = listed[0]
    assert job["lines"][0]["quantity"] == 2
    assert job["due"] == {"amount": "6.80", "currency": "EUR"}
    assert job["customer"]["name"].startswith("Alice")
    assert job["moves"] == ["accept", "reject", "short", "cancel"]
    id = job["id"]
    for move, body, status in (
        ("accept", None, "accepted"),
        ("start-picking", {}, "picking"),
        ("pick", bag(order, gtin, 2), "picking"),
        ("stage", {"shelf": "A4"}, "staged"),
        ("ready", None, "ready"),
        ("check-in", {"where": "door"}, "checked_in"),
    ):
        answer = store.move(id, move, body)
        assert answer.status_code == 200, answer.content
        assert answer.json()["status"] == status
    carry()
    unpaid = refused(
        store.move(id, "hand-over", {"code": code_of(order)}), 409, "not-paid"
    )
    assert unpaid["due"] == "6.80"
    paid_at_counter(order)
    given = store.move(id, "hand-over", {"code": code_of(order)}).json()
    assert (given["status"], given["lines"][0]["collected"]) == ("collected", 2)
    assert stock_of(both_levels, "M01") == (1, 0)
    carry()
    order.refresh_from_db()
    assert order.status == "completed"


def test_the_same_key_moves_once(both_levels: House, store: Caller) -> None:
    order = a_pickup_order(both_levels)
    id, key = job_of(order).id, new_id()
    assert store.move(id, "accept", key=key).status_code == 200
    assert store.move(id, "accept", key=key).json()["status"] == "accepted"
    with use_channel(Channel.POS):
        assert PickupEvent.objects.filter(job_id=id, move="accept").count() == 1
        assert PickupEvent.objects.get(id=key).by == store.maker
    refused(store.move(id, "start-picking", key=key), 409, "id-reused")
    store.move(id, "start-picking")
    picked = bag(order, both_levels.gtins[0], 1)
    again, key = bag(order, both_levels.gtins[0], 0), new_id()
    assert store.move(id, "pick", picked, key=key).status_code == 200
    assert store.move(id, "pick", picked, key=key).status_code == 200
    refused(store.move(id, "pick", again, key=key), 409, "id-reused")
    assert store.get(f"fulfilments/{id}/").json()["lines"][0]["picked"] == 1
    key = new_id()
    assert store.move(id, "stage", {"shelf": "A1"}, key=key).status_code == 200
    refused(store.move(id, "stage", {"shelf": "A2"}, key=key), 409, "id-reused")


def test_a_move_needs_its_key(both_levels: House, store: Caller) -> None:
    id = job_of(a_pickup_order(both_levels)).id
    before = everything()
    for key in ("x", "1", "null"):
        body = refused(store.move(id, "accept", key=key), 400, "invalid")
        assert "Idempotency-Key" in body["errors"]
    refused(store.post(f"fulfilments/{id}/accept/"), 400, "invalid")
    assert everything() == before


def test_moves_that_are_not_possible(both_levels: House, store: Caller) -> None:
    id = job_of(a_pickup_order(both_levels)).id
    before = everything()
    body = refused(store.move(id, "stage", {"shelf": "A1"}), 409, "illegal-move")
    assert body["allowed"] == ["accept", "reject", "short", "cancel"]
    assert body["fulfilment_status"] == "placed"
    early = refused(store.move(id, "hand-over", {"code": "X"}), 409, "illegal-move")
    assert early["move"] == "hand-over"
    refused(store.move(id, "ship", {"tracking": "1"}), 409, "illegal-move")
    refused(store.move(id, "choose", {"choice": "drop"}), 404, "not-found")
    refused(store.move(id, "explode"), 404, "not-found")
    assert everything() == before


def test_bad_lines(both_levels: House, store: Caller) -> None:
    order = a_pickup_order(both_levels, (0, 2))
    id, gtin = job_of(order).id, both_levels.gtins[0]
    store.move(id, "accept")
    store.move(id, "start-picking")
    before = everything()
    for units in (-1, 10**9, 1.5, "1", True, None, [1]):
        body = {"lines": [{"gtin": gtin, "quantity": units}]}
        refused(store.move(id, "pick", body), 400, "invalid")
    for wrong in (
        {"lines": [{"gtin": gtin, "quantity": 3}]},
        {"lines": [{"gtin": both_levels.gtins[1], "quantity": 1}]},
        {"lines": [{"gtin": gtin, "quantity": 1}, {"gtin": gtin, "quantity": 1}]},
        {"lines": []},
        {},
        {**bag(order, gtin, 1), "status": "ready"},
        {**bag(order, gtin, 1), "location": "M02"},
    ):
        refused(store.move(id, "pick", wrong), 400, "invalid")
    refused(store.move(id, "short", bag(order, gtin, 1)), 400, "invalid")
    body = refused(store.move(id, "stage", {"shelf": "A1"}), 409, "incomplete")
    assert body["lines"] == [{"gtin": gtin, "missing": 2}]
    refused(store.move(id, "stage", {}), 400, "invalid")
    assert everything() == before


def test_wrong_codes_are_counted_and_used_ones_refused(
    both_levels: House, store: Caller
) -> None:
    order = a_ready_pickup(both_levels)
    paid_at_counter(order)
    id = job_of(order).id
    wrong = refused(
        store.move(id, "hand-over", {"code": "23456789"}), 409, "wrong-code"
    )
    assert wrong["left"] == 4
    refused(store.move(id, "hand-over", {}), 400, "invalid")
    assert stock_of(both_levels, "M01") == (3, 1)
    used = {"code": code_of(order)}
    assert store.move(id, "hand-over", used).status_code == 200
    before = everything()
    refused(store.move(id, "hand-over", used), 409, "illegal-move")
    assert everything() == before


def test_another_stores_work_is_not_there(both_levels: House) -> None:
    id = job_of(a_pickup_order(both_levels)).id
    before = everything()
    other = a_store("M02")
    refused(other.get(f"fulfilments/{id}/"), 404, "not-found")
    refused(other.move(id, "accept"), 404, "not-found")
    refused(other.get("fulfilments/", location="M01"), 403, "forbidden")
    assert other.get("fulfilments/", location="M02").json()["results"] == []
    refused(a_shop().get("fulfilments/"), 403, "forbidden")
    refused(a_shop().move(id, "accept"), 403, "forbidden")
    refused(Caller().move(id, "accept"), 401, "unauthorized")
    assert everything() == before


def test_a_warehouse_packs_parcels(both_levels: House) -> None:
    order = a_parcel_order(both_levels, (1, 2))
    warehouse, id = a_store("W01"), parcel_of(order).id
    for move, body in (
        ("start-picking", None),
        ("pick", bag(order, both_levels.gtins[1], 2)),
        ("pack", None),
        ("ship", {"tracking": "6A123"}),
    ):
        answer = warehouse.move(id, move, body)
        assert answer.status_code == 200, answer.content
    body = answer.json()
    assert (body["method"], body["status"]) == ("ship", "shipped")
    assert (body["tracking"], body["moves"]) == ("6A123", ["deliver", "return"])
    assert stock_of(both_levels, "W01", 1) == (8, 0)
    refused(warehouse.move(id, "accept"), 409, "illegal-move")


def test_work_is_leafed_through(both_levels: House, store: Caller) -> None:
    orders = [a_pickup_order(both_levels) for _ in range(3)]
    first = store.get("fulfilments/", limit="2").json()
    numbers = [each["order_number"] for each in first["results"]]
    rest = store.client.get(first["next"], headers=store.headers()).json()
    numbers += [each["order_number"] for each in rest["results"]]
    assert numbers == [each.number for each in orders]
    assert rest["next"] is None
    refused(store.get("fulfilments/", status="asleep"), 400, "invalid")


def test_what_a_list_costs(both_levels: House, store: Caller) -> None:
    for _ in range(3):
        a_pickup_order(both_levels)
    with counted() as sql:
        store.get("fulfilments/")
    side = "pos" if both_levels.level == "cross-channel" else "shared"
    # the dial and the key; the place, its jobs, their lines
    assert (len(sql["default"]), len(sql[side])) == (2, 3)


def test_an_id_that_nobody_has(both_levels: House, store: Caller) -> None:
    refused(store.get(f"fulfilments/{new_id()}/"), 404, "not-found")
    refused(store.move(UUID(int=0), "accept"), 404, "not-found")
