"""A ticket put aside is taken up once, by whichever till of its store is first."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections

from inventory.ids import new_id
from inventory.places import Channel
from pos import parking
from pos.models import ParkedTicket
from retail.channels import use_channel
from tests.levels import SIDES
from tests.pos.counter import at_till, queries
from tests.pos.tills import a_till
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)


def a_parked(**changes: Any) -> dict[str, Any]:
    line = {"gtin": "3017620422003", "quantity": 2, "price": 340}
    return {
        "id": str(new_id()),
        "content": {"lines": [line], "coupons": [], "more": "is left out"},
        "customer": None,
        "units": 2,
        "total": "6.80",
    } | changes


def test_it_is_put_aside_and_taken_up(apart: House) -> None:
    counter = at_till(apart)
    body = a_parked()
    less = a_parked(id=body["id"], units=1, total="3.40")
    assert counter.send("POST", "parked", less).status_code == 200
    waiting = counter.send("POST", "parked", body).json()["results"]
    assert [(each["units"], each["total"], each["by"]) for each in waiting] == [
        (2, "6.80", "Inès")
    ]
    assert counter.get("bootstrap").json()["parked"] == waiting
    _, side, told = queries(
        counter, lambda: counter.send("POST", f"parked/{body['id']}", {})
    )
    assert side == 6
    lines = body["content"]["lines"]
    assert told.json()["content"] == {"lines": lines, "coupons": []}
    assert told.json()["results"] == []
    # the answer was lost: the same till reads it again, until it sells
    assert counter.send("POST", "parked", body).status_code == 200
    assert counter.send("POST", "parked", less).status_code == 409
    again = counter.send("POST", f"parked/{body['id']}", {})
    assert again.json() == told.json()
    assert counter.put(counter.ticket(apart, (0, 1))).status_code == 201
    assert counter.send("POST", f"parked/{body['id']}", {}).status_code == 409


def test_not_in_another_store_and_not_without_goods(apart: House) -> None:
    body = a_parked()
    assert at_till(apart).send("POST", "parked", body).status_code == 200
    other = at_till(apart, code="M02")
    assert other.get("parked").json()["results"] == []
    assert other.send("POST", f"parked/{body['id']}", {}).status_code == 409
    for wrong in (
        {"units": 0}, {"content": {"lines": []}}, {"total": "x"}, {"customer": "x"},
        {"units": 2**31}, {"content": {"lines": ["\x00"]}},
        {"content": {"lines": ["\ud800"]}},
    ):  # fmt: skip
        assert other.send("POST", "parked", a_parked(**wrong)).status_code == 400
    with use_channel(Channel.POS):
        assert ParkedTicket.objects.get().taken_at is None


@pytest.mark.django_db(databases=SIDES, transaction=True)
def test_of_two_tills_at_once_one_takes_it_up(shared_only: House) -> None:
    with use_channel(Channel.POS):
        tills = [a_till(), a_till(number=2)]
        id = parking.park(
            tills[0], id=new_id(), content={"lines": [1]}, customer_id=None, units=1,
            total=1, by="test",
        ).id  # fmt: skip
    told: list[str] = []
    at_once = threading.Barrier(2)

    def take_up(till: Any) -> None:
        try:
            with use_channel(Channel.POS):
                at_once.wait()
                parking.take_up(id, till=till, by="test")
                told.append("taken")
        except parking.AlreadyTaken:
            told.append("too late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take_up, args=[till]) for till in tills]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["taken", "too late"]
