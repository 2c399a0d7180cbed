"""Lines of the log in production: who asked for what kind of thing, and nothing that
somebody sent."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from inventory.places import Channel
from retail.interfaces import level_api
from retail.logs import JsonLines, about
from retail.staff.models import Scope
from tests.calling import a_caller, a_shop
from tests.levels import SIDES
from tests.retail.orders.house import House
from tests.signing_in import a_device, an_employee

PLANTED = {
    "email": "planted.person@example.org",
    "phone": "+33698765432",
    "card": "4000056655665556",
    "loyalty card": "W-90807060",
    "pin": "73821564",
    "name": "Plantagenêt",
}


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """All that production would write, at its most talkative."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(JsonLines())
    root, requests = logging.getLogger(), logging.getLogger("retail.requests")
    before = root.level, requests.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    requests.setLevel(logging.INFO)
    yield text
    root.removeHandler(handler)
    root.setLevel(before[0])
    requests.setLevel(before[1])


def lines(text: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.getvalue().splitlines()]


@pytest.mark.django_db(databases=SIDES)
def test_requests_are_told_without_what_was_sent(
    shared_only: House, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False)
    till = a_caller(Scope.TILL, channel=Channel.POS, location="M01")
    till.client = client
    shop = a_shop()
    shop.client = client
    till.get("customers/", email=PLANTED["email"])
    till.get("customers/", phone=PLANTED["phone"])
    till.get(f"loyalty/{PLANTED['loyalty card']}/")
    till.get(f"no/{PLANTED['name']}/")
    shop.put(
        "orders/018f0000-0000-7000-8000-00000000dead/",
        {"email": PLANTED["email"], "card": PLANTED["card"]},
    )
    client.post("/shop/account/login/", {"email": PLANTED["email"]})
    ines = an_employee("Inès", location="M01")
    _, token = a_device("M01")
    client.cookies["till_device"] = token
    client.post("/pos/sign-in/", {"employee": str(ines.id), "pin": PLANTED["pin"]})

    def breaks() -> None:
        raise IntegrityError(f"Key (email)=({PLANTED['email']}) already exists.")

    monkeypatch.setattr(level_api, "status", breaks)
    broken = client.get("/api/v1/level/", {"q": PLANTED["name"]})

    assert broken.status_code == 500
    found = lines(written)
    asked = [each for each in found if each["logger"] == "retail.requests"]
    assert len(asked) == 8
    django = [each for each in found if each["logger"] == "django.request"]
    assert {each["request"] for each in django} <= {each["request"] for each in asked}
    card = next(each for each in asked if "loyalty" in str(each["route"]))
    assert card["route"] == "api/v1/loyalty/<str:card>/"
    assert (card["actor"], card["channel"], card["dial"], card["status"]) == (
        "key:till", "pos", "omnichannel", 404,
    )  # fmt: skip
    of_it = [each for each in found if each.get("request") == broken["X-Request-ID"]]
    assert [each["status"] for each in of_it if "status" in each] == [500]
    errors = [error for each in of_it for error in each.get("errors", [])]
    assert "django.db.utils.IntegrityError" in {each["type"] for each in errors}
    assert not [name for name, each in PLANTED.items() if each in written.getvalue()]


def test_errors_are_told_without_their_words() -> None:
    try:
        raise ValueError("planted")
    except ValueError as error:
        record = logging.LogRecord(
            "any",
            logging.ERROR,
            __file__,
            1,
            "it stopped: %s",
            (error,),
            sys.exc_info(),
        )
    with about(task="sweep"):
        line = JsonLines().format(record)
    assert "planted" not in line
    told = json.loads(line)
    assert (told["message"], told["task"]) == ("it stopped: ValueError", "sweep")
    assert "test_errors_are_told_without_their_words" in told["errors"][0]["through"][0]


def test_a_task_is_told_without_its_arguments() -> None:
    said = {"id": "7", "name": "sweep", "args": "('planted',)", "exc": "planted"}
    record = logging.LogRecord(
        "celery.app.trace", logging.ERROR, __file__, 1,
        "Task %(name)s[%(id)s] raised: %(exc)s %(args)s", (said,), None,
    )  # fmt: skip
    told = json.loads(JsonLines().format(record))
    assert told["message"] == "Task sweep[7] raised: … …"
