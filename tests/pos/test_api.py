"""`/api/v1/tickets/` at both arrangements: another system's till."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.ids import new_id
from inventory.places import Channel
from pos.models import Ticket, Till
from retail.channels import use_channel
from retail.staff.models import Role, Scope
from tests.builders import a_pickup_order, stock_of
from tests.calling import Caller, a_caller, a_store, counted, refused
from tests.levels import SIDES
from tests.pos.tills import a_ticket, a_till, everything, seal
from tests.retail.orders.house import House
from tests.signing_in import an_employee

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture
def till(both_levels: House) -> Till:
    with use_channel(Channel.POS):
        return a_till()


@pytest.fixture
def caller(till: Till) -> Caller:
    return a_caller(Scope.TILL, channel=Channel.POS, location="M01", till_id=till.id)


def ticket(house: House, till: Till, *lines: tuple[int, int], **changes: Any) -> Any:
    with use_channel(Channel.POS):
        return a_ticket(house, till, *lines, **changes)


def rows() -> Any:
    with use_channel(Channel.POS):
        return everything()


def test_a_ticket_is_booked_once(
    both_levels: House, till: Till, caller: Caller
) -> None:
    payload = ticket(both_levels, till, (0, 2))
    with counted() as sql:
        first = caller.put(f"tickets/{payload['id']}/", payload)
    assert first.status_code == 201, first.content
    assert first.json()["result"] == "accepted"
    assert first.json()["total"] == {"amount": "6.80", "currency": "EUR"}
    side = "pos" if both_levels.level == "cross-channel" else "shared"
    assert (len(sql["default"]), len(sql[side])) == TICKET
    again = caller.put(f"tickets/{payload['id']}/", payload)
    assert (again.status_code, again.json()["result"]) == (200, "replayed")
    assert stock_of(both_levels, "M01") == (1, 0)


# the dial and the key; a transaction of two statements: the place in the chain with
# what is read, and the ticket's rows with its goods
TICKET = (2, 4)


def test_a_batch_answers_for_each(
    both_levels: House, till: Till, caller: Caller
) -> None:
    first = ticket(both_levels, till)
    second = follow(first)
    third = follow(second)
    wrong = first | {"id": str(new_id())}
    nameless = first | {"id": "till 1, no. 7"}
    tickets = [first, first, third, wrong, nameless, "x"]
    body = caller.post("tickets/batch/", {"tickets": tickets}).json()
    ids = [each["id"] for each in body["results"]]
    assert ids == [*(each["id"] for each in tickets[:5]), None]  # type: ignore[index]
    assert [each["result"] for each in body["results"]] == [
        "accepted",
        "replayed",
        "parked",
        *["refused"] * 3,
    ]
    assert body["results"][2]["problem"]["type"] == "/problems/chain-broken"
    body = caller.post("tickets/batch/", {"tickets": [second, third]}).json()
    assert [each["result"] for each in body["results"]] == ["accepted", "accepted"]


def follow(payload: dict[str, Any]) -> dict[str, Any]:
    return seal(
        payload
        | {
            "id": str(new_id()),
            "number": payload["number"] + 1,
            "previous_hash": payload["hash"],
        }
    )


def test_a_batch_too_long_or_none(both_levels: House, caller: Caller) -> None:
    refused(caller.post("tickets/batch/", {"tickets": [1] * 201}), 413, "too-large")
    for body in ({}, {"tickets": []}, {"tickets": {}}, {"tickets": [1], "x": 1}, []):
        refused(caller.post("tickets/batch/", body), 400, "invalid")


def test_what_is_wrong_with_a_ticket(
    both_levels: House, till: Till, caller: Caller
) -> None:
    good = ticket(both_levels, till)
    path = f"tickets/{good['id']}/"
    before = rows()
    line = good["lines"][0]
    for units in (-1, 0, 10**9, 1.5, "1", True, None, [1]):
        bad = good | {"lines": [line | {"quantity": units}]}
        refused(caller.put(path, bad), 400, "invalid")
    for changes in (
        {"total": 3.4},
        {"total": "1e3"},
        {"number": "1"},
        {"points_spent": -1},
        {"sold_at": "2026-11-24"},
        {"lines": None},
        {"id": str(new_id())},
        {"origin": "webshop"},
        {"location": "M02"},
        {"points_earned": 1000},
        {"lines": [line | {"price": "0.01"}]},
    ):
        refused(caller.put(path, good | changes), 400, "invalid")
    refused(caller.put(path, "NaN"), 400, "invalid")
    refused(caller.put(path, good | {"hash": "0" * 64}), 400, "wrong-hash")
    far = seal(good | {"number": 7})
    body = refused(caller.put(path, far), 409, "chain-broken")
    assert (body["number"], body["previous_hash"]) == (1, good["previous_hash"])
    nobody = seal(good | {"employee": str(new_id())})
    refused(caller.put(path, nobody), 409, "no-shift")
    unknown = seal(good | {"lines": [line | {"gtin": "4006381333931"}]})
    refused(caller.put(path, unknown), 409, "unknown-product")
    stranger = seal(good | {"customer": str(new_id())})
    refused(caller.put(path, stranger), 409, "unknown-customer")
    assert rows() == before
    assert caller.put(path, good).status_code == 201
    other = seal(good | {"sold_at": "2026-11-24T11:31:00.000Z"})
    refused(caller.put(path, other), 409, "id-reused")


def test_units_that_are_held(both_levels: House, till: Till, caller: Caller) -> None:
    order = a_pickup_order(both_levels, (0, 3))
    payload = ticket(both_levels, till, (0, 1))
    path = f"tickets/{payload['id']}/"
    before = rows()
    body = refused(caller.put(path, payload), 409, "held")
    assert body["lines"][0]["held_for"] == [order.number]
    free = payload | {"only_free": True}
    refused(caller.put(path, free), 409, "out-of-stock")
    assert rows() == before
    assert caller.put(path, payload | {"take_held": True}).status_code == 201


def test_another_tills_ticket(both_levels: House, till: Till) -> None:
    payload = ticket(both_levels, till)
    path = f"tickets/{payload['id']}/"
    with use_channel(Channel.POS):
        second = a_till(number=2)
        elsewhere = a_till("M02")
    for location, till_id in (("M01", second.id), ("M02", None), ("M02", elsewhere.id)):
        other = a_caller(
            Scope.TILL, channel=Channel.POS, location=location, till_id=till_id
        )
        refused(other.put(path, payload), 403, "other-till")
    refused(a_store().put(path, payload), 403, "forbidden")
    refused(Caller().put(path, payload), 401, "unauthorized")
    with use_channel(Channel.POS):
        assert not Ticket.objects.exists()
    whole_store = a_caller(Scope.TILL, channel=Channel.POS, location="M01")
    assert whole_store.put(path, payload).status_code == 201


def test_tills_are_listed_and_opened(both_levels: House) -> None:
    with use_channel(Channel.POS):
        till = a_till(opened=False)
    caller = a_caller(Scope.TILL, channel=Channel.POS, location="M01")
    listed = caller.get("tills/").json()["results"]
    assert [(each["id"], each["shift"]) for each in listed] == [(str(till.id), None)]
    assert listed[0]["next"] == {"number": 1, "previous_hash": till.last_hash}
    bob = an_employee("Bob", role=Role.CASHIER, location="M01")
    opened = caller.post(f"tills/{till.id}/shifts/", {"employee": str(bob.id)})
    assert opened.json()["shift"]["employee_name"] == "Bob"
    again = caller.post(f"tills/{till.id}/shifts/", {"employee": str(bob.id)})
    assert again.json() == opened.json()
    lea = an_employee("Léa", role=Role.CASHIER, location="M01")
    answer = caller.post(f"tills/{till.id}/shifts/", {"employee": str(lea.id)})
    refused(answer, 409, "shift-open")
    stranger = an_employee("Zoé", role=Role.CASHIER, location="M02")
    answer = caller.post(f"tills/{till.id}/shifts/", {"employee": str(stranger.id)})
    refused(answer, 400, "invalid")
    other = a_caller(Scope.TILL, channel=Channel.POS, location="M02")
    answer = other.post(f"tills/{till.id}/shifts/", {"employee": str(stranger.id)})
    refused(answer, 404, "not-found")
