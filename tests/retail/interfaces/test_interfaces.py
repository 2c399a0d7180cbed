"""What all of the API has in common."""

from __future__ import annotations

import re
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, OperationalError
from django.test import Client, RequestFactory

from inventory.ids import new_id
from retail.fulfilment import goods_api
from retail.interfaces.problems import KINDS, Problem, answer, broken
from retail.orders import api as orders_api
from tests.calling import Caller, a_shop, an_office, an_order, refused
from tests.levels import SIDES
from tests.retail.orders.house import House, set_level

pytestmark = pytest.mark.django_db(databases=SIDES)


class Closed(psycopg.DatabaseError):
    sqlstate = "RT001"


def test_the_level_is_public(both_levels: House) -> None:
    body = Caller().get("level/").json()
    assert body["level"] == both_levels.level
    assert body["features"]["web_to_store"] == {"on": True, "stores": None}
    assert set(body) == {"level", "features"}
    set_level("multichannel")
    assert Caller().get("level/").json()["level"] == "multichannel"
    assert Caller().get("level/", level="omnichannel").json()["level"] == "multichannel"


def test_a_query_that_says_nothing_does_not_mean_all(apart: House) -> None:
    refused(an_office().get("orders/", customer=""), 400, "invalid")
    there = f"products/{apart.gtins[0]}/availability/"
    refused(Caller().get(there, slots="perhaps"), 400, "invalid")


def test_an_address_that_leads_nowhere(apart: House) -> None:
    refused(Caller().get("nowhere/"), 404, "not-found")
    refused(Caller().get("no%0Awhere/"), 404, "not-found")
    refused(a_shop().post("orders/not-a-uuid/", {}), 404, "not-found")
    refused(a_shop().send("DELETE", f"orders/{new_id()}/"), 405, "method-not-allowed")


def test_a_refused_write_is_left_to_the_second_try() -> None:
    error = DatabaseError("closed")
    error.__cause__ = Closed()
    assert answer(error, {}) is None


@pytest.mark.django_db(transaction=True, databases=SIDES)
def test_a_write_that_a_closed_side_refused_is_made_by_the_second_try(
    apart: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []
    place = orders_api.placing.place

    def refused_once(**given: object) -> object:
        tries.append(given)
        if len(tries) == 1:
            error = DatabaseError("closed")
            error.__cause__ = Closed()
            raise error
        return place(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(orders_api.placing, "place", refused_once)
    wish = an_order((apart.gtins[0], 1))
    assert a_shop().put(f"orders/{new_id()}/", wish).status_code == 201
    assert len(tries) == 2


def test_a_database_that_is_away_is_said_so(
    apart: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*given: object) -> None:
        raise OperationalError("no connection")

    monkeypatch.setattr(goods_api, "one_of_goods", away)
    response = Caller().get(f"products/{apart.gtins[0]}/")
    refused(response, 503, "unavailable")
    assert response["Retry-After"] == "2"


def test_what_nobody_expected_tells_nothing(
    apart: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*given: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(goods_api, "one_of_goods", break_down)
    client = Client(raise_request_exception=False)
    response = client.get(f"/api/v1/products/{apart.gtins[0]}/")
    refused(response, 500, "server-error")
    assert b"secret" not in response.content
    page = broken(RequestFactory().get("/shop/"))
    assert (page.status_code, page["Content-Type"][:9]) == (500, "text/html")


def test_every_kind_of_problem_has_a_page_in_both_languages() -> None:
    for slug, kind in KINDS.items():
        for language in ("fr", "en"):
            page = Client().get(
                f"/problems/{slug}", headers={"Accept-Language": language}
            )
            assert page.status_code == 200
            assert str(kind.status) in page.content.decode()
    assert Client().get("/problems/none").status_code == 404


def test_values_that_are_none_are_left_out() -> None:
    assert "left" not in Problem("wrong-code", left=None).body()


def test_the_schema_is_whole_and_without_warnings() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


def test_every_address_is_in_the_schema(apart: House) -> None:
    schema = Client().get("/api/v1/schema/", headers={"Accept": "application/json"})
    assert schema.status_code == 200
    paths = set(re.findall(r"/api/v1/[a-z0-9_{}/-]*", schema.content.decode()))
    assert {
        "/api/v1/orders/{id}/",
        "/api/v1/fulfilments/{id}/{move}/",
        "/api/v1/tickets/batch/",
    } <= paths


def test_the_reader_runs_no_inline_script(apart: House) -> None:
    page = Client().get("/api/v1/docs/")
    assert page.status_code == 200
    text = page.content.decode()
    assert '<html lang="en">' in text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    policy = page["Content-Security-Policy"]
    assert "script-src 'self';" in policy + ";"
    assert "'unsafe-inline'" in policy
    elsewhere = Client().get("/problems/invalid")["Content-Security-Policy"]
    assert "'unsafe-inline'" not in elsewhere
    for source in re.findall(r'(?:src|href)="([^"]+)"', text):
        assert source.startswith("/"), source
