"""The office page of online payments."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from retail.settlement import differing
from retail.settlement.differing import Found
from retail.settlement.models import Difference
from retail.staff.models import Account, Role
from tests.levels import SIDES
from tests.retail.orders.house import House
from tests.signing_in import PASSWORD, a_head, an_employee, sign_in

pytestmark = pytest.mark.django_db(databases=SIDES)
PAGE, ACT = "/office/money/", "/office/money/act/"


def a_difference() -> Difference:
    found = Found("018f", "captured", "W-000007", 5, 4)  # type: ignore[arg-type]
    differing.keep("demo", [found], at=timezone.now())
    return differing.open_differences().get()


def words(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_what_differs_is_dealt_with_once(
    apart: House, client: Client, django_assert_max_num_queries: Any
) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, "office", a_head())
    assert "Our books and the provider’s agree" in words(client.get(PAGE))
    row = a_difference()
    with django_assert_max_num_queries(8):
        page = words(client.get(PAGE))
    assert "1 payment differs" in page
    assert "W-000007" in page
    done = {"id": str(row.id), "why": "given back there"}
    assert "Say what was done" in words(
        client.post(ACT, {**done, "why": " "}, follow=True)
    )
    assert "given back there" in words(client.post(ACT, done, follow=True))
    assert "done before" in words(client.post(ACT, done, follow=True))
    assert client.post(ACT, {"id": "x"}).status_code == 404
    assert "0 payments compared" in words(
        client.post(ACT, {"act": "compare"}, follow=True)
    )


def test_a_manager_may_look(apart: House, client: Client) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    account = Account.objects.create_staff(login="paul", password=PASSWORD)
    manager = an_employee("Paul", role=Role.MANAGER, location="M01", account=account)
    sign_in(client, "office", manager)
    row = a_difference()
    assert "Dealt with" not in words(client.get(PAGE))
    assert client.post(ACT, {"id": str(row.id), "why": "x"}).status_code == 403
