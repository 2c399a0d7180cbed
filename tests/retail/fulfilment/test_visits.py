"""Coming for the goods: on the way, kept longer, somebody else, another hour."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from inventory.ids import new_id
from inventory.places import Channel
from retail.channels import atomic, use_channel
from retail.fulfilment import pickup, requesting, slots, visits
from retail.fulfilment.codes import code_hash, code_of, collector_code_of
from retail.fulfilment.counter import UnknownCode, find_by_code
from retail.fulfilment.models import PickupSlot
from retail.fulfilment.terms import terms_of
from retail.messages.handlers import TooEarly, handlers_of
from retail.messages.models import OutboxMessage
from retail.messages.relay import relay_once
from retail.orders.models import Order, OrderEvent
from tests.builders import (
    BOB,
    a_pickup_order,
    a_ready_pickup,
    bob,
    carry,
    job_of,
    paid_at_counter,
    promise_of,
)
from tests.levels import SIDES
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)


def ask(verb: Any, order: Order, *given: Any, **named: Any) -> Any:
    with atomic():
        promise = requesting.lock_all(order.id)[0]
        return verb(promise, *given, by="customer:1", **named)


def answer(house: House) -> str:
    return "requested" if house.level == "cross-channel" else "done"


def test_on_the_way_the_store_knows(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    said = ask(visits.tell_on_way, order, minutes=10, place="car park, bay 3")
    assert said == answer(both_levels)
    carry()

    job = job_of(order)
    assert (job.status, job.place) == ("ready", "car park, bay 3")
    assert job.on_way_at == promise_of(order).on_way_at is not None
    # nothing waits for an answer: the customer may check in at any moment
    assert promise_of(order).requested == ""
    assert ask(visits.ask_check_in, order, place="") == answer(both_levels)


def test_who_is_not_expected_is_not_on_the_way(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    with pytest.raises(visits.NotAskable):
        ask(visits.tell_on_way, order, minutes=10)


def test_the_later_word_counts(apart: House) -> None:
    order = a_ready_pickup(apart)
    ask(visits.tell_on_way, order, minutes=30, at=timezone.now() - timedelta(minutes=5))
    ask(visits.tell_on_way, order, minutes=5, place="at the door")
    first, second = OutboxMessage.objects.filter(kind="pickup.on_way_told").order_by(
        "version"
    )
    with use_channel(Channel.POS):
        for message in (second, first, second):
            hear(message)
        job = job_of(order)
        events = job.events.filter(move="on-way")
        assert [event.data["minutes"] for event in events] == [5]
    assert job.place == "at the door"


def hear(message: OutboxMessage) -> None:
    for _path, handler in handlers_of(message.kind):
        with atomic():
            handler(
                message.payload,
                subject=message.subject,
                version=message.version,
                at=message.made_at,
            )


def test_kept_one_day_longer_once(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    before = promise_of(order)
    assert visits.may_extend(before)
    assert ask(visits.ask_extension, order) == answer(both_levels)
    carry()

    after = promise_of(order)
    assert after.hold_until > before.hold_until
    assert (after.requested, job_of(order).hold_until) == ("", after.hold_until)
    assert not visits.may_extend(after)
    assert ask(visits.ask_extension, order) == "done"
    carry()
    assert promise_of(order).hold_until == after.hold_until


def test_what_was_fetched_meanwhile_is_not_kept(apart: House) -> None:
    order = a_ready_pickup(apart)
    paid_at_counter(order)
    ask(visits.ask_extension, order)
    with use_channel(Channel.POS):
        pickup.hand_over(job_of(order), name_checked=True, by=BOB, event_id=new_id())
    relay_once(Channel.WEBSHOP)
    refusal = OutboxMessage.objects.using("pos").get(kind="pickup.refused")
    assert (refusal.payload["asked"], refusal.payload["status"]) == (
        "extend",
        "collected",
    )
    carry()
    assert promise_of(order).requested == ""


def test_a_named_collector_has_a_code_of_their_own(both_levels: House) -> None:
    order = a_pickup_order(both_levels, collector="Charlie Petit")
    promise = promise_of(order)
    theirs = collector_code_of(promise)
    assert theirs != code_of(promise)
    with use_channel(Channel.POS):
        job = job_of(order)
        assert (job.collector_name, job.customer_name) == ("Charlie Petit", "Alice M")
        assert find_by_code(job.location, theirs).id == job.id
        assert find_by_code(job.location, code_of(promise)).id == job.id


def test_another_collector_and_the_old_code_opens_nothing(both_levels: House) -> None:
    order = a_pickup_order(both_levels, collector="Charlie Petit")
    old = collector_code_of(promise_of(order))
    said = ask(visits.ask_collector, order, "Noé Petit")
    assert said == answer(both_levels)
    carry()

    promise = promise_of(order)
    assert (promise.collector, promise.requested) == ("Noé Petit", "")
    with use_channel(Channel.POS):
        job = job_of(order)
        assert job.collector_name == "Noé Petit"
        assert find_by_code(job.location, collector_code_of(promise)).id == job.id
        with pytest.raises(UnknownCode):
            find_by_code(job.location, old)


def test_nobody_else_any_more(both_levels: House) -> None:
    order = a_pickup_order(both_levels, collector="Charlie Petit")
    old = collector_code_of(promise_of(order))
    ask(visits.ask_collector, order, "")
    carry()

    assert collector_code_of(promise_of(order)) == ""
    with use_channel(Channel.POS):
        job = job_of(order)
        assert (job.collector_name, job.collector_hash) == ("", "")
        with pytest.raises(UnknownCode):
            find_by_code(job.location, old)


def test_who_stands_at_the_counter_is_not_exchanged(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    bob(pickup.check_in, order)
    with pytest.raises(visits.NotAskable):
        ask(visits.ask_collector, order, "Noé Petit")


def test_a_collector_changed_too_late_is_refused(apart: House) -> None:
    order = a_ready_pickup(apart)
    ask(visits.ask_collector, order, "Noé Petit")
    with use_channel(Channel.POS):
        pickup.check_in(job_of(order), by=BOB, event_id=new_id())
    carry()

    promise = promise_of(order)
    assert (promise.requested, promise.collector) == ("", "")
    assert collector_code_of(promise) == ""
    entry = OrderEvent.objects.get(order=order, kind="collector_refused")
    assert entry.data == {"reason": "checked_in"}
    assert job_of(order).collector_name == ""


@pytest.mark.parametrize(
    "kind",
    [
        "pickup.check_in_requested",
        "pickup.on_way_told",
        "pickup.extend_requested",
        "pickup.collector_changed",
        "pickup.slot_changed",
    ],
)
def test_a_wish_about_an_unknown_pickup_waits(apart: House, kind: str) -> None:
    [(_path, handler)] = handlers_of(kind)
    with use_channel(Channel.POS), pytest.raises(TooEarly):
        handler({}, subject=new_id(), version=1, at=timezone.now())


@pytest.mark.parametrize("turn", list(itertools.permutations(range(3))))
def test_wishes_and_news_in_any_order(apart: House, turn: tuple[int, ...]) -> None:
    """The store hears of three wishes late and twice; the end is the same."""
    order = a_ready_pickup(apart)
    ask(visits.tell_on_way, order, minutes=15)
    ask(visits.ask_extension, order)
    ask(visits.tell_on_way, order, minutes=5)
    found = OutboxMessage.objects.filter(subject=promise_of(order).id, sent_at=None)
    wishes = list(found.order_by("version"))
    with use_channel(Channel.POS):
        for which in (*turn, *turn):
            hear(wishes[which])
    carry()
    job, promise = job_of(order), promise_of(order)
    assert (promise.requested, promise.hold_until) == ("", job.hold_until)
    assert job.extended_at is not None
    assert job.on_way_at == promise.on_way_at


def test_the_hash_is_bound_to_the_store(apart: House) -> None:
    order = a_pickup_order(apart, collector="Charlie Petit")
    promise = promise_of(order)
    told = OutboxMessage.objects.get(kind="pickup.requested").payload
    code = collector_code_of(promise)
    assert told["collector_hash"] == code_hash(code, promise.location_id)
    assert code not in str(told)


def later_slots(order: Order) -> list[Any]:
    promise = promise_of(order)
    terms = terms_of([promise.location])[promise.location_id]
    ready_by = promise.ready_by
    assert ready_by is not None
    found = slots.slots(promise.location, terms, timezone.now(), ready_by=ready_by)
    return [each for each in found if each.free and each.starts_at > ready_by]


def test_another_hour(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    before = promise_of(order)
    wanted = later_slots(order)[3]
    assert ask(visits.ask_slot, order, wanted.starts_at) == answer(both_levels)
    carry()

    promise = promise_of(order)
    assert (promise.slot_start, promise.requested) == (wanted.starts_at, "")
    assert job_of(order).slot_start == wanted.starts_at
    taken = dict(PickupSlot.objects.values_list("starts_at", "taken"))
    assert taken[wanted.starts_at] == 1
    assert taken.get(before.slot_start, 0) == 0
    assert ask(visits.ask_slot, order, wanted.starts_at) == "done"


def test_an_hour_that_is_none_changes_nothing(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    before = promise_of(order).slot_start
    with pytest.raises(slots.SlotFull):
        ask(visits.ask_slot, order, timezone.now() - timedelta(days=1))
    assert promise_of(order).slot_start == before


def test_an_hour_changed_too_late_is_refused(apart: House) -> None:
    order = a_ready_pickup(apart)
    wanted = later_slots(order)[1]
    ask(visits.ask_slot, order, wanted.starts_at)
    with use_channel(Channel.POS):
        pickup.check_in(job_of(order), by=BOB, event_id=new_id())
    carry()
    assert promise_of(order).requested == ""
    assert OrderEvent.objects.filter(order=order, kind="slot_refused").exists()


def test_a_slot_is_given_back_when_the_pickup_ends(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    start = promise_of(order).slot_start
    assert start is not None
    bob(pickup.reject, order, reason="too_busy")
    assert promise_of(order).slot_start is None
    assert PickupSlot.objects.get(starts_at=start).taken == 0
