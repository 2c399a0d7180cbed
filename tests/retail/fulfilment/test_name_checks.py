"""Goods for somebody who shows no code: why, and who else agreed."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from inventory.ids import new_id
from inventory.models import Location
from inventory.places import Channel
from pos import approving
from retail.channels import use_channel
from retail.fulfilment.models import PickupEvent
from retail.staff.models import Employee, Role
from tests.builders import a_ready_pickup, job_of, paid_at_counter, stock_of
from tests.calling import a_store, refused
from tests.levels import SIDES
from tests.pos.counter import at_till
from tests.retail.fulfilment.working import bob, do, job_url, manager, page
from tests.retail.orders.house import House
from tests.signing_in import PIN, an_employee

pytestmark = pytest.mark.django_db(databases=SIDES)


def kept() -> Any:
    with use_channel(Channel.POS):
        return PickupEvent.objects.get(move__startswith="hand-over")


@pytest.fixture
def ready(apart: House) -> Any:
    order = a_ready_pickup(apart)
    paid_at_counter(order)
    return job_of(order).id, order


def test_a_cashier_says_why_and_a_manager_agrees(
    apart: House, ready: Any, caplog: pytest.LogCaptureFixture
) -> None:
    id, order = ready
    client = bob()
    assert "no manager of this store has a PIN" in page(client.get(job_url(id)))
    marc = an_employee("Marc", role=Role.MANAGER, location="M01")
    far = an_employee("Luc", role=Role.MANAGER, location="M02")
    zoe = an_employee("Zoé", location="M01")
    me = Employee.objects.get(first_name="Bob")
    shown = page(client.get(job_url(id)))
    assert f'value="{marc.id}"' in shown
    assert str(far.id) not in shown
    good = {
        "name_checked": "customer", "reason": "other", "word": "the letter is wet",
        "manager": str(marc.id), "pin": PIN,
    }  # fmt: skip
    for wrong, says in [
        ({"reason": ""}, "Say why, please."),
        ({"reason": "because"}, "Say why, please."),
        ({"word": " "}, "Say in a word why there is no code."),
        ({"manager": ""}, "Say which manager agrees."),
        ({"manager": str(me.id)}, "Only a manager may agree to this."),
        ({"manager": str(zoe.id)}, "Only a manager may agree to this."),
        ({"manager": str(far.id)}, "Wrong PIN."),
        ({"pin": "1234"}, "Wrong PIN. Tries left: 4."),
    ]:
        answer = do(client, id, "hand-over", **{**good, **wrong})
        assert says in page(answer), wrong
        assert (answer.status_code in (409, 422), job_of(order).status) == (
            True,
            "ready",
        )
    assert 'value="the letter is wet"' in page(answer)
    assert "1234" not in page(answer)
    Employee.objects.filter(id=marc.id).update(fails=4)
    assert "Tries left: 0." in page(
        do(client, id, "hand-over", **good | {"pin": "1234"})
    )
    assert "Too many tries. Wait until" in page(do(client, id, "hand-over", **good))
    assert job_of(order).status == "ready"
    Employee.objects.filter(id=marc.id).update(fails=0, locked_until=None)
    event = str(new_id())
    with caplog.at_level(logging.DEBUG):
        for _try in range(2):
            done = do(client, id, "hand-over", event=event, **good)
            assert done.status_code == 302
    assert stock_of(apart, "M01") == (2, 0)
    assert str(kept().id) == event
    told = page(client.get(job_url(id)))
    assert "name checked · the letter is wet · Marc agreed" in told
    for secret in (PIN, "wet", "Alice"):
        assert secret not in caplog.text


def test_at_the_till_a_managers_word_is_for_this_very_pickup(
    apart: House, ready: Any
) -> None:
    id, order = ready
    counter = at_till(apart)
    marc = an_employee("Marc", role="manager", location="M01")
    path = f"pickups/{id}/hand-over"
    event = str(new_id())
    body = {"event": event, "name_checked": True, "reason": "phone_empty"}

    def refused(**more: Any) -> Any:
        answer = counter.send("POST", path, body | more)
        assert job_of(order).status == "ready"
        return answer.status_code, answer.json()["type"]

    def word(manager: str, ticket: str, pin: str = PIN) -> Any:
        asked = {"manager": manager, "pin": pin, "ticket": ticket}
        about = {"act": "hand_over", "most": "0.00"}
        return counter.send("POST", "approvals", asked | about).json()

    for reason in ("", "because", 7):
        assert refused(reason=reason) == (400, "/problems/invalid")
    assert refused(reason="other", word=" ") == (400, "/problems/invalid")
    assert refused() == (409, "/problems/approval-needed")
    assert refused(code="22222222") == (409, "/problems/approval-needed")
    myself = word(str(counter.employee.id), str(id))
    assert myself["type"] == "/problems/forbidden"
    assert word(str(marc.id), str(id), "9753")["left"] == 4
    Employee.objects.filter(id=marc.id).update(
        fails=5, locked_until=datetime(2040, 1, 1, 12, tzinfo=UTC)
    )
    with use_channel(Channel.POS):
        Location.objects.filter(code="M01").update(timezone="America/Martinique")
    assert "08:00" in word(str(marc.id), str(id))["title"]  # the store’s time
    Employee.objects.filter(id=marc.id).update(fails=0, locked_until=None)
    other = word(str(marc.id), str(new_id()))["approval"]
    assert refused(approval=other) == (409, "/problems/bad-approval")

    good = word(str(marc.id), str(id))["approval"]
    till = counter.till.id
    with pytest.raises(approving.BadApproval):  # also not by a ticket put aside
        approving.carried(
            good, till_id=till, ticket_id=id, to_till=till, to_ticket=new_id()
        )

    sent = body | {"approval": good}
    for _try in range(2):
        assert counter.send("POST", path, sent).json()["status"] == "collected"
    assert (str(kept().id), kept().data["reason"]) == (event, "phone_empty")
    assert kept().data["approved_by"] == f"employee:{marc.id} Marc"


def test_a_manager_hands_over_alone_and_says_why(ready: Any) -> None:
    id, _order = ready
    ada = manager()
    assert 'name="pin"' not in page(ada.get(job_url(id)))
    assert do(ada, id, "hand-over", name_checked="customer").status_code == 422
    given = {"name_checked": "customer", "reason": "phone_empty"}
    assert do(ada, id, "hand-over", **given).status_code == 302
    assert "name checked · The phone is empty, or not here" in page(
        ada.get(job_url(id))
    )
    assert kept().data["approved_by"] == ""


def test_a_key_says_that_it_was_a_key(ready: Any) -> None:
    id, _order = ready
    key = a_store("M01")
    event = new_id()
    body = {"name_checked": True, "reason": "phone_empty"}
    for _try in range(2):
        done = key.move(id, "hand-over", body, key=event)
        assert done.json()["status"] == "collected"
    other = key.move(id, "hand-over", {"name_checked": True}, key=event)
    refused(other, 409, "id-reused")
    assert kept().by.startswith("key:")
    assert kept().data["approved_by"] == ""
