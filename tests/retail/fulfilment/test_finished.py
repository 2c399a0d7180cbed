"""Promises kept: what counts, and what does not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from inventory.places import Channel
from retail.channels import current, use_channel
from retail.fulfilment import pickup
from retail.fulfilment.finished import Kept, kept_since
from retail.fulfilment.models import PickupJob
from tests.builders import a_location, a_pickup_order, a_ready_pickup, bob, job_of
from tests.levels import SIDES
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)


def told(later: timedelta) -> tuple[Kept, Kept]:
    with use_channel(Channel.POS):
        return kept_since(a_location(), timezone.now() + later)


def late_by(order: Any, minutes: int) -> None:
    with use_channel(Channel.POS):
        job = PickupJob.objects.get(order_id=order.id)
        job.ready_at = job.ready_by + timedelta(minutes=minutes)
        job.save(update_fields=["ready_at"])


def test_a_promise_counts_once_its_time_has_come(both_levels: House) -> None:
    a_ready_pickup(both_levels)
    assert told(timedelta()) == (Kept(0, 0), Kept(0, 0))
    assert told(timedelta(days=1))[1] == Kept(1, 1)
    assert told(timedelta(days=30))[1] == Kept(0, 0)


def test_late_not_ready_and_refused_are_not_kept(both_levels: House) -> None:
    late_by(a_ready_pickup(both_levels), 1)
    late_by(a_ready_pickup(both_levels), 0)
    a_pickup_order(both_levels)
    refused = a_pickup_order(both_levels, (1, 1))
    bob(pickup.reject, refused, reason="closed")
    (_today, long) = told(timedelta(days=1))
    assert long == Kept(due=4, kept=1)
    assert long.percent == 25


def test_what_was_cancelled_does_not_count(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    bob(pickup.cancel, order, reason="customer")
    assert job_of(order).status == "cancelled"
    assert told(timedelta(days=1))[1] == Kept(0, 0)


def test_a_share_is_never_rounded_up() -> None:
    assert Kept(1000, 999).percent == 99
    assert Kept(7, 7).percent == 100
    assert Kept(0, 0).percent is None


def test_it_costs_one_query(both_levels: House, django_assert_num_queries: Any) -> None:
    with use_channel(Channel.POS):
        place = a_location()
        with django_assert_num_queries(1, using=current().database):
            kept_since(place, timezone.now())
