"""Customers: an address, a code, no password; and the border to staff."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from retail.channels import head_office_atomic
from retail.staff.models import Account
from tests.signing_in import PASSWORD, a_head, an_employee

ALL = ["default", "webshop", "pos", "shared"]
pytestmark = [
    pytest.mark.django_db(databases=ALL),
    pytest.mark.urls("tests.retail.staff.test_shop_accounts"),
]
ADDRESS = "alice@exemple.fr"


def elsewhere(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("a page of the shop")


# The pages that the shop's frame links to: its own room is not what is tested here.
urlpatterns = [
    path("shop/account/", include("retail.staff.account_urls")),
    path("language/", elsewhere, name="set_language"),
    *(
        path(f"shop/{name}/", elsewhere, name=f"shop_{name}")
        for name in ("home", "search", "account", "basket", "stores", "gift_card")
    ),
    path("shop/suggest/", elsewhere, name="shop_suggest"),
    path("shop/department/<code>/", elsewhere, name="shop_department"),
    path("office/", include("retail.staff.office_urls")),
]


@pytest.fixture(autouse=True)
def no_earlier_tries() -> None:
    """Rate limits count in the cache, which outlives a test."""
    cache.clear()


def code() -> str:
    found = re.search(r"(?:is|est)\s*:?\s*([A-Z0-9-]{6,})", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1]


def signed_in(client: Client) -> bool:
    """By the session: no page of the shop is needed to know."""
    return "_auth_user_id" in client.get("/shop/account/login/").wsgi_request.session


def join(client: Client, address: str = ADDRESS) -> None:
    answer = client.post("/shop/account/signup/", {"email": address})
    assert answer["Location"] == "/shop/account/confirm-email/"
    answer = client.post("/shop/account/confirm-email/", {"code": code()})
    assert answer.status_code == 302


def test_joining_takes_an_address_and_its_code(client: Client) -> None:
    join(client, "Alice@Exemple.fr")
    account = Account.objects.get()
    assert (account.kind, account.email, account.login) == ("customer", ADDRESS, None)
    assert not account.has_usable_password()
    assert EmailAddress.objects.get().verified
    assert signed_in(client)


def test_signing_in_takes_a_code(client: Client) -> None:
    join(client)
    other = Client()
    answer = other.post("/shop/account/login/", {"email": ADDRESS})
    assert answer["Location"].startswith("/shop/account/login/code/confirm/")
    page = other.get(answer["Location"]).content.decode()
    assert code() in page  # the demo shows it
    assert other.post(answer["Location"], {"code": "WRONGX"}).status_code == 200
    answer = other.post(answer["Location"], {"code": code()})
    assert answer.status_code == 302
    assert signed_in(other)


def test_outside_the_demo_the_page_shows_no_code(client: Client, settings) -> None:
    settings.DEMO = False
    client.post("/shop/account/signup/", {"email": ADDRESS})
    page = client.get("/shop/account/confirm-email/").content.decode()
    assert code() not in page
    assert "demo_code" not in client.get("/shop/account/login/").wsgi_request.session


def test_after_five_wrong_codes_the_code_is_void(client: Client) -> None:
    join(client)
    other = Client()
    other.post("/shop/account/login/", {"email": ADDRESS})
    right = code()
    for _ in range(5):
        other.post("/shop/account/login/code/confirm/", {"code": "WRONGX"})
    other.post("/shop/account/login/code/confirm/", {"code": right})
    assert not signed_in(other)


def test_an_unknown_address_gets_the_same_answer(client: Client) -> None:
    join(client)
    known = Client().post("/shop/account/login/", {"email": ADDRESS})
    unknown = Client().post("/shop/account/login/", {"email": "nobody@exemple.fr"})
    assert (known.status_code, known["Location"]) == (
        unknown.status_code,
        unknown["Location"],
    )


def test_staff_cannot_sign_in_to_the_shop(client: Client) -> None:
    claire = a_head("claire@sarriette.test")
    claire.account.contact_email = "claire@sarriette.test"
    claire.account.save(update_fields=["contact_email"])
    client.post("/shop/account/login/", {"email": "claire@sarriette.test"})
    assert "demo_code" not in client.get("/shop/account/login/").wsgi_request.session
    assert not signed_in(client)


def test_the_same_address_may_be_both_and_neither_opens_the_other(
    client: Client,
) -> None:
    account = Account.objects.create_staff(
        login=ADDRESS, password=PASSWORD, contact_email=ADDRESS
    )
    an_employee("Alice", account=account)
    join(client)
    assert Account.objects.filter(kind="customer", email=ADDRESS).count() == 1
    office = Client()
    answer = office.post("/office/sign-in/", {"login": ADDRESS, "password": "x"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "customer", "email": ADDRESS, "login": "alice"},
        {"kind": "customer", "email": None, "login": "alice"},
        {"kind": "customer", "email": ADDRESS, "is_superuser": True},
        {"kind": "staff", "email": ADDRESS, "login": "alice"},
        {"kind": "staff", "email": None, "login": None},
        {"kind": "robot", "email": ADDRESS},
    ],
)
def test_the_border_is_a_constraint(wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), head_office_atomic():
        Account.objects.create(**wrong)
    assert Account.objects.count() == 0


def test_one_account_per_address_whatever_its_case() -> None:
    Account.objects.create_customer(email=ADDRESS)
    with pytest.raises(IntegrityError), head_office_atomic():
        Account.objects.create(kind="customer", email=ADDRESS.upper())


def test_nothing_to_confirm_leads_to_the_account(client: Client) -> None:
    join(client)
    answer = client.get("/shop/account/confirm-email/", follow=True)
    assert answer.redirect_chain[-1][0] == "/shop/account/"
