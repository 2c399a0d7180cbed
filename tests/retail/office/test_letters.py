"""The office page of the post, and what a person does with dead letters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inventory.ids import new_id
from retail import books
from retail.channels import Channel, open_databases, use_channel
from retail.messages import handlers, letters, relay
from retail.messages.models import OutboxMessage
from retail.messages.outbox import tell
from retail.notices.models import Notice, Way
from retail.staff.models import Account, Role
from tests.builders import a_pickup_order, carry, promise_of
from tests.levels import SIDES
from tests.retail.orders.house import House
from tests.signing_in import PASSWORD, a_head, an_employee, sign_in

pytestmark = pytest.mark.django_db(databases=SIDES)
PAGE, ACT = "/office/messages/", "/office/messages/act/"
heard: list[str] = []


def poisoned(payload: Any, **_: Any) -> None:
    heard.append("poisoned")
    if payload.get("poison"):
        raise ValueError("nobody can swallow this")


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    heard.clear()
    monkeypatch.setitem(handlers.HANDLERS, "test.poison", [f"{__name__}.poisoned"])


@pytest.fixture
def head(client: Client) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, "office", a_head())
    return client


def a_dead_letter(**changes: Any) -> OutboxMessage:
    now = timezone.now()
    message = tell(
        Channel.POS,
        "test.poison",
        subject=new_id(),
        payload={"poison": True},
        origin=Channel.WEBSHOP,
    )
    assert message is not None
    OutboxMessage.objects.filter(id=message.id).update(
        **{
            "attempts": relay.MOST_TRIES,
            "dead_at": now,
            "last_error": "ValueError: nobody can swallow this",
            **changes,
        }
    )
    message.refresh_from_db()
    return message


def a_dead_notice(**changes: Any) -> Notice:
    now = timezone.now()
    return Notice.objects.create(
        **{
            "origin": "webshop",
            "kind": "pickup_ready",
            "way": Way.EMAIL,
            "subject": new_id(),
            "order_id": new_id(),
            "address": "alice@example.org",
            "language": "en",
            "made_at": now,
            "due_at": now,
            "taken_at": now,
            "attempts": 8,
            "dead_at": now,
            "last_error": "SMTPServerDisconnected",
            **changes,
        }
    )


def body(response: Any) -> str:
    assert response.status_code == 200
    text: str = response.content.decode()
    return text


def press(client: Client, letter: Any, act: str, why: str = "") -> str:
    kind = "notice" if isinstance(letter, Notice) else "message"
    given = {"kind": kind, "id": str(letter.id), "act": act, "why": why}
    return body(client.post(ACT, given, follow=True))


def test_all_is_delivered(apart: House, head: Client) -> None:
    a_pickup_order(apart)
    page = body(head.get(PAGE))
    assert "The post is delivered" in page
    assert "Webshop → Stores" in page
    assert "Stores → Webshop" in page
    assert "wait for a person" not in page


def test_a_dead_letter_is_a_work_item(apart: House, head: Client) -> None:
    order = a_pickup_order(apart)
    a_dead_letter(subject=promise_of(order).id, version=9)
    page = body(head.get(PAGE))
    assert "1 message waits for a person" in page
    assert order.number in page
    assert "ValueError: nobody can swallow this" in page
    # on every page of the office, beside the link
    assert "1 waits for a person" in " ".join(body(head.get("/office/books/")).split())


def test_it_is_tried_again_once_however_often_it_is_pressed(
    apart: House, head: Client
) -> None:
    letter = a_dead_letter()
    OutboxMessage.objects.filter(id=letter.id).update(payload={})
    assert "It is tried again now." in press(head, letter, "again")
    letter.refresh_from_db()
    assert (letter.attempts, letter.dead_at, letter.act) == (0, None, "again")
    assert letter.acted_by.startswith("employee:")
    assert relay.relay_once(Channel.WEBSHOP) == 1
    assert heard == ["poisoned"]
    assert "That was done before." in press(head, letter, "again")
    assert "That was done before." in press(head, letter, "aside", "late")
    letter.refresh_from_db()
    assert (letter.act, letter.why) == ("again", "")


def test_set_aside_it_is_no_work_item_and_stays_in_the_history(
    apart: House, head: Client
) -> None:
    letter = a_dead_letter()
    assert "Say why" in press(head, letter, "aside", "  ")
    assert not holds("I26")
    page = press(head, letter, "aside", "settled by telephone")
    assert "settled by telephone" in page
    assert "The post is delivered" in page
    assert "That was done before." in press(head, letter, "aside", "again")
    letter.refresh_from_db()
    assert (letter.act, letter.why) == ("aside", "settled by telephone")
    assert letter.dead_at is not None
    assert holds("I26")
    assert "That was done before." in press(head, letter, "again")


def holds(id: str) -> bool:
    return all(r.holds for r in books.check(open_databases()) if r.id == id)


def test_notices_too_on_each_level(both_levels: House, head: Client) -> None:
    notice = a_dead_notice()
    assert "Notice: ready to collect" in body(head.get(PAGE))
    press(head, notice, "again")
    notice.refresh_from_db()
    assert (notice.dead_at, notice.taken_at, notice.attempts) == (None, None, 0)
    other = a_dead_notice()
    press(head, other, "aside", "a wrong address")
    other.refresh_from_db()
    assert other.act == "aside"


def test_an_erased_address_is_nobodys_work(apart: House, head: Client) -> None:
    a_dead_notice(address="")
    assert "The post is delivered" in body(head.get(PAGE))


def test_both_databases_are_looked_at(apart: House, head: Client) -> None:
    with use_channel(Channel.POS):
        message = tell(
            Channel.WEBSHOP,
            "test.poison",
            subject=new_id(),
            payload={},
            origin=Channel.POS,
        )
        assert message is not None
        OutboxMessage.objects.filter(id=message.id).update(
            dead_at=timezone.now(), attempts=8
        )
    press(head, message, "aside", "a test")
    with use_channel(Channel.POS):
        message.refresh_from_db()
    assert message.act == "aside"


def test_poison_does_not_stop_the_others(apart: House, head: Client) -> None:
    letter = a_dead_letter()
    press(head, letter, "again")
    order = a_pickup_order(apart, heard=False)
    carry()
    assert promise_of(order).status == "placed"
    page = body(head.get(PAGE))
    assert "1 message is being tried again" in page
    assert "1 try" in page


def test_what_waits_is_told_by_its_age(apart: House, head: Client) -> None:
    now = timezone.now()
    for minutes in (0, 5, 30, 90):
        a_dead_letter(
            made_at=now - timedelta(minutes=minutes), attempts=0, dead_at=None
        )
    (way,) = letters.directions(now + timedelta(seconds=1))
    assert (way.origin, way.to) == ("webshop", "pos")
    assert (way.waits, way.by_age) == (4, (1, 1, 1, 1))
    page = " ".join(body(head.get(PAGE)).split())
    assert "under 1 min: 1, under 10 min: 1, under 1 h: 1, longer: 1" in page
    assert "Waiting for more than a minute" in page


def test_who_may(apart: House, client: Client) -> None:
    letter = a_dead_letter()
    given = {"kind": "message", "id": str(letter.id), "act": "again"}
    assert client.get(PAGE)["Location"].startswith("/office/sign-in/")
    assert client.post(ACT, given)["Location"].startswith("/office/sign-in/")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    account = Account.objects.create_staff(login="paul", password=PASSWORD)
    manager = an_employee("Paul", role=Role.MANAGER, location="M01", account=account)
    sign_in(client, "office", manager)
    page = body(client.get(PAGE))
    assert "Head office decides about these; you may look." in page
    assert "Try again" not in page
    assert client.post(ACT, given).status_code == 403
    letter.refresh_from_db()
    assert letter.dead_at is not None


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "cat", "id": str(new_id()), "act": "again"},
        {"kind": "message", "id": "1", "act": "again"},
        {"kind": "message", "id": str(new_id()), "act": "burn"},
    ],
)
def test_nonsense_is_not_found(
    apart: House, head: Client, given: dict[str, str]
) -> None:
    assert head.post(ACT, given).status_code == 404
