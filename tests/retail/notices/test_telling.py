"""What customers are told of: once each, in the transaction of its cause."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from inventory.ids import new_id
from retail.channels import atomic
from retail.fulfilment import pickup, requesting, returning, visits
from retail.notices.models import Notice
from retail.notices.telling import UnknownNotice, notify
from retail.orders.cancelling import cancel, expire_unpaid
from retail.orders.models import Order
from tests.builders import (
    BOB,
    a_parcel_order,
    a_pickup_order,
    a_ready_pickup,
    bob,
    carry,
    paid_at_counter,
    parcel_of,
    promise_of,
    shipped,
)
from tests.levels import SIDES
from tests.retail.orders.house import House, a_parcel, placed
from tests.retail.orders.test_choosing import bought, refused, short

pytestmark = pytest.mark.django_db(databases=SIDES)


def told(order: Order) -> list[str]:
    """All but the reminder, which is written ahead."""
    found = Notice.objects.filter(order_id=order.id).exclude(kind="pickup_reminder")
    return sorted(f"{each.kind} {each.way}" for each in found)


def test_a_pickup_from_order_to_thanks(both_levels: House) -> None:
    order = a_ready_pickup(both_levels, phone="+33612345678")
    assert told(order) == [
        "order_received email",
        "pickup_ready email",
        "pickup_ready sms",
    ]
    paid_at_counter(order)
    bob(pickup.hand_over, order, name_checked=True)

    assert told(order)[0] == "collected_thanks email"
    assert {each.address for each in Notice.objects.filter(way="sms")} == {
        "+33612345678"
    }


def test_without_a_phone_there_is_no_sms(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    assert told(order) == ["order_received email", "pickup_ready email"]


def test_a_reminder_is_written_ahead(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    reminder = Notice.objects.get(kind="pickup_reminder")
    until = promise_of(order).hold_until
    assert until is not None
    assert timedelta(hours=3) <= until - reminder.due_at < timedelta(hours=24)


def test_short_says_what_and_until_when(both_levels: House) -> None:
    order = bought(both_levels, (0, 2), (1, 1))
    asked = short(order, {1: 1})
    notice = Notice.objects.get(kind="pickup_short")
    assert notice.data == {
        "missing": {f"Article {both_levels.gtins[0]}": 1},
        "offers": [],
        "choose_by": asked.choose_by.isoformat(),
        "default": "drop",
    }


def test_refused_asks_too(both_levels: House) -> None:
    order = bought(both_levels, (0, 1))
    refused(order)
    assert "pickup_refused email" in told(order)


def test_an_end_and_its_money_are_told(both_levels: House) -> None:
    order = bought(both_levels, (0, 1))
    cancel(order, by="customer:1")
    carry()
    assert "order_cancelled email" in told(order)
    assert not Notice.objects.filter(kind="refunded").exists(), "nothing was taken"
    back = shipped(a_parcel_order(both_levels))
    returning.take_back(parcel_of(back), by=BOB, event_id=new_id())
    assert Notice.objects.get(kind="refunded").data == {"amount": "8.30"}


def test_what_was_not_paid_in_time_is_told(both_levels: House) -> None:
    order = placed(a_parcel((both_levels.gtins[0], 1)))
    expire_unpaid(timezone.now() + timedelta(hours=1))
    assert told(order) == ["order_cancelled email"]
    assert Notice.objects.get().data == {"reason": "not_paid"}


def test_a_parcel_that_left_is_told(both_levels: House) -> None:
    order = shipped(a_parcel_order(both_levels))
    assert told(order) == ["order_received email", "parcel_shipped email"]


def test_nobody_came_is_told_once(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    bob(pickup.expire, order)
    bob(pickup.restock, order)
    assert told(order).count("pickup_expired email") == 1


def test_kept_longer_is_told(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    with atomic():
        visits.ask_extension(requesting.lock_all(order.id)[0], by="customer:1")
    carry()
    assert "pickup_extended email" in told(order)
    assert Notice.objects.filter(kind="pickup_reminder").count() == 2


def test_another_collector_is_told_to_the_buyer(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    with atomic():
        visits.ask_collector(requesting.lock_all(order.id)[0], "Noé", by="customer:1")
    assert "pickup_collector email" in told(order)
    assert "Noé" not in str(Notice.objects.get(kind="pickup_collector").data)


def test_the_same_twice_is_told_once(apart: House) -> None:
    order = a_pickup_order(apart)
    given: dict[str, Any] = {"order": order, "subject": order.id}
    notify("refunded", key="a", data={"amount": "1.00"}, **given)
    notify("refunded", key="a", data={"amount": "2.00"}, **given)
    notify("refunded", key="b", data={"amount": "3.00"}, **given)
    found = Notice.objects.filter(kind="refunded").order_by("key")
    assert [each.data["amount"] for each in found] == ["1.00", "3.00"]


def test_what_is_undone_is_not_told(apart: House) -> None:
    order = a_pickup_order(apart)
    with pytest.raises(ZeroDivisionError):
        _tell_and_fail(order)
    assert not Notice.objects.filter(kind="pickup_expired").exists()


def _tell_and_fail(order: Order) -> None:
    with atomic():
        notify("pickup_expired", order=order, subject=order.id)
        raise ZeroDivisionError


def test_a_kind_without_words_is_refused(apart: House) -> None:
    order = a_pickup_order(apart)
    with pytest.raises(UnknownNotice):
        notify("spam", order=order, subject=order.id)
