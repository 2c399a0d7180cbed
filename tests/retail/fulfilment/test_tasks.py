from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from inventory import reserving
from inventory.ids import new_id
from inventory.places import Channel
from retail.channels import atomic, use_channel
from retail.fulfilment import tasks
from tests.builders import (
    a_location,
    a_ready_pickup,
    carry,
    in_store,
    job_of,
    promise_of,
    stock_of,
)
from tests.levels import SIDES
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)


def test_a_pickup_expires_once_its_day_is_over(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    until = job_of(order).hold_until
    assert until is not None
    with time_machine.travel(until - timedelta(minutes=1)):
        assert tasks.expire_pickups() == 0
    with time_machine.travel(until + timedelta(minutes=1)):
        assert tasks.expire_pickups() == 1
        assert tasks.expire_pickups() == 0
        carry()
    assert promise_of(order).status == "expired"


def test_holds_end_on_every_open_database(both_levels: House) -> None:
    now = timezone.now()
    variant = both_levels.variants[both_levels.gtins[0]]
    given = {"kind": "fulfilment", "expires_at": now - timedelta(seconds=1)}
    with use_channel(Channel.WEBSHOP), atomic():
        reserving.reserve(
            a_location("W01"), {variant: 2}, reference=str(new_id()), **given
        )
    with in_store():
        reserving.reserve(
            a_location("M01"), {variant: 2}, reference=str(new_id()), **given
        )
    assert stock_of(both_levels, "W01") == (10, 2)
    assert tasks.expire_holds() == 2
    assert stock_of(both_levels, "W01") == (10, 0)
    assert stock_of(both_levels, "M01") == (3, 0)
    assert tasks.expire_holds() == 0


def test_the_feed_is_refreshed(both_levels: House) -> None:
    assert tasks.refresh_feed() == 0
