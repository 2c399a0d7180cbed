"""What may lie nowhere in clear: planted by the real acts, then sought in every row of
every database, outbox and sessions among them, in Redis, and in what was logged."""

from __future__ import annotations

import logging
import os
from typing import Any

import pytest
import redis
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connections

from inventory.ids import new_id
from inventory.places import Channel
from retail.channels import open_databases, use_channel
from retail.channels.surfaces import SessionStore
from retail.staff.enrolling import offer
from retail.staff.models import Scope
from tests.attacks.crowd import browser
from tests.builders import a_ready_pickup, code_of, paid_at_counter
from tests.calling import a_caller, a_shop, an_order
from tests.levels import SIDES
from tests.pos.counter import JSON
from tests.pos.test_gift_cards import a_card_sold
from tests.pos.tills import a_till
from tests.retail.orders.house import House
from tests.signing_in import a_head, an_employee

pytestmark = pytest.mark.django_db(databases=SIDES)

PIN = "73821564"
PASSWORD = "planted-Montgolfière-77"
CARD = "4000056655665556"  # of a test, valid by its last digit
REDIS = "django.core.cache.backends.redis.RedisCache"


def test_no_secret_lies_anywhere_in_clear(
    apart: House, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    where = os.environ["REDIS_URL"]
    settings.CACHES = {"default": {"BACKEND": REDIS, "LOCATION": where}}
    cache.set("nothing", "planted")
    with caplog.at_level(logging.DEBUG):
        planted = {**at_the_till(apart), **at_the_office(), **on_the_web(apart)}
    assert all(planted.values()), planted
    everywhere = {**rows(), "sessions": sessions(), "redis": kept_by(where)}
    everywhere["log"] = caplog.text
    cache.clear()
    assert "planted" in everywhere["redis"]
    assert "Planted street" in everywhere["webshop.retail_fulfilment"]  # it does look
    found = {
        (name, place)
        for name, secret in planted.items()
        for place, text in everywhere.items()
        if secret in text or spaced(secret) in text
    }
    assert not found


def at_the_till(house: House) -> dict[str, str]:
    """A tablet is enrolled, Inès signs in there, sells a gift card and gives a pickup
    out; somebody types a wrong PIN, and a card's number where a code belongs."""
    ines = an_employee("Inès", location="M01", pin=PIN)
    order = a_ready_pickup(house)
    code = code_of(order)
    paid_at_counter(order)
    with use_channel(Channel.POS):
        till = a_till(opened=False)
    _, enrolment = offer(till_id=till.id, location_code="M01", name="1", by="test")
    client = browser()
    client.post("/pos/sign-in/", {"code": enrolment})
    for pin in (PIN[::-1], PIN):
        client.post("/pos/sign-in/", {"employee": str(ines.id), "pin": pin})
    assert client.get("/pos/").status_code == 200
    client.post("/pos/till/shift/", {"cash": "0.00"}, content_type=JSON)
    with use_channel(Channel.POS):
        ticket = a_card_sold(house, till, employee=str(ines.id))
    address = f"/pos/till/tickets/{ticket['id']}/"
    sold = client.put(address, ticket, content_type=JSON)
    assert sold.status_code == 201, sold.content
    gift = sold.json()["ticket"]["gift_card"].replace(" ", "")
    client.post("/pos/store/code/", {"code": CARD})
    client.post("/pos/store/code/", {"code": code})
    job = client.post("/pos/till/pickups/", {"code": code}, content_type=JSON).json()
    event = {"event": str(new_id()), "code": code}
    address = f"/pos/till/pickups/{job['id']}/hand-over/"
    assert client.post(address, event, content_type=JSON).status_code == 200
    return {
        "PIN": PIN,
        "wrong PIN": PIN[::-1],
        "enrolment code": enrolment,
        "device token": client.cookies["till_device"].value,
        "gift card": gift,
        "pickup code": code,
    }


def at_the_office() -> dict[str, str]:
    a_head(password=PASSWORD)
    client = browser()
    typed = {"login": "claire", "password": PASSWORD}
    client.post("/office/sign-in/", {**typed, "password": PASSWORD + "!"})
    assert client.post("/office/sign-in/", typed).status_code == 302
    return {"password": PASSWORD}


def on_the_web(house: House) -> dict[str, str]:
    """Another system sends a card's number as if it were the provider's token."""
    shop, office = a_shop(), a_caller(Scope.OFFICE)
    wish = an_order(
        (house.gtins[0], 1),
        payment={"method": "online", "token": CARD},
        fulfilment={
            "method": "ship",
            "address": {
                "name": "Alice",
                "line1": "Planted street",
                "postcode": "69001",
                "city": "Lyon",
            },
        },
    )
    assert shop.put(f"orders/{new_id()}/", wish).status_code == 402
    return {"card number": CARD, "shop key": shop.raw, "office key": office.raw}


def rows() -> dict[str, str]:
    """All rows of all tables, as one text each."""
    found = {}
    for alias in ("default", *open_databases()):
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
            for (table,) in cursor.fetchall():
                cursor.execute(f"SELECT t::text FROM {table} t")  # noqa: S608
                text = "\n".join(row for (row,) in cursor.fetchall())
                found[f"{alias}.{table}"] = text
    return found


def sessions() -> str:
    """They are packed in their rows."""
    store = SessionStore()
    return str([store.decode(each.session_data) for each in Session.objects.all()])


def kept_by(url: str) -> str:
    client = redis.Redis.from_url(url)
    names = list(client.scan_iter())
    return str([(name, client.dump(name)) for name in names])


def spaced(code: str) -> str:
    """As people read it, in fours."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))
