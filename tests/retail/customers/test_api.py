"""`/api/v1/customers/` at both arrangements."""

from __future__ import annotations

import pytest

from inventory.ids import new_id
from inventory.places import Channel
from retail.channels import use_channel
from retail.customers.models import Customer
from retail.staff.models import Scope
from tests.calling import Caller, a_caller, a_shop, an_office, refused
from tests.levels import SIDES
from tests.pos.tills import chloe
from tests.retail.orders.house import House, alice, everything

pytestmark = pytest.mark.django_db(databases=SIDES)
ALICE = {
    "first_name": "Alice",
    "last_name": "Martin",
    "email": "Alice@example.org",
    "phone": "06 39 98 01 02",
}


@pytest.fixture
def shop(both_levels: House) -> Caller:
    return a_shop()


def test_a_customer_is_registered_once(both_levels: House, shop: Caller) -> None:
    id = new_id()
    first = shop.put(f"customers/{id}/", ALICE)
    assert first.status_code == 201, first.content
    body = first.json()
    assert body["card"].startswith("W-")
    assert (body["channel"], body["email"]) == ("webshop", "alice@example.org")
    assert body["phone"] == "+33639980102"
    again = shop.put(f"customers/{id}/", ALICE)
    assert (again.status_code, again.json()) == (200, body)
    before = everything()
    other = ALICE | {"first_name": "Eve"}
    refused(shop.put(f"customers/{id}/", other), 409, "id-reused")
    assert everything() == before
    for name in ("card", "phone", "email"):
        found = shop.get("customers/", **{name: body[name]}).json()["results"]
        assert [each["id"] for each in found] == [str(id)]


def test_what_a_channel_knows(both_levels: House, shop: Caller) -> None:
    customer = chloe()
    found = shop.get("customers/", card=customer.card).json()["results"]
    till = a_caller(Scope.TILL, channel=Channel.POS, location="M01")
    known = till.get("customers/", phone="06 39 98 01 03").json()["results"]
    assert [each["first_name"] for each in known] == ["Chloé"]
    assert known[0]["phone"] == "…03"
    if both_levels.level == "cross-channel":
        assert found == []
    else:
        assert [each["channel"] for each in found] == ["pos"]
    taken = shop.put(f"customers/{customer.id}/", ALICE)
    if both_levels.level == "cross-channel":
        assert taken.status_code == 201
    else:
        refused(taken, 404, "not-found")
        with use_channel(Channel.POS):
            assert Customer.objects.get(id=customer.id).first_name == "Chloé"


def test_bad_people_and_bad_questions(both_levels: House, shop: Caller) -> None:
    alice()
    before = everything()
    for body in (
        {},
        {"first_name": " "},
        {"first_name": 5},
        {"email": "nobody"},
        {"first_name": "A", "phone": "12"},
        {"first_name": "A" * 81},
        ALICE | {"card": "W-00000001"},
        ALICE | {"origin": "pos"},
        ALICE | {"is_staff": True},
        ALICE | {"email_verified_at": "2026-01-01T00:00:00Z"},
        ALICE | {"account_id": str(new_id())},
        [],
        "null",
    ):
        refused(shop.put(f"customers/{new_id()}/", body), 400, "invalid")
    for query in ({}, {"name": "Alice"}, {"card": "W-1", "email": "a@b.fr"}):
        refused(shop.get("customers/", **query), 400, "invalid")
    refused(Caller().get("customers/", card="W-1"), 401, "unauthorized")
    assert everything() == before


def test_the_office_reads_what_a_till_sees_masked(both_levels: House) -> None:
    customer = alice()
    body = an_office().get("customers/", email=customer.email).json()["results"][0]
    assert body["email"] == "alice@example.org"
    till = a_caller(Scope.TILL, channel=Channel.WEBSHOP, location="M01")
    body = till.get("customers/", email=customer.email).json()["results"][0]
    assert body["email"] == "a…@example.org"
