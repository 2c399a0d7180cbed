"""What a store's own system may do beyond the straight way: offers, transfers, parts."""

from __future__ import annotations

import pytest

from inventory.ids import new_id
from inventory.models import Transfer
from inventory.places import Channel
from retail.channels import use_channel
from retail.fulfilment import awaiting
from retail.fulfilment.models import PickupOffer
from retail.orders.models import Order
from tests.builders import (
    BOB,
    a_pickup_order,
    a_ready_pickup,
    carry,
    code_of,
    job_of,
    paid_at_counter,
    stock_of,
)
from tests.calling import Caller, a_store, refused
from tests.levels import SIDES
from tests.retail.orders.house import House, everything

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture
def store(both_levels: House) -> Caller:
    return a_store()


def begun(house: House, store: Caller) -> Order:
    order = a_pickup_order(house, (0, 2), (1, 1))
    for move in ("accept", "start-picking"):
        assert store.move(job_of(order).id, move).status_code == 200
    return order


def short_of(house: House, gtin: str, units: int = 1) -> dict[str, object]:
    return {
        "lines": [{"gtin": house.gtins[0], "quantity": 1}],
        "reason": "missing",
        "offers": [{"gtin": gtin, "instead_of": house.gtins[0], "quantity": units}],
    }


def test_short_with_an_offer(both_levels: House, store: Caller) -> None:
    order = begun(both_levels, store)
    id, key = job_of(order).id, new_id()
    body = short_of(both_levels, both_levels.gtins[2])
    assert store.move(id, "short", body, key=key).json()["status"] == "short"
    assert store.move(id, "short", body, key=key).status_code == 200
    other = short_of(both_levels, both_levels.gtins[1])
    refused(store.move(id, "short", other, key=key), 409, "id-reused")
    with use_channel(Channel.POS):
        assert PickupOffer.objects.get().quantity == 1
    assert stock_of(both_levels, "M01", 2) == (3, 1)


def test_offers_that_cannot_be(both_levels: House, store: Caller) -> None:
    order = begun(both_levels, store)
    id = job_of(order).id
    before = everything()
    for gtin, units in ((both_levels.gtins[1], 1), (both_levels.gtins[2], 2)):
        body = short_of(both_levels, gtin, units)
        refused(store.move(id, "short", body), 400, "invalid")
    unknown = short_of(both_levels, "4006381333931")
    found = refused(store.move(id, "short", unknown), 400, "invalid")
    assert "offers.0.gtin" in found["errors"]
    assert everything() == before
    other = a_pickup_order(both_levels, (2, 3))
    taken = short_of(both_levels, both_levels.gtins[2])
    answer = refused(store.move(id, "short", taken), 409, "out-of-stock")
    assert answer["lines"][0]["available"] == 0
    assert job_of(other).status == "placed"


def test_from_another_store(both_levels: House, store: Caller) -> None:
    order = begun(both_levels, store)
    id = job_of(order).id
    lines = [{"gtin": both_levels.gtins[0], "quantity": 2}]
    for source, status, kind in (("M01", 400, "invalid"), ("X", 400, "invalid")):
        body = {"lines": lines, "source": source}
        refused(store.move(id, "await-transfer", body), status, kind)
    asked = store.move(id, "await-transfer", {"lines": lines, "source": "M02"})
    assert asked.json()["status"] == "awaiting_transfer"
    refused(store.move(id, "transfer-arrived"), 409, "not-possible")
    with use_channel(Channel.POS):
        awaiting.send(Transfer.objects.get(), by=BOB)
    assert store.move(id, "transfer-arrived").json()["status"] == "accepted"


def test_a_part_and_then_the_rest(both_levels: House, store: Caller) -> None:
    order = a_ready_pickup(both_levels, (0, 2), (1, 1))
    paid_at_counter(order)
    id, key = job_of(order).id, new_id()
    code = {"code": code_of(order)}
    one = [{"gtin": both_levels.gtins[0], "quantity": 1}]
    part = store.move(id, "hand-over", {**code, "lines": one}, key=key).json()
    assert part["status"] == "partly_collected"
    assert [line["collected"] for line in part["lines"]] == [1, 0]
    again = store.move(id, "hand-over", {**code, "lines": one}, key=key)
    assert again.json()["lines"][0]["collected"] == 1
    two = [{"gtin": both_levels.gtins[0], "quantity": 2}]
    refused(
        store.move(id, "hand-over", {**code, "lines": two}, key=key), 409, "id-reused"
    )
    refused(store.move(id, "hand-over", {**code, "lines": two}), 400, "invalid")
    assert "hand-over-part" not in part["moves"]
    refused(store.move(id, "hand-over-part", code), 404, "not-found")
    assert store.move(id, "hand-over", code).json()["status"] == "collected"
    carry()
    order.refresh_from_db()
    assert order.status == "completed"


def test_bags_and_one_day_longer(both_levels: House, store: Caller) -> None:
    order = begun(both_levels, store)
    id = job_of(order).id
    lines = [
        {"gtin": gtin, "quantity": n}
        for gtin, n in zip(both_levels.gtins, (2, 1), strict=False)
    ]
    store.move(id, "pick", {"lines": lines})
    refused(store.move(id, "stage", {"shelf": "A1", "bags": 31}), 400, "invalid")
    assert store.move(id, "stage", {"shelf": "A1", "bags": 2}).json()["bags"] == 2
    ready = store.move(id, "ready").json()
    longer = store.move(id, "extend").json()
    assert longer["hold_until"] > ready["hold_until"]
    refused(store.move(id, "extend"), 409, "not-possible")
