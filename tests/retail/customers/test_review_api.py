"""Deciding over the API whether two rows are one person."""

from __future__ import annotations

from datetime import date

import pytest

from inventory.ids import new_id
from inventory.places import Channel
from retail import channels
from retail.customers.linking import link_known, rows_of
from retail.customers.models import Customer
from retail.staff.models import Scope
from tests.calling import a_caller, an_office, refused
from tests.retail.customers.people import SIDES, stand, store_alice, web_alice

pytestmark = pytest.mark.django_db(databases=SIDES)
BORN = {"birth_date": date(1988, 4, 12), "postcode": "75017", "phone": ""}


def a_doubt() -> tuple[Customer, Customer]:
    stand("omnichannel")
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        web, store = web_alice(**BORN), store_alice(**{**BORN, "first_name": "Alyce"})
        link_known(by="system")
    return web, store


def test_one_person_once() -> None:
    web, store = a_doubt()
    office, path = an_office(), f"customers/{store.id}/merge-review/"
    (waiting,) = office.get(path).json()["results"]
    assert (waiting["other"], waiting["decision"]) == (str(web.id), None)
    same = {"other": str(web.id), "decision": "same"}
    first = office.post(path, same)
    assert (first.status_code, first.json()["decision"]) == (200, "same")
    assert office.post(path, same).json() == first.json()
    # from the other side it is the same doubt
    with channels.use_channel(Channel.WEBSHOP):
        assert rows_of(web) == [web, store]
    back = {"other": str(store.id), "decision": "not_same"}
    answer = office.post(f"customers/{web.id}/merge-review/", back)
    assert refused(answer, 409, "already-decided")["decision"] == "same"


def test_what_is_no_doubt() -> None:
    web, store = a_doubt()
    office, path = an_office(), f"customers/{web.id}/merge-review/"
    refused(
        office.post(path, {"other": str(web.id), "decision": "same"}), 400, "invalid"
    )
    for body in ({}, {"other": str(store.id), "decision": "perhaps"}, {"other": "x"}):
        refused(office.post(path, body), 400, "invalid")
    gone = {"other": str(new_id()), "decision": "same"}
    refused(office.post(path, gone), 404, "not-found")
    till = a_caller(Scope.TILL, channel=Channel.POS, location="M01")
    refused(till.get(path), 403, "forbidden")


def test_apart_there_is_nothing_to_decide() -> None:
    stand("cross-channel")
    body = {"other": str(new_id()), "decision": "same"}
    answer = an_office().post(f"customers/{new_id()}/merge-review/", body)
    refused(answer, 409, "feature-off")
