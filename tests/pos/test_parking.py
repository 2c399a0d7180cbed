"""A ticket put aside is taken up once, by whichever till of its store is first."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from inventory.ids import new_id
from inventory.places import Channel
from pos import approving, parking
from pos.models import ParkedTicket, Ticket
from retail.channels import use_channel
from tests.levels import SIDES
from tests.pos.counter import Counter, at_till, queries
from tests.pos.test_cutting import lowered
from tests.pos.test_returning import agreed
from tests.pos.tills import a_till, seal
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


def take_up(counter: Counter, body: dict[str, Any], ticket: str = "") -> Any:
    asked = {"ticket": ticket or str(new_id())}
    return counter.send("POST", f"parked/{body['id']}", asked)


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
    _, side, told = queries(counter, lambda: take_up(counter, body))
    assert side == 6
    lines = body["content"]["lines"]
    assert told.json()["content"] == {"lines": lines, "coupons": []}
    assert told.json()["results"] == []
    # the answer was lost: the same till reads it again, until it sells
    assert counter.send("POST", "parked", body).status_code == 200
    assert counter.send("POST", "parked", less).status_code == 409
    again = take_up(counter, body)
    assert again.json() == told.json()
    assert counter.put(counter.ticket(apart, (0, 1))).status_code == 201
    assert take_up(counter, body).status_code == 409


def test_not_in_another_store_and_not_without_goods(apart: House) -> None:
    body = a_parked()
    assert at_till(apart).send("POST", "parked", body).status_code == 200
    other = at_till(apart, code="M02")
    assert other.get("parked").json()["results"] == []
    assert take_up(other, body).status_code == 409
    for wrong in (
        {"units": 0}, {"content": {"lines": []}}, {"total": "x"}, {"customer": "x"},
        {"units": 2**31}, {"content": {"lines": ["\x00"]}},
        {"content": {"lines": ["\ud800"]}},
    ):  # fmt: skip
        assert other.send("POST", "parked", a_parked(**wrong)).status_code == 400
    with use_channel(Channel.POS):
        assert ParkedTicket.objects.get().taken_at is None


def test_what_a_manager_agreed_to_goes_on_with_it(shared_only: House) -> None:
    counter, body = at_till(shared_only), a_parked()
    with use_channel(Channel.POS):
        sale = lowered(shared_only, counter.till, "9.59") | {"id": body["id"]}
        word = agreed(sale, counter.till, "2.41", act="discount")["approval"]
        other = a_till(number=2)
    body["content"]["approval"] = word
    assert counter.send("POST", "parked", body).status_code == 200
    sale |= {"id": str(new_id()), "employee": str(counter.employee.id)}
    assert counter.put(seal(sale)).json()["type"] == "/problems/approval-needed"
    told = take_up(counter, body, sale["id"]).json()
    assert "approval" not in told["content"]
    booked = counter.put(seal(sale | {"approval": told["approval"]}))
    assert booked.status_code == 201
    with use_channel(Channel.POS):
        ticket = Ticket.objects.get(id=sale["id"])
    assert ticket.approved_by_name == "Marc"
    # at another till too, and not for a ticket that it was not given for
    here: dict[str, Any] = {"till_id": counter.till.id, "to_till": other.id}
    here["to_ticket"] = new_id()
    text = approving.carried(word, ticket_id=UUID(body["id"]), **here)
    given = approving.covered(
        text,
        {"discount": Decimal("2.41")},
        till_id=other.id,
        ticket_id=here["to_ticket"],
    )
    assert given is not None
    assert given.id == ticket.approval_id  # which counts once
    with pytest.raises(approving.BadApproval):
        approving.carried(word, ticket_id=new_id(), **here)
    stray = a_parked()
    stray["content"]["approval"] = word
    assert counter.send("POST", "parked", stray).status_code == 200
    assert take_up(counter, stray).json()["approval"] == ""


def test_the_word_counts_once_and_of_discounts_only(shared_only: House) -> None:
    counter, body = at_till(shared_only), a_parked()
    with use_channel(Channel.POS):
        sale = lowered(shared_only, counter.till, "9.59") | {"id": body["id"]}
        word = agreed(sale, counter.till, "2.41", act="discount")["approval"]
    body["content"]["approval"] = word
    assert counter.send("POST", "parked", body).status_code == 200
    # the till that has lost the answer asks again, for another ticket
    ids = [str(new_id()) for _ in range(2)]
    words = [take_up(counter, body, id).json()["approval"] for id in ids]
    sale |= {"employee": str(counter.employee.id)}
    first = seal(sale | {"id": ids[0], "approval": words[0]})
    assert counter.put(first).status_code == 201
    with use_channel(Channel.POS):
        more = lowered(shared_only, counter.till, "9.59")
    more |= {"id": ids[1], "employee": sale["employee"], "approval": words[1]}
    told = counter.put(seal(more))
    assert (told.status_code, told.json()["type"]) == (409, "/problems/bad-approval")
    assert counter.put(first).status_code == 200
    # what else a manager agrees to is no ticket that was put aside
    for act in ("refund", "shift"):
        with use_channel(Channel.POS):
            text = agreed(body, counter.till, "9.00", act=act)["approval"]
        with pytest.raises(approving.BadApproval):
            approving.carried(
                text,
                till_id=counter.till.id,
                ticket_id=UUID(body["id"]),
                to_till=new_id(),
                to_ticket=new_id(),
            )


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
