"""From what happened to the call: once a row, at least once a call, under one id."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from inventory.ids import new_id
from inventory.places import Channel
from retail.channels import atomic, database_for, use_channel
from retail.channels.models import LevelState
from retail.fulfilment import pickup, returning
from retail.messages.models import OutsideEvent
from retail.messages.outside import carry_out
from retail.messages.tasks import forget_deliveries, tell_outside
from retail.orders.cancelling import cancel
from retail.webhooks import endpoints, sending
from retail.webhooks.models import Attempt, Delivery, State
from retail.webhooks.sending import (
    BATCH,
    GIVEN_UP,
    KEPT,
    TAKEN_FOR,
    WAITS,
    again,
    send_due,
)
from tests.builders import (
    BOB,
    a_parcel_order,
    a_pickup_order,
    bob,
    parcel_of,
    promise_of,
    shipped,
)
from tests.calling import counted
from tests.levels import SIDES
from tests.retail.orders.house import House
from tests.retail.webhooks.receiving import TEST, Line, a_receiver

Listen = Callable[..., Any]
pytestmark = pytest.mark.django_db(databases=SIDES)


def carried() -> int:
    found = 0
    for channel in Channel:
        with use_channel(channel):
            found += carry_out()
    return found


def said(line: Line) -> list[tuple[str, str]]:
    bodies = [json.loads(body) for _endpoint, body, _headers in line.sent]
    return [(each["type"], each["data"]["status"]) for each in bodies]


def test_each_channel_hears_of_its_own(both_levels: House, listen: Listen) -> None:
    listen()
    listen(channel=Channel.POS)
    order = a_pickup_order(both_levels)
    bob(pickup.accept, order)
    bob(pickup.start_picking, order)
    assert carried() == 5
    line = Line()
    assert send_due(call=line) == 5
    steps = [("fulfilment.moved", "accepted"), ("fulfilment.moved", "picking")]
    assert said(line) == [("order.placed", "placed"), *steps, *steps]
    assert [each[0].channel for each in line.sent] == ["webshop"] * 3 + ["pos"] * 2
    body = json.loads(line.sent[1][1])["data"]
    assert body == {
        "channel": "webshop",
        "fulfilment": str(promise_of(order).id),
        "order": str(order.id),
        "status": "accepted",
    }
    assert not OutsideEvent.objects.exists()


def test_parcels_cancelling_and_money_that_goes_back(
    shared_only: House, listen: Listen
) -> None:
    listen()
    back = parcel_of(shipped(a_parcel_order(shared_only)))
    returning.take_back(back, by=BOB, event_id=new_id())
    other = a_parcel_order(shared_only)
    cancel(other, by="test")
    carried()
    line = Line()
    send_due(call=line)
    kinds = [json.loads(body)["type"] for _e, body, _h in line.sent]
    assert kinds.count("order.placed") == 2
    assert kinds.count("refund.made") == 1
    words = {json.loads(body)["data"].get("status") for _e, body, _h in line.sent}
    assert {"placed", "picking", "packed", "shipped", "completed", "cancelled"} <= words
    whole = b" ".join(body for _e, body, _h in line.sent).decode()
    assert not any(word in whole for word in ("alice", "Alice", "example.org"))


def test_an_order_costs_no_statement_more_where_somebody_listens(
    both_levels: House, listen: Listen
) -> None:
    def statements(which: int) -> int:
        with counted() as sql:
            a_pickup_order(both_levels, (which, 1), heard=False)
        return len(sql[database_for(Channel.WEBSHOP)])

    statements(1)  # what is looked up once
    alone = statements(1)
    assert not OutsideEvent.objects.exists()
    listen(events=["refund.made"])
    assert statements(2) == alone
    listen()
    assert statements(2) == alone  # beside the order's own rows
    assert OutsideEvent.objects.exists()


def test_what_is_undone_is_not_told(apart: House, listen: Listen) -> None:
    listen()

    def undone() -> None:
        with atomic():
            a_pickup_order(apart)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert carried() == 0


def test_killed_between_any_two_steps_it_is_told_under_the_same_id(
    apart: House, monkeypatch: pytest.MonkeyPatch, listen: Listen
) -> None:
    """Stopped after the commit, after the deliveries, after the call."""

    class Killed(BaseException):
        pass

    def crash(name: str) -> None:
        if name == dies_at:
            raise Killed

    monkeypatch.setattr("retail.messages.outside.crash_point", crash)
    monkeypatch.setattr(sending, "crash_point", crash)
    listen()
    a_pickup_order(apart)
    [event] = OutsideEvent.objects.all()
    dies_at = "before_events_go"
    with pytest.raises(Killed):
        carry_out()
    dies_at = ""
    assert (carry_out(), Delivery.objects.count()) == (1, 1)
    dies_at, line = "after_call", Line()
    with pytest.raises(Killed):
        send_due(call=line)
    dies_at = ""
    assert send_due(call=line) == 0  # as long as another might be at it
    later = timezone.now() + TAKEN_FOR + timedelta(seconds=1)
    assert send_due(later, call=line) == 1
    assert line.ids == [str(event.id)] * 2


def test_what_fails_waits_longer_each_time_and_is_given_up(
    shared_only: House, listen: Listen
) -> None:
    endpoint, _secret = listen()
    a_pickup_order(shared_only)
    carried()
    line, now = Line(500), timezone.now()
    for wait in WAITS:
        assert send_due(now, call=line) == 0
        row = Delivery.objects.get()
        assert row.due_at == now + wait
        assert send_due(row.due_at - timedelta(seconds=1), call=line) == 0
        now = row.due_at
    assert sum(WAITS, timedelta()) > timedelta(days=3)
    send_due(now, call=line)
    assert len(line.sent) == len(WAITS) + 1 == Attempt.objects.count()
    assert Delivery.objects.get().dead_at == now
    send_due(now + timedelta(days=9), call=line)
    assert len(line.sent) == len(WAITS) + 1
    again(Delivery.objects.get(), at=now)
    line.status = 200
    assert send_due(now, call=line) == 1
    assert len(set(line.ids)) == 1
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since) == (0, None)
    assert forget_deliveries() == 0
    assert sending.forget(now + KEPT + timedelta(days=1)) == 1


def test_one_that_is_dead_rests_and_is_stopped_in_the_end(
    shared_only: House, listen: Listen
) -> None:
    endpoint, _secret = listen()
    for _ in range(3):
        a_pickup_order(shared_only)
    carried()
    line, now = Line(503), timezone.now()
    send_due(now, call=line)
    send_due(now + timedelta(seconds=1), call=line)
    assert len(line.sent) == 1  # the others wait as well
    send_due(now + timedelta(seconds=6), call=line)
    assert len(line.sent) == 2
    a_pickup_order(shared_only, (1, 1))
    carried()
    send_due(now + GIVEN_UP, call=line)
    endpoint.refresh_from_db()
    assert endpoint.state == State.STOPPED
    assert LevelState.objects.get().heard == []
    endpoints.change(endpoint, by=TEST, on=True)
    line.status = 200
    assert send_due(now + GIVEN_UP, call=line) == 3  # one waits for its next try
    line.status = 410
    again(Delivery.objects.first(), at=now)  # type: ignore[arg-type]
    send_due(now + GIVEN_UP, call=line)
    endpoint.refresh_from_db()
    assert endpoint.state == State.STOPPED


def test_what_has_piled_up_leaves_in_one_sweep_by_turns(
    shared_only: House, listen: Listen
) -> None:
    now = timezone.now()
    much, little = listen()[0], listen("https://hooks.example.org/in")[0]
    for endpoint, many in ((much, 2 * BATCH + 20), (little, 1)):
        Delivery.objects.bulk_create(
            Delivery(
                endpoint=endpoint,
                event_id=new_id(),
                kind="order.placed",
                body="{}",
                made_at=now,
                due_at=now,
            )
            for _ in range(many)
        )
    line = Line()
    assert send_due(now, call=line) == 2 * BATCH + 21
    assert len(set(line.ids)) == 2 * BATCH + 21
    turns = [each[0].id for each in line.sent]
    assert turns.index(little.id) == BATCH
    assert send_due(now, call=line) == 0


def test_a_paused_one_is_told_nothing_meanwhile(
    shared_only: House, listen: Listen
) -> None:
    endpoint, _secret = listen()
    a_pickup_order(shared_only)
    carried()
    endpoints.change(endpoint, by=TEST, on=False)
    a_pickup_order(shared_only)
    line = Line()
    carried()  # of a process that had not heard of the pause
    assert send_due(call=line) == 0
    assert forget_deliveries() == 0
    endpoints.change(endpoint, by=TEST, on=True)
    assert sending.forget(timezone.now() + KEPT * 2) == 0
    assert send_due(call=line) == 1
    endpoints.remove(endpoint, by=TEST)
    assert (Delivery.objects.count(), Attempt.objects.count()) == (0, 0)


def test_another_system_hears_and_knows_that_it_was_the_house(
    shared_only: House, settings: Any, listen: Listen
) -> None:
    settings.DEMO = True
    with a_receiver() as receiver:
        _endpoint, secret = listen(receiver.url)
        order = a_pickup_order(shared_only)
        assert (tell_outside(), tell_outside()) == (1, 0)
    [(body, headers)] = receiver.came
    told = Webhook(secret).verify(body, headers)
    assert (told["type"], told["data"]["order"]) == ("order.placed", str(order.id))
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace(b"placed", b"paid.."), headers)
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.said) == (204, "No Content")


def test_the_same_endpoint_twice_and_too_many(shared_only: House) -> None:
    id = new_id()
    given: dict[str, Any] = {
        "id": id,
        "channel": Channel.WEBSHOP,
        "url": "https://hooks.example.com/",
        "events": ["refund.made"],
        "by": TEST,
    }
    assert endpoints.add(**given)[1]
    assert endpoints.add(**given)[1] == ""
    with pytest.raises(endpoints.IdReused):
        endpoints.add(**{**given, "events": ["order.placed"]})
    for _ in range(endpoints.MOST - 1):
        endpoints.add(**{**given, "id": new_id()})
    with pytest.raises(endpoints.TooMany):
        endpoints.add(**{**given, "id": new_id()})
