"""Calls in the name of a payment provider (A50, A51): nothing is believed that it did not
sign a moment ago for this address, and nothing happens twice."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from inventory.ids import new_id
from retail.bank import ledger
from retail.bank.calling import body_of
from retail.bank.models import Event
from retail.channels import Channel, use_channel
from retail.messages.models import InboxMessage
from retail.orders.models import OrderEvent
from retail.webhooks.signing import headers_for
from tests.levels import SIDES
from tests.retail.orders.house import House, everything, open_house
from tests.retail.payments.buying import CALLS, bought, charge_of, secret

pytestmark = pytest.mark.django_db(databases=SIDES)
Signed = tuple[bytes, dict[str, str]]


def a_call(house: House) -> Signed:
    """A true one, about money that is reserved and that nobody told us of."""
    _order, payment = bought(house, "lose")
    body = body_of(Event.objects.get(charge_id=payment.id, kind="payment.authorised"))
    return body, signed(body)


def signed(
    body: bytes, *, key: bytes | None = None, minutes: float = 0
) -> dict[str, str]:
    at = timezone.now() + timedelta(minutes=minutes)
    return headers_for(key or secret(), id="evt_1", body=body, at=at)


def sent(body: bytes, headers: dict[str, str], to: str = CALLS) -> int:
    given = Client().generic(
        "POST", to, body, content_type="application/json", headers=headers
    )
    return given.status_code


FORGED = {
    "unsigned": lambda body, right: (body, {}),
    "another key": lambda body, right: (body, signed(body, key=b"another")),
    "old": lambda body, right: (body, signed(body, minutes=-5.1)),
    "from the future": lambda body, right: (body, signed(body, minutes=5.1)),
    "written anew": lambda body, right: (json.dumps(json.loads(body)).encode(), right),
    "another time": lambda body, right: (body, {**right, "webhook-timestamp": "1"}),
    "no time": lambda body, right: (body, {**right, "webhook-timestamp": "now"}),
    "another id": lambda body, right: (body, {**right, "webhook-id": "evt_2"}),
    "another address": lambda body, right: (body, signed(body + b" ")),
    "half of it": lambda body, right: (
        body,
        {**right, "webhook-signature": right["webhook-signature"][:20]},
    ),
}


@pytest.mark.parametrize("how", FORGED)
def test_what_the_provider_did_not_sign_is_not_heard(
    shared_only: House, how: str
) -> None:
    body, right = a_call(shared_only)
    before = everything()
    assert sent(*FORGED[how](body, right)) == 400
    assert everything() == before
    assert sent(body, right) == 200
    assert everything() != before


def test_a_call_of_nothing_or_of_too_much(shared_only: House) -> None:
    unknown = json.dumps({"data": {"payment": str(new_id())}}).encode()
    before = everything()
    assert sent(unknown, signed(unknown)) == 200
    large = b"x" * 70_000
    assert sent(large, signed(large)) == 413
    body, right = b"{}", signed(b"{}")
    assert sent(body, right, "/payments/stripe/") == 404
    assert Client().get(CALLS).status_code == 405
    assert everything() == before


def test_a_good_call_many_times_and_events_backwards(shared_only: House) -> None:
    order, payment = bought(shared_only, "ask")
    ledger.answer(charge_of(payment), yes=True, at=timezone.now())
    told = {"type": "payment.declined", "data": {"payment": str(payment.id)}}
    bodies = [
        json.dumps({**told, "type": f"payment.{kind}"}).encode()
        for kind in ("refunded", "captured", "declined", "authorised")
    ]
    for number, body in enumerate(bodies * 25):
        headers = headers_for(
            secret(), id=f"evt_{number % 4}", body=body, at=timezone.now()
        )
        assert sent(body, headers) == 200
    payment.refresh_from_db()
    assert (payment.status, payment.reserved) == ("authorised", order.total)
    assert OrderEvent.objects.filter(order=order, kind="placed").count() == 1
    assert InboxMessage.objects.filter(subject=payment.id).count() == 4
    assert charge_of(payment).captured == 0


@pytest.mark.faults
@pytest.mark.django_db(databases=SIDES, transaction=True)
def test_the_same_call_eight_times_at_once(
    settings: Any, transactional_db: None
) -> None:
    """One effect."""
    settings.CHANNELS_SNAPSHOT_SECONDS = 60.0
    house = open_house("omnichannel")
    with use_channel(Channel.WEBSHOP):
        order, payment = bought(house, "lose")
    body = body_of(Event.objects.get(charge_id=payment.id, kind="payment.authorised"))
    headers = signed(body)

    def call(_number: int) -> int:
        try:
            return sent(body, headers)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as together:
        assert set(together.map(call, range(8))) == {200}
    with use_channel(Channel.WEBSHOP):
        assert OrderEvent.objects.filter(order=order, kind="placed").count() == 1
        payment.refresh_from_db()
        assert (payment.status, payment.reserved) == ("authorised", order.total)
