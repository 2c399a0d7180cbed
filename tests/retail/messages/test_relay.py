from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
import time_machine
from django.db import DatabaseError, OperationalError
from django.utils import timezone

from inventory.ids import new_id
from inventory.places import Channel
from retail.channels import atomic, use_channel
from retail.messages import handlers, relay
from retail.messages.handlers import UnknownKind, deliver, run_inline
from retail.messages.models import InboxMessage, OutboxMessage
from retail.messages.outbox import tell
from tests.builders import a_pickup_order, carry, job_of, promise_of
from tests.levels import SIDES
from tests.retail.orders.house import House, everything

pytestmark = pytest.mark.django_db(databases=SIDES)

heard: list[tuple[UUID, int, Any]] = []


def hearing(payload: Any, *, subject: UUID, version: int, at: object) -> None:
    if payload.get("poison"):
        raise ValueError("poison")
    heard.append((subject, version, payload))


def away(payload: Any, **_: Any) -> None:
    raise OperationalError("a lock was not had in time")


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    heard.clear()
    monkeypatch.setitem(handlers.HANDLERS, "test.said", [f"{__name__}.hearing"])
    monkeypatch.setitem(handlers.HANDLERS, "test.slow", [f"{__name__}.away"])


def say(subject: UUID | None = None, kind: str = "test.said", **payload: Any) -> UUID:
    subject = subject or new_id()
    with atomic():
        tell(
            Channel.POS,
            kind,
            subject=subject,
            payload=payload,
            origin=Channel.WEBSHOP,
        )
    return subject


def test_apart_a_message_is_written_and_carried(apart: House) -> None:
    subject = say(word="hello")
    assert heard == []
    assert carry() == 1
    assert heard == [(subject, 1, {"word": "hello"})]
    message = OutboxMessage.objects.get(subject=subject)
    assert message.sent_at is not None
    with use_channel(Channel.POS):
        inbox = InboxMessage.objects.get(message_id=message.id)
        assert (inbox.origin, inbox.handler) == ("pos", f"{__name__}.hearing")
    assert carry() == 0


def test_on_one_database_it_is_heard_at_once(shared_only: House) -> None:
    subject = say(word="hello")
    assert heard == [(subject, 0, {"word": "hello"})]
    assert OutboxMessage.objects.count() == 0


def test_on_one_database_a_refusal_is_the_tellers(shared_only: House) -> None:
    with pytest.raises(ValueError, match="poison"):
        say(poison=True)


def test_messages_about_a_subject_are_numbered(apart: House) -> None:
    one = say()
    say()
    say(one)
    assert list(
        OutboxMessage.objects.filter(subject=one)
        .order_by("version")
        .values_list("version", flat=True)
    ) == [1, 2]


def test_a_message_delivered_twice_has_one_effect(apart: House) -> None:
    subject = say()
    message = OutboxMessage.objects.get(subject=subject)
    assert deliver(message) == 1
    assert deliver(message) == 0
    assert len(heard) == 1


def test_killed_between_delivery_and_mark(apart: House) -> None:
    """The first delivery committed, its mark did not."""
    order = a_pickup_order(apart, heard=False)
    deliver(OutboxMessage.objects.get(kind="pickup.requested"))
    with use_channel(Channel.POS):
        before = everything("pos")
    assert relay.relay_once(Channel.WEBSHOP) == 1
    after = everything("pos")
    assert after == before
    carry()
    assert promise_of(order).status == "placed"
    assert job_of(order).version == 1


def test_a_poisoned_message_stops_nobody_and_is_given_up(apart: House) -> None:
    bad = say(poison=True)
    good = say(word="after")
    assert carry() == 1
    assert [subject for subject, *_ in heard] == [good]
    message = OutboxMessage.objects.get(subject=bad)
    assert (message.attempts, message.sent_at, message.dead_at) == (1, None, None)
    assert message.last_error == "ValueError: poison"
    assert message.due_at > timezone.now()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(relay.MOST_TRIES):
            clock.shift(timedelta(minutes=6))
            relay.relay_once(Channel.WEBSHOP)
    message.refresh_from_db()
    assert message.attempts == relay.MOST_TRIES
    assert message.dead_at is not None
    assert carry() == 0
    with use_channel(Channel.POS):
        assert not InboxMessage.objects.filter(message_id=message.id).exists()


