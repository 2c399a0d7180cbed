"""Late, twice, in any order: the order's side ends the same."""

from __future__ import annotations

import itertools
import random
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from inventory.ids import new_id
from inventory.places import Channel
from retail.channels import atomic, use_channel
from retail.fulfilment import mirroring, pickup
from retail.fulfilment.models import StoreAvailability
from retail.messages.handlers import TooEarly
from retail.messages.models import OutboxMessage
from retail.messages.relay import relay_once
from retail.orders.cancelling import cancel
from tests.builders import (
    BOB,
    a_pickup_order,
    bag,
    carry,
    code_of,
    in_store,
    job_of,
    points_of,
    promise_of,
)
from tests.levels import SIDES
from tests.retail.orders.house import House, alice, everything

pytestmark = pytest.mark.django_db(databases=SIDES)


def a_day_of_silence(order: Any) -> list[OutboxMessage]:
    """Everything happens in the store before any of its news is carried."""
    job, code = job_of(order), code_of(order)
    units = bag(order)
    with use_channel(Channel.POS):
        pickup.accept(job, by=BOB, event_id=new_id())
        pickup.start_picking(job, by=BOB, event_id=new_id())
        pickup.pick(job, units, by=BOB, event_id=new_id())
        pickup.stage(job, shelf="A1", by=BOB, event_id=new_id())
        pickup.ready(job, by=BOB, event_id=new_id())
    with in_store():
        pickup.pay_at_counter(
            order.id, location=job.location, amount=job.due, ticket_id=new_id(), by=BOB
        )
    with use_channel(Channel.POS):
        pickup.hand_over(job, code=code, by=BOB, event_id=new_id())
        return list(OutboxMessage.objects.order_by("version"))


HANDLERS = {
    "pickup.moved": mirroring.on_pickup_moved,
    "pickup.paid": mirroring.on_pickup_paid,
}


def hear(message: OutboxMessage) -> None:
    with atomic():
        HANDLERS[message.kind](
            message.payload,
            subject=message.subject,
            version=message.version,
            at=message.made_at,
        )


@pytest.mark.parametrize("seed", range(8))
def test_news_in_any_order_ends_the_same(apart: House, seed: int) -> None:
    customer = alice()
    order = a_pickup_order(apart, (1, 2), customer=customer)
    news = a_day_of_silence(order)
    assert len(news) == 8
    shuffled = news * 2
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - the same shuffle each run
    for message in shuffled:
        hear(message)
    order.refresh_from_db()
    promise = promise_of(order)
    assert (order.status, promise.status, promise.due) == ("completed", "collected", 0)
    assert promise.job_version == job_of(order).version
    assert [line.fulfilled for line in promise.lines.all()] == [2]
    assert points_of(customer) == [("earn", 24)]
    payment = order.payments.get()
    assert (payment.status, payment.captured) == ("captured", order.total)


def test_older_news_changes_nothing(apart: House) -> None:
    order = a_pickup_order(apart)
    news = a_day_of_silence(order)
    for message in news:
        hear(message)
    before = everything("webshop")
    for message in news:
        hear(message)
    assert everything("webshop") == before


def test_the_claim_ends_once_whatever_comes_first(apart: House) -> None:
    order = a_pickup_order(apart, (0, 2), heard=False)
    relay_once(Channel.WEBSHOP)
    news = a_day_of_silence(order)
    row = StoreAvailability.objects.get(
        location__code="M01", variant__gtin=apart.gtins[0]
    )
    assert (row.available, row.open_requests) == (3, 2)
    for message in itertools.chain(reversed(news), news):
        hear(message)
    row.refresh_from_db()
    assert (row.available, row.open_requests) == (1, 0)


def test_news_of_nothing_is_too_early(apart: House) -> None:
    order = a_pickup_order(apart)
    message = a_day_of_silence(order)[0]
    message.subject = new_id()
    with pytest.raises(TooEarly):
        hear(message)


def test_a_wish_before_its_request_waits(apart: House) -> None:
    order = a_pickup_order(apart, heard=False)
    cancel(order, by="customer:1")
    later = timezone.now() + timedelta(hours=1)
    OutboxMessage.objects.filter(kind="pickup.requested").update(due_at=later)
    carry()
    wish = OutboxMessage.objects.get(kind="pickup.cancel_requested")
    assert (wish.sent_at, wish.attempts) == (None, 1)
    assert "TooEarly" in wish.last_error
    OutboxMessage.objects.update(due_at=timezone.now())
    carry()
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert job_of(order).status == "cancelled"
