"""Closed days: who closes which store, what it says everywhere, and taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from inventory.models import Location
from inventory.places import Channel
from retail.channels import use_channel
from retail.messages.relay import relay_once
from retail.staff.models import Account, Edit, Role
from tests.levels import SIDES, apart, both_levels
from tests.retail.orders.house import House
from tests.signing_in import PASSWORD, a_head, an_employee, sign_in

__all__ = ["apart", "both_levels"]
pytestmark = pytest.mark.django_db(databases=SIDES)
PAGE, BACK = "/office/closed-days/", "/office/closed-days/back/"


def signed_in(role: Role = Role.HEAD_OFFICE) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    if role == Role.HEAD_OFFICE:
        sign_in(client, "office", a_head())
        return client
    account = Account.objects.create_staff(login="paul", password=PASSWORD)
    paul = an_employee("Paul", role=role, location="M01", account=account)
    sign_in(client, "office", paul)
    return client


def days(first: int, last: int | None = None, **more: object) -> dict[str, object]:
    """So many days from today."""
    today = timezone.localdate()
    return {
        "first": (today + timedelta(days=first)).isoformat(),
        "last": (today + timedelta(days=last)).isoformat() if last else "",
        "fr": "Travaux",
        "en": "Works",
        **more,
    }


def closed(code: str, channel: Channel = Channel.WEBSHOP) -> list[list[str]]:
    with use_channel(channel):
        found: list[list[str]] = Location.objects.get(code=code).closed_days
        return found


def test_a_span_is_closed_told_everywhere_and_taken_back(both_levels: House) -> None:
    client = signed_in()
    told = days(1, 3, every="on")
    page = client.post(PAGE, told, follow=True).content.decode()
    assert "Saved for 2 stores" in page
    while relay_once(Channel.WEBSHOP):
        pass
    row = [told["first"], told["last"], "Travaux", "Works"]
    for channel in Channel:
        assert closed("M01", channel) == closed("M02", channel) == [row]
    store = client.get("/shop/stores/M01/").content.decode()
    assert "<dd>Works</dd>" in store
    assert f'"validFrom": "{told["first"]}"' in store
    body = client.get("/api/v1/stores/").json()["results"][0]
    assert body["closed_days"] == [
        {"first": row[0], "last": row[1], "fr": "Travaux", "en": "Works"}
    ]
    for wrong, says in (
        (days(3, 5, stores=["M02"]), "is closed already"),
        (days(9, 7, stores=["M02"]), "comes before the first"),
        (days(9, 400, stores=["M02"]), "Longer than a year"),
        (days(-1, stores=["M02"]), "This day is over"),
        (days(9), "This field is required"),
    ):
        answer = client.post(PAGE, wrong)
        assert (answer.status_code, says in answer.content.decode()) == (422, True), (
            says
        )
    back = {**told, "store": ["M01", "M02"]}
    assert client.post(BACK, back).status_code == 302
    assert closed("M01") == closed("M02") == []
    assert Edit.objects.filter(by="Claire").count() == 4


def test_a_manager_closes_the_own_store(apart: House) -> None:
    client = signed_in(Role.MANAGER)
    assert "All stores" not in client.get(PAGE).content.decode()
    assert client.post(PAGE, days(1, stores=["M02"])).status_code == 302
    assert (len(closed("M01")), closed("M02")) == (1, [])