def test_each_try_waits_longer(apart: House) -> None:
    subject = say(poison=True)
    waits = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(4):
            relay.relay_once(Channel.WEBSHOP)
            message = OutboxMessage.objects.get(subject=subject)
            waits.append((message.due_at - timezone.now()).total_seconds())
            clock.shift(timedelta(minutes=6))
    assert waits == [1, 2, 4, 8]


def test_a_kind_that_nobody_knows_is_kept_and_tried_again(apart: House) -> None:
    subject = say(kind="test.unheard_of")
    assert carry() == 0
    assert "UnknownKind" in OutboxMessage.objects.get(subject=subject).last_error
    with pytest.raises(UnknownKind):
        run_inline("test.unheard_of", {}, subject=subject, at=timezone.now())


def test_a_handler_that_fails_on_a_living_database_costs_a_try(apart: House) -> None:
    subject = say(kind="test.slow")
    assert relay.relay_once(Channel.WEBSHOP) == 0
    assert OutboxMessage.objects.get(subject=subject).attempts == 1


def test_a_target_that_is_away_costs_no_try(
    apart: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = say(kind="test.slow")
    monkeypatch.setattr(relay, "_is_away", lambda *_: True)
    with pytest.raises(relay.Away):
        relay.relay_once(Channel.WEBSHOP)
    message = OutboxMessage.objects.get(subject=subject)
    assert (message.attempts, message.sent_at) == (0, None)


def test_a_closed_source_is_waited_for(
    apart: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fence of a side that a switch run closed."""
    subject = say()

    class Closed(psycopg.DatabaseError):
        sqlstate = "RT001"

    def closed(*_: Any) -> None:
        raise DatabaseError from Closed()

    monkeypatch.setattr(relay, "_carry", closed)
    with pytest.raises(relay.Away):
        relay.relay_once(Channel.WEBSHOP)
    assert OutboxMessage.objects.get(subject=subject).attempts == 0


def test_what_was_left_over_is_delivered_on_one_database(shared_only: House) -> None:
    """Begun apart, moved with its rows, finished where everything is one."""
    now = timezone.now()
    OutboxMessage.objects.create(
        origin="webshop",
        to="pos",
        kind="test.said",
        subject=new_id(),
        version=1,
        payload={},
        made_at=now,
        due_at=now,
    )
    assert carry() == 1
    assert len(heard) == 1
    assert InboxMessage.objects.count() == 1


def test_a_failure_on_one_database_undoes_only_itself(shared_only: House) -> None:
    now = timezone.now()
    for payload in ({"poison": True}, {}):
        OutboxMessage.objects.create(
            origin="webshop",
            to="pos",
            kind="test.said",
            subject=new_id(),
            version=1,
            payload=payload,
            made_at=now,
            due_at=now,
        )
    assert carry() == 1
    assert OutboxMessage.objects.filter(sent_at=None).get().attempts == 1
    assert InboxMessage.objects.count() == 1


def test_a_deadlock_costs_no_try(apart: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL undid it for another transaction's sake: it is simply done again."""
    real, tries = relay.deliver, []

    def first_undone(message: OutboxMessage) -> int:
        tries.append(message.id)
        if len(tries) == 1:
            undone = OperationalError("deadlock detected")
            undone.__cause__ = psycopg.errors.DeadlockDetected()
            raise undone
        return real(message)

    monkeypatch.setattr(relay, "deliver", first_undone)
    subject = say(word="hello")
    assert relay.relay_once(Channel.WEBSHOP) == 1
    message = OutboxMessage.objects.get(subject=subject)
    assert (message.attempts, len(tries), len(heard)) == (0, 2, 1)
