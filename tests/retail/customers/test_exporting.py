"""The export: everything over all rows, and nothing of anybody else."""

from __future__ import annotations

import json
import re

import pytest

from inventory.ids import new_id
from inventory.places import Channel
from retail import channels
from retail.customers import consents, exporting
from retail.customers.linking import link_known
from retail.customers.models import Purpose
from retail.loyalty import points
from tests.builders import a_pickup_order
from tests.levels import SIDES, apart, both_levels, shared_only
from tests.retail.customers.forgetting import (
    MAIL,
    NAME,
    PHONE,
    a_day,
    a_ticket_of,
    in_store,
    on_web,
)
from tests.retail.orders.house import House, alice

pytestmark = pytest.mark.django_db(databases=SIDES)
__all__ = ["apart", "both_levels", "shared_only"]


def test_the_shop_tells_all_it_has(both_levels: House) -> None:
    customer = on_web()
    parcel, pickup, guest = a_day(both_levels, customer)
    a_pickup_order(both_levels, customer=alice())  # somebody else's
    with channels.atomic():
        consents.record(
            customer,
            id=new_id(),
            purpose=Purpose.EMAIL_OFFERS,
            granted=True,
            wording="email_offers-1",
            language="fr",
            by=f"customer:{customer.id}",
        )
    found = exporting.document(customer)

    assert found["format"] == "personal-data/1"
    assert found["sign_in"]["email"] == MAIL
    (profile,) = found["profiles"]
    assert (profile["first_name"], profile["phone"]) == (NAME, PHONE)
    assert (profile["birth_date"], profile["postcode"]) == ("1987-06-05", "69283")
    assert {each["number"] for each in found["orders"]} == {
        parcel.number,
        pickup.number,
        guest.number,  # ordered without signing in, under her proven address
    }
    first = next(each for each in found["orders"] if each["id"] == str(parcel.id))
    assert first["total"] == str(parcel.total)
    assert first["lines"][0]["gtin"] == both_levels.gtins[0]
    assert first["fulfilments"][0]["address"]["name"] == "Alice Martin"
    assert [each["purpose"] for each in found["consents"]] == ["email_offers"]
    assert len(found["parcels"]) == 1
    assert found["points_entries"][0]["points"] > 0
    # at the level where the store is another database, its pickups are not known here
    assert len(found["pickups"]) == (2 if channels.shared() else 0)


def test_money_is_text_and_times_are_utc(both_levels: House) -> None:
    customer = on_web()
    a_day(both_levels, customer)
    text = json.dumps(exporting.document(customer))
    assert not re.search(r'"(total|amount|goods|due)": [0-9]', text)
    for at in re.findall(r'"(?:\w+_at|at)": "([^"]*)"', text):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", at)


def test_nobody_elses_name_and_no_secret(shared_only: House) -> None:
    web, store = on_web(), in_store()
    a_ticket_of(shared_only, store)
    with channels.atomic():
        link_known(by="employee:1 Sarah")
    text = json.dumps(exporting.document(web), ensure_ascii=False)
    for word in ("Inès", "Bob", "Sarah", "code_hash", "body_hash", "canonical"):
        assert word not in text


def test_together_both_rows_are_told_from_either(shared_only: House) -> None:
    web, store = on_web(), in_store()
    with channels.atomic():
        points.earn(web, points=5, reference="opening")
        link_known(by="system")
    ticket = a_ticket_of(shared_only, store)
    for row in (web, store):
        found = exporting.document(row)
        assert {each["origin"] for each in found["profiles"]} == {"webshop", "pos"}
        (bought,) = found["tickets"]
        assert (bought["id"], bought["place"]) == (str(ticket.id), "Place M01")
        assert bought["lines"][0]["total"] == str(ticket.total)
        assert len(found["links"]) == 2
        assert len(found["points_accounts"]) == 2


def test_apart_a_channel_tells_its_own(apart: House) -> None:
    web, store = on_web(), in_store()
    a_ticket_of(apart, store)
    assert exporting.document(web)["tickets"] == []
    with channels.use_channel(Channel.POS):
        found = exporting.document(store)
    assert len(found["tickets"]) == 1
    assert [each["origin"] for each in found["profiles"]] == ["pos"]
    assert found["sign_in"] is None


def test_a_long_history_is_read_in_pieces(apart: House, monkeypatch) -> None:
    customer = on_web()
    with channels.atomic():
        for number in range(7):
            points.earn(customer, points=1, reference=f"purchase {number}")
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    assert len(exporting.document(customer)["points_entries"]) == 7
