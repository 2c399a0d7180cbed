"""`/api/v1/webhooks/` and the office's page of the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from inventory.ids import new_id
from inventory.places import Channel
from retail.messages.outside import carry_out
from retail.staff.edits import Edit, Way
from retail.staff.models import Scope
from retail.webhooks.models import Delivery, Endpoint, State
from retail.webhooks.sending import send_due
from tests.builders import a_pickup_order
from tests.calling import a_caller, a_shop, an_office, counted, refused
from tests.levels import SIDES
from tests.retail.orders.house import House
from tests.retail.webhooks.receiving import Line, an_endpoint
from tests.signing_in import a_head, sign_in

pytestmark = pytest.mark.django_db(databases=SIDES)
Listen = Callable[..., Any]
PAGE = "/office/webhooks/"


def a_wish(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "url": "https://hooks.example.com/in",
        "events": ["order.placed"],
        **changes,
    }


def test_added_seen_changed_and_ended(shared_only: House) -> None:
    office, wish = an_office(), a_wish()
    made = office.post("webhooks/", wish)
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert secret.startswith("whsec_")
    again = office.post("webhooks/", wish)
    assert (again.status_code, "secret" in again.json()) == (200, False)
    refused(
        office.post("webhooks/", {**wish, "events": ["refund.made"]}), 409, "id-reused"
    )
    one = f"webhooks/{wish['id']}/"
    assert office.get(one).json() == again.json()
    assert office.get("webhooks/").json() == {"results": [again.json()], "next": None}
    changed = office.send("PATCH", one, {"state": "paused", "events": ["refund.made"]})
    assert changed.json() == {
        **again.json(), "state": "paused", "events": ["refund.made"]
    }  # fmt: skip
    other = office.post(f"{one}secret/", {}).json()
    assert other["old_secret_until"] is not None
    assert other["secret"] not in (secret, None)
    now = office.post(f"{one}secret/", {"keep_old": False}).json()
    assert now["old_secret_until"] is None
    assert office.send("DELETE", one).status_code == 204
    refused(office.get(one), 404, "not-found")
    log = [
        (each.by, each.way, each.act, sorted({*each.before, *each.after}))
        for each in Edit.objects.order_by("at", "id")
    ]
    key = ("another system", Way.WEBHOOKS)
    every = ["channel", "events", "state", "url"]
    assert log == [
        (*key, "made", every),
        (*key, "changed", ["events", "state"]),
        (*key, "changed", ["old_until", "secret"]),
        (*key, "changed", ["old_until", "secret"]),
        (*key, "ended", every),
    ]
    assert secret not in str(list(Edit.objects.values()))


def test_what_is_refused(shared_only: House) -> None:
    office = an_office()
    for wrong in ("https://127.0.0.1/", "http://example.com/", "https://a:b@c.fr/"):
        body = refused(office.post("webhooks/", a_wish(url=wrong)), 400, "invalid")
        assert set(body["errors"]) == {"url"}
    for wish in (a_wish(events=[]), a_wish(events=["order.lost"]), a_wish(events=None)):
        body = refused(office.post("webhooks/", wish), 400, "invalid")
        assert set(body["errors"]) == {"events"}
    theirs, _secret = an_endpoint(channel=Channel.POS)
    refused(office.get(f"webhooks/{theirs.id}/"), 404, "not-found")
    stores = a_caller(Scope.OFFICE, channel=Channel.POS)
    assert stores.get(f"webhooks/{theirs.id}/").status_code == 200
    wish = {"url": "https://10.0.0.1/"}
    refused(stores.send("PATCH", f"webhooks/{theirs.id}/", wish), 400, "invalid")
    refused(a_shop().get("webhooks/"), 403, "forbidden")


def test_deliveries_by_pages_and_again(shared_only: House, listen: Listen) -> None:
    endpoint, _secret = listen()
    for _ in range(2):
        a_pickup_order(shared_only)
    carry_out()
    send_due(call=Line())
    office, path = an_office(), f"webhooks/{endpoint.id}/"
    with counted() as sql:
        first = office.get(f"{path}deliveries/", limit="1").json()
    assert len(sql["default"]) <= 5
    [delivery] = first["results"]
    assert (delivery["status"], delivery["attempts"]) == ("sent", 1)
    cursor = first["next"].split("cursor=")[1].split("&")[0].replace("%3D", "=")
    second = office.get(f"{path}deliveries/", limit="1", cursor=cursor).json()
    assert second["next"] is None
    assert second["results"][0]["id"] != delivery["id"]
    refused(office.get(f"{path}deliveries/", cursor="WyIiLCIiXQ=="), 400, "invalid")
    again = office.post(f"{path}again/", {"delivery": delivery["id"]}).json()
    assert (again["status"], again["attempts"]) == ("waiting", 0)
    line = Line()
    assert send_due(call=line) == 1
    assert line.ids == [delivery["event"]]
    lost = {"delivery": str(new_id())}
    refused(office.post(f"{path}again/", lost), 404, "not-found")


def words(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


def test_the_offices_page(
    shared_only: House,
    client: Client,
    listen: Listen,
    django_assert_max_num_queries: Any,
) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, "office", a_head())
    page = words(client.get(PAGE))
    assert "No other system is called yet" in page
    id = re.findall(r'name="id" value="([^"]+)"', page)[0]
    form: dict[str, Any] = {
        "id": id,
        "channel": "webshop",
        "url": "https://10.0.0.1/",
        "events": ["order.placed", "fulfilment.moved"],
    }
    wrong = client.post(PAGE, form)
    assert wrong.status_code == 422
    assert "private network" in wrong.content.decode()
    assert client.post(PAGE, {}).status_code == 422
    form["url"] = "https://hooks.example.com/in"
    assert "whsec_" in words(client.post(PAGE, form))
    assert "whsec_" not in words(client.post(PAGE, form, follow=True))
    one, act = f"{PAGE}{id}/", f"{PAGE}{id}/act/"
    listen()
    for _ in range(3):
        a_pickup_order(shared_only)
    carry_out()
    send_due(call=Line(500))
    with django_assert_max_num_queries(8):
        page = words(client.get(one))
    assert "500 Internal Server Error" in page
    assert "next try" in page
    with django_assert_max_num_queries(8):
        assert "Failing" in words(client.get(PAGE))
    delivery = Delivery.objects.filter(endpoint=id, attempts=1).get()
    said = {"act": "again", "delivery": str(delivery.id)}
    assert "sent again within seconds" in words(client.post(act, said, follow=True))
    send_due(call=Line())
    delivery.refresh_from_db()
    assert delivery.sent_at is not None
    assert "Paused" in words(client.post(act, {"act": "pause"}, follow=True))
    Endpoint.objects.filter(id=id).update(state=State.STOPPED)
    assert "called no more until" in words(client.get(one))
    assert "1 webhook failed for five days" in words(client.get("/office/messages/"))
    assert "called again" in words(client.post(act, {"act": "on"}, follow=True))
    page = words(client.get("/office/changes/?way=webhook"))
    assert "<del>Stopped by the house</del>" in page
    assert "<ins>On</ins>" in page
    assert "counts as well until" in words(client.post(act, {"act": "secret"}))
    assert "counts as well" not in words(client.post(act, {"act": "secret-now"}))
    assert client.post(act, {"act": "x"}).status_code == 404
    assert client.post(act, {"act": "again", "delivery": "x"}).status_code == 404
    assert "Ended" in words(client.post(act, {"act": "remove"}, follow=True))
    assert client.get(one).status_code == 404
