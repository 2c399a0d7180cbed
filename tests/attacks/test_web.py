"""What a browser, or who pretends to be one, may try on the pages."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client

from retail.staff.models import Employee
from tests.attacks.crowd import at_a_till, browser
from tests.builders import job_of
from tests.calling import a_shop
from tests.levels import SIDES
from tests.retail.fulfilment.working import bob
from tests.retail.orders.house import House
from tests.retail.staff.test_shop_accounts import ADDRESS, code
from tests.signing_in import an_employee
from tests.webshop.visiting import order, put, text_of

pytestmark = pytest.mark.django_db(databases=SIDES)

EVIL = "evil.test"
SCRIPT = "<script>alert(1)</script>"
# what no column holds, no code is, and no path should end in
STRANGE = ["%00", "%ED%A0%80", "..%2F'%20OR%201=1--" + "9" * 300]


def test_a_forged_host_gets_nothing(db: None, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]  # a demo knows no name of its own
    for host in (EVIL, f"testserver.{EVIL}", f"testserver@{EVIL}"):
        answer = Client().get("/shop/account/login/", headers={"Host": host})
        assert answer.status_code == 400
        assert EVIL not in text_of(answer)


def test_who_forwards_is_believed_only_where_a_proxy_stands(db: None) -> None:
    """The name and the scheme that the request claims to have come by."""
    answer = Client().get(
        "/shop/account/login/",
        headers={"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "https"},
    )
    assert answer.status_code == 200
    assert not answer.wsgi_request.is_secure()
    assert EVIL not in text_of(answer)


def test_another_sites_form_is_refused_and_its_name_not_given_back(
    apart: House,
) -> None:
    visitor = Client(enforce_csrf_checks=True)
    visitor.get("/shop/account/login/code/")
    token = visitor.cookies["shop_csrf"].value
    given = {"gtin": apart.gtins[0], "csrfmiddlewaretoken": token}
    assert visitor.post("/shop/basket/put/", given).status_code == 302
    for origin in (
        "null",
        f"http://{EVIL}",
        f"http://testserver.{EVIL}",
        "http://not-testserver",
    ):
        headers = {"Origin": origin}
        refused = visitor.post("/shop/basket/put/", given, headers=headers)
        assert refused.status_code == 403
        asked = visitor.get("/api/v1/level/", headers=headers)
        assert asked.status_code == 200
        for answer in (refused, asked):
            names = [name.lower() for name in answer.headers]
            assert not [name for name in names if name.startswith("access-control")]


def test_nobody_is_led_to_another_site(apart: House) -> None:
    visitor = Client()
    for to in (f"https://{EVIL}/", f"//{EVIL}", f"/\\{EVIL}", f"/shop//{EVIL}"):
        chosen = visitor.post("/shop/stores/choose/", {"store": "M01", "next": to})
        spoken = visitor.post("/language/", {"language": "en", "next": to})
        for answer in (chosen, spoken):
            assert urlsplit(answer["Location"]).netloc == ""
            assert not answer["Location"].startswith(("//", "/\\"))


def test_a_session_from_before_is_worth_nothing_after_signing_in(apart: House) -> None:
    """Whoever laid their own session key into a customer's browser."""
    cache.clear()
    customer = browser()
    put(customer, apart.gtins[0])
    before = customer.cookies["shop_session"].value
    customer.post("/shop/account/signup/", {"email": ADDRESS})
    customer.post("/shop/account/confirm-email/", {"code": code()})
    assert customer.get("/shop/account/").status_code == 200
    assert customer.cookies["shop_session"].value != before
    thief = browser()
    thief.cookies["shop_session"] = before
    assert thief.get("/shop/account/").status_code == 302


def test_what_a_form_does_not_ask_is_not_taken(shared_only: House) -> None:
    """Price, state and owner in the body of an order."""
    visitor = browser()
    sent = order(
        visitor,
        shared_only,
        total="0.01",
        unit_price="0.01",
        status="completed",
        origin="pos",
        points="999",
        epoch="7",
        is_staff="1",
    )
    assert (str(sent.total), sent.status, sent.origin) == ("3.40", "placed", "webshop")


def test_a_script_in_a_name_is_text_wherever_it_is_shown(shared_only: House) -> None:
    visitor = browser()
    made = order(visitor, shared_only, first_name=SCRIPT, last_name=SCRIPT)
    store = bob()
    for client, page in [
        (visitor, f"/shop/orders/{made.id}/"),
        (store, "/pos/store/"),
        (store, f"/pos/store/job/{job_of(made).id}/"),
        (visitor, f"/shop/search/?q={SCRIPT}"),
    ]:
        answer = client.get(page)
        assert answer.status_code == 200
        assert SCRIPT not in text_of(answer), page
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "unsafe" not in answer["Content-Security-Policy"]


def test_strange_signs_break_no_address(shared_only: House) -> None:
    shop, visitor, store = a_shop(), browser(), bob()
    broken = []
    for sign in STRANGE:
        asked: list[tuple[Any, str]] = [
            (visitor, f"/01/{sign}"),
            (visitor, f"/shop/01/{sign}"),
            (visitor, f"/shop/p/{sign}/"),
            (visitor, f"/shop/stores/{sign}/"),
            (visitor, f"/shop/o/{sign}/"),
            (visitor, f"/shop/collect/{sign}/"),
            (visitor, f"/shop/search/?q={sign}&order={sign}&page={sign}&brand={sign}"),
            (visitor, f"/shop/search/suggest/?q={sign}"),
            (visitor, f"/shop/stores/?q={sign}&page={sign}"),
            (store, f"/pos/store/stock/?q={sign}"),
            (store, f"/pos/store/customers/?id={sign}"),
            (store, f"/pos/store/?q={sign}"),
            (shop.client, f"/api/v1/products/{sign}/"),
            (shop.client, f"/api/v1/products/?q={sign}&after={sign}&limit={sign}"),
            (shop.client, f"/api/v1/loyalty/{sign}/"),
            (shop.client, f"/api/v1/customers/?card={sign}"),
        ]
        for client, path in asked:
            headers = shop.headers() if client is shop.client else {}
            client.raise_request_exception = False
            if client.get(path, headers=headers).status_code >= 500:
                broken.append(path)
    assert not broken


def test_a_query_filters_and_orders_by_nothing_that_is_not_listed(
    shared_only: House,
) -> None:
    shop = a_shop()
    for path in ("products/", "stores/", "orders/"):
        plain = shop.get(path).json()
        odd = shop.get(
            path, order_by="password", ordering="-id", id__gt="0", origin="pos"
        )
        assert odd.json() == plain, path


def test_a_body_that_is_too_much_for_a_till(shared_only: House) -> None:
    ines: Employee = an_employee("Inès", location="M01")
    client, till = at_a_till("M01", 1, ines)
    address = "/pos/till/tickets/018f0000-0000-7000-8000-00000000dead/"
    deep = "[" * 100_000 + "]" * 100_000
    for body in (deep, "x" * (6 * 1024 * 1024), json.dumps({"id": float("nan")})):
        answer = client.put(address, body, content_type="application/json")
        assert answer.status_code in {400, 413}, body[:20]
    till.refresh_from_db()
    assert till.last_number == 0
