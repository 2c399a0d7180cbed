"""What the customer asks of a store after ordering: at once on one database, with an
answer to wait for where they are apart."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from inventory.ids import new_id
from inventory.places import Channel
from retail.channels import atomic, use_channel
from retail.fulfilment import pickup, requesting
from retail.fulfilment.models import StoreAvailability
from retail.messages.models import OutboxMessage
from retail.messages.relay import relay_once
from retail.orders.cancelling import NotCancellable, cancel
from retail.orders.models import Order, OrderEvent
from tests.builders import (
    BOB,
    a_parcel_order,
    a_pickup_order,
    a_ready_pickup,
    bob,
    carry,
    code_of,
    job_of,
    money_of,
    paid_at_counter,
    promise_of,
    shipped,
    stock_of,
)
from tests.levels import SIDES
from tests.retail.orders.house import House, everything

pytestmark = pytest.mark.django_db(databases=SIDES)


def ask(verb: object, order: Order, *given: object, **named: object) -> str:
    with atomic():
        promise = requesting.lock_all(order.id)[0]
        return verb(promise, *given, by="customer:1", **named)  # type: ignore[operator,no-any-return]


def test_apart_a_cancellation_waits_for_the_store(apart: House) -> None:
    order = a_pickup_order(apart)
    assert cancel(order, by="customer:1") == "requested"
    assert (order.status, order.requested) == ("placed", "cancel")
    assert job_of(order).status == "placed"
    carry()
    order.refresh_from_db()
    assert (order.status, order.requested) == ("cancelled", "")
    assert promise_of(order).requested == ""
    assert (job_of(order).status, stock_of(apart, "M01")) == ("cancelled", (3, 0))


def test_on_one_database_a_cancellation_is_done(shared_only: House) -> None:
    order = a_pickup_order(shared_only)
    assert cancel(order, by="customer:1") == "done"
    assert (order.status, order.requested) == ("cancelled", "")
    assert job_of(order).status == "cancelled"
    assert stock_of(shared_only, "M01") == (3, 0)


def test_asking_twice_asks_once(apart: House) -> None:
    order = a_pickup_order(apart)
    cancel(order, by="customer:1")
    assert cancel(order, by="customer:1") == "requested"
    carry()
    assert cancel(order, by="customer:1") == "done"


def test_a_wish_that_comes_too_late_is_refused_by_the_store(apart: House) -> None:
    order = a_ready_pickup(apart)
    paid_at_counter(order)
    cancel(order, by="customer:1")
    job = job_of(order)
    code = code_of(order)
    # handed over before the wish arrives
    with use_channel(Channel.POS):
        pickup.hand_over(job, code=code, by=BOB, event_id=new_id())
    relay_once(Channel.WEBSHOP)  # the wish
    answers = OutboxMessage.objects.using("pos").filter(kind="pickup.refused")
    assert [answer.payload["status"] for answer in answers] == ["collected"]
    carry()
    order.refresh_from_db()
    assert (order.status, order.requested) == ("completed", "")
    assert promise_of(order).status == "collected"
    payment = order.payments.get()
    assert (payment.captured, payment.refunded) == (Decimal("3.40"), 0)


def test_a_refusal_of_a_wish_is_in_the_diary(apart: House) -> None:
    order = a_ready_pickup(apart)
    ask(requesting.ask_check_in, order, place="P2")
    with use_channel(Channel.POS):
        pickup.cancel(job_of(order), reason="broken", by=BOB, event_id=new_id())
        OutboxMessage.objects.filter(kind="pickup.moved").update(
            due_at=timezone.now() + timedelta(hours=1)
        )
    carry()  # the refusal overtakes the news
    order.refresh_from_db()
    assert (promise_of(order).requested, order.requested) == ("", "")
    entry = OrderEvent.objects.get(order=order, kind="check_in_refused")
    assert entry.data == {"reason": "cancelled"}
    assert promise_of(order).status == "ready"
    with use_channel(Channel.POS):
        OutboxMessage.objects.update(due_at=timezone.now())
    carry()
    assert promise_of(order).status == "cancelled"


def test_what_was_collected_cannot_be_cancelled(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    paid_at_counter(order)
    bob(pickup.hand_over, order, code=code_of(order))
    before = everything()
    with pytest.raises(NotCancellable):
        cancel(order, by="customer:1")
    assert everything() == before


def test_a_parcel_is_cancelled_at_once_until_it_is_shipped(both_levels: House) -> None:
    order = a_parcel_order(both_levels)
    assert stock_of(both_levels, "W01") == (10, 1)
    assert cancel(order, by="customer:1") == "done"
    assert stock_of(both_levels, "W01") == (10, 0)
    assert money_of(order) == 0
    gone = shipped(a_parcel_order(both_levels))
    with pytest.raises(NotCancellable):
        cancel(gone, by="customer:1")


def test_checking_in(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    answer = ask(requesting.ask_check_in, order, place="P2, red Zoe")
    assert answer == ("requested" if both_levels.level == "cross-channel" else "done")
    carry()
    promise = promise_of(order)
    assert (promise.status, promise.requested) == ("checked_in", "")
    assert job_of(order).place == "P2, red Zoe"


def test_checking_in_before_it_is_ready(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    with pytest.raises(requesting.NotAskable):
        ask(requesting.ask_check_in, order, place="P2")


def test_going_on_without_what_is_short(both_levels: House) -> None:
    order = a_pickup_order(both_levels, (0, 2), (1, 1))
    bob(pickup.accept, order)
    bob(pickup.start_picking, order)
    bob(pickup.short, order, {1: 1}, reason="missing")
    assert requesting.open_choices(promise_of(order)) == [
        "drop",
        "other_store",
        "ship",
        "cancel",
    ]
    ask(requesting.ask_choice, order, "drop", due=Decimal("15.40"))
    carry()
    promise = promise_of(order)
    assert (promise.status, promise.requested) == ("picking", "")
    assert job_of(order).due == promise.due == Decimal("15.40")
    assert sorted(line.dropped for line in promise.lines.all()) == [0, 1]
    bob(pickup.pick, order, {1: 1, 2: 1})
    bob(pickup.stage, order, shelf="A1")
    bob(pickup.ready, order)
    paid_at_counter(order)
    bob(pickup.hand_over, order, code=code_of(order))
    order.refresh_from_db()
    assert order.status == "completed"
    assert sorted(line.fulfilled for line in promise_of(order).lines.all()) == [1, 1]


def test_two_wishes_at_once_are_one_too_many(apart: House) -> None:
    order = a_ready_pickup(apart)
    ask(requesting.ask_check_in, order, place="P2")
    with pytest.raises(requesting.AlreadyAsked):
        cancel(order, by="customer:1")


def test_a_claim_on_the_feed_ends_with_the_stores_first_answer(apart: House) -> None:
    order = a_pickup_order(apart, (0, 2), heard=False)
    row = StoreAvailability.objects.get(
        location__code="M01", variant__gtin=apart.gtins[0]
    )
    assert (row.available, row.open_requests) == (3, 2)
    carry()
    row.refresh_from_db()
    assert (row.available, row.open_requests) == (1, 0)
    assert promise_of(order).status == "placed"
