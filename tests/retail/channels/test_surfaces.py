"""Sessions and CSRF cookies per surface, side by side in one browser."""

from __future__ import annotations

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from retail.staff.models import Account
from tests.signing_in import PIN, a_device, a_head, an_employee, sign_in_customer

ALL = ["default", "webshop", "pos", "shared"]
pytestmark = [
    pytest.mark.django_db(databases=ALL),
    pytest.mark.urls("tests.retail.channels.pages"),
]


def as_head(client: Client) -> None:
    a_head()
    client.post(
        "/office/sign-in/", {"login": "claire", "password": "un-mot-de-passe-long"}
    )


def as_cashier(client: Client) -> None:
    _device, token = a_device()
    bob = an_employee()
    client.cookies["till_device"] = token
    client.post("/pos/sign-in/", {"employee": str(bob.pk), "pin": PIN})


def test_three_people_in_one_browser(client: Client) -> None:
    alice = Account.objects.create_customer(email="alice@exemple.fr")
    sign_in_customer(client, alice)
    as_cashier(client)
    as_head(client)
    keys = {
        name: client.cookies[f"{name}_session"].value
        for name in ("shop", "pos", "office")
    }
    assert len(set(keys.values())) == 3
    assert client.cookies["pos_session"]["path"] == "/pos"
    assert client.cookies["office_session"]["path"] == "/"
    assert client.post("/office/sign-out/").status_code == 302
    assert Session.objects.filter(pk=keys["office"]).count() == 0
    assert Session.objects.filter(pk__in=[keys["shop"], keys["pos"]]).count() == 2


def test_a_shop_key_under_the_offices_name_is_nobody(client: Client) -> None:
    alice = Account.objects.create_customer(email="alice@exemple.fr")
    sign_in_customer(client, alice)
    key = client.cookies["shop_session"].value
    thief = Client()
    for surface, path in (("office", "/office/t/where/"), ("pos", "/pos/t/where/")):
        thief.cookies[f"{surface}_session"] = key
        response = thief.get(path)
        assert not response.wsgi_request.user.is_authenticated
        assert response.wsgi_request.session.get("_auth_user_id") is None
    assert Session.objects.filter(pk=key).exists()  # the customer's own goes on


def test_an_office_key_opens_no_shop_account(client: Client) -> None:
    as_head(client)
    thief = Client()
    thief.cookies["shop_session"] = client.cookies["office_session"].value
    response = thief.get("/shop/t/where/")
    assert not response.wsgi_request.user.is_authenticated


def test_a_page_without_a_surface_has_no_session(client: Client) -> None:
    client.get("/t/nowhere/")
    assert not client.cookies
    assert Session.objects.count() == 0


def test_looking_writes_no_session(client: Client) -> None:
    client.get("/shop/t/where/")
    client.get("/office/sign-in/")
    assert Session.objects.count() == 0
    assert set(client.cookies) == {"office_csrf"}


@pytest.mark.parametrize("prefix", ["shop", "pos", "warehouse", "office"])
def test_a_write_without_csrf_is_refused(prefix: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(f"/{prefix}/t/checked/", {"code": "a"}).status_code == 403


def test_a_csrf_token_serves_its_own_surface_only() -> None:
    browser = Client(enforce_csrf_checks=True)
    page = browser.get("/office/sign-in/")
    token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page.content)
    assert token is not None
    data = {"code": "a", "csrfmiddlewaretoken": token[1].decode()}
    assert browser.post("/office/t/checked/", data).status_code == 200
    assert browser.post("/pos/t/checked/", data).status_code == 403
    assert browser.cookies["office_csrf"]["path"] == "/"


def test_the_language_is_one_cookie_for_all(client: Client) -> None:
    response = client.post("/language/", {"language": "en", "next": "/shop/"})
    assert (response.status_code, response["Location"]) == (302, "/shop/")
    assert client.cookies["language"].value == "en"
    refused = client.post(
        "/language/", {"language": "fr"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert refused.status_code == 403
    assert client.get("/language/").status_code == 405


def test_the_language_leads_to_no_other_site(client: Client) -> None:
    response = client.post(
        "/language/", {"language": "en", "next": "https://evil.test/"}
    )
    assert "evil" not in response["Location"]
