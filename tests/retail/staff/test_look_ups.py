"""Colleagues search for customers: counted, limited, and kept without whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as house
from django.db import connections
from django.test import Client
from django.utils import timezone

from retail.staff.look_ups import WITHIN, TooManyLookUps, note
from retail.staff.models import LookUp
from tests.levels import SIDES, apart
from tests.pos.counter import at_till
from tests.retail.fulfilment.working import bob
from tests.retail.orders.house import House
from tests.signing_in import a_head, an_employee, sign_in

__all__ = ["apart"]
pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture
def three_at_most(settings: Any) -> None:
    settings.LIMITS = replace(house.LIMITS, look_ups=3)


def test_so_many_in_ten_minutes_and_all_of_them_kept(three_at_most: None) -> None:
    ines, paul = an_employee("Inès"), an_employee("Paul")
    now = timezone.now()
    for minute in range(3):
        note(ines, "name", at=now + timedelta(minutes=minute))
    with pytest.raises(TooManyLookUps) as over:
        note(ines, "card", at=now + timedelta(minutes=3))
    assert over.value.until == now + WITHIN
    note(paul, "phone", at=now)  # everybody has their own
    note(ines, "email", at=now + WITHIN)
    kept = LookUp.objects.order_by("at", "id").values_list("by", "key", "refused")
    assert sorted(kept) == [
        ("Inès", "card", True),
        ("Inès", "email", False),
        *[("Inès", "name", False)] * 3,
        ("Paul", "phone", False),
    ]


def test_a_line_cannot_be_taken_back(three_at_most: None) -> None:
    note(an_employee("Inès"), "name")
    with (
        connections["default"].cursor() as cursor,
        pytest.raises(Exception, match="permission denied"),
    ):
        cursor.execute("DELETE FROM staff_lookup")


def test_till_and_store_say_when_it_goes_on_and_head_office_reads_who(
    apart: House, three_at_most: None, django_assert_num_queries: Any
) -> None:
    till, store = at_till(apart), bob()
    for text in ("M-00000001", "06 12 34 56 78", "a@example.org"):
        assert till.send("POST", "customers", {"code": text}).status_code == 200
        page = store.post("/pos/store/customers/", {"q": text})
        assert page.status_code == 200
    refused = till.send("POST", "customers", {"code": "alice"})
    assert (refused.status_code, refused.json()["minutes"]) == (429, 10)
    page = store.post("/pos/store/customers/", {"q": "alice"})
    assert page.status_code == 429
    assert "In 10 minutes you can go on." in page.content.decode()

    head = Client(headers={"Accept-Language": "en"})
    sign_in(head, "office", a_head())
    head.get("/office/watch/")
    with django_assert_num_queries(7, using="default"):  # four say who asks
        told = head.get("/office/watch/").content.decode()
    assert told.count("Refused</span>") == 2
    assert "Over the limit" in told
    assert "alice" not in told


def test_the_journal_goes_on(db: None) -> None:
    claire = a_head()
    now = timezone.now()
    for minute in range(52):
        note(claire, "name", at=now - timedelta(minutes=minute))
    head = Client(headers={"Accept-Language": "en"})
    sign_in(head, "office", claire)
    page = head.get("/office/watch/").content.decode()
    more = page.partition("?after=")[2].partition("#")[0]
    rest = head.get(f"/office/watch/?after={more}").content.decode()
    assert (page.count("<td>Name"), rest.count("<td>Name")) == (50, 2)
