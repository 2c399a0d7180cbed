"""What waits for the till's row, behind another ticket or a closing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from inventory.places import Channel
from pos import selling, shifts
from pos.models import Ticket, Till
from pos.selling import record
from retail.channels import atomic, use_channel
from tests.inventory.test_races import until_one_waits
from tests.levels import SIDES
from tests.pos.tills import AT, a_ticket, a_till, closed, sold
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES, transaction=True)


@pytest.fixture
def till(shared_only: House) -> Iterator[Till]:
    with use_channel(Channel.POS):
        yield a_till()


@contextmanager
def waiting(act: Callable[[], Any]) -> Iterator[list[Future[Any]]]:
    """`act` in a thread of its own, which waits for what is done inside until that is
    committed."""

    def run() -> Any:
        try:
            with use_channel(Channel.POS):
                return act()
        finally:
            connections.close_all()

    started: list[Future[Any]] = []
    with ThreadPoolExecutor(1) as pool, atomic():
        yield started
        started.append(pool.submit(run))
        until_one_waits("shared")


def test_a_ticket_that_is_sent_twice_at_once_is_booked_once(
    shared_only: House, till: Till
) -> None:
    payload = a_ticket(shared_only, till)
    with waiting(lambda: record(payload, till_id=till.id)) as second:
        first, new = record(payload, till_id=till.id)
    assert new
    assert second[0].result(timeout=20) == (first, False)
    assert Ticket.objects.count() == 1


def test_of_two_tickets_at_once_one_is_the_next(shared_only: House, till: Till) -> None:
    one, other = a_ticket(shared_only, till), a_ticket(shared_only, till, (1, 1))
    with waiting(lambda: record(other, till_id=till.id)) as second:
        record(one, till_id=till.id)
    with pytest.raises(selling.ChainBroken) as refusal:
        second[0].result(timeout=20)
    assert (refusal.value.number, refusal.value.previous_hash) == (2, one["hash"])
    assert sold(shared_only, till, (1, 1)).number == 2


def test_no_ticket_slips_into_a_shift_that_is_being_closed(
    shared_only: House, till: Till
) -> None:
    """It waits for the closing, and sees its end though it had begun before."""
    shift = shifts.current(till.id)
    assert shift is not None
    late = a_ticket(shared_only, till, sold_at="2026-11-24T12:00:00.000Z")
    with waiting(lambda: record(late, till_id=till.id)) as second:
        assert closed(shift, at=shift.opened_at)
    with pytest.raises(selling.NoShift):
        second[0].result(timeout=20)
    assert not Ticket.objects.exists()


def test_what_was_sold_before_a_closing_still_belongs_to_its_shift(
    shared_only: House, till: Till
) -> None:
    shift = shifts.current(till.id)
    payload = a_ticket(shared_only, till)
    assert shift is not None
    with waiting(lambda: record(payload, till_id=till.id)) as second:
        assert closed(shift, at=AT + timedelta(hours=1))
    ticket, _ = second[0].result(timeout=20)
    assert ticket.shift == shift


def test_a_ticket_that_was_booked_does_not_wait_for_a_closing(
    shared_only: House, till: Till
) -> None:
    shift = shifts.current(till.id)
    payload = a_ticket(shared_only, till)
    first, _ = record(payload, till_id=till.id)
    assert shift is not None

    def again() -> tuple[Ticket, bool]:
        try:
            with use_channel(Channel.POS):
                return record(payload, till_id=till.id)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, atomic():
        assert closed(shift, at=AT + timedelta(hours=1))
        # not committed yet
        assert pool.submit(again).result(timeout=4) == (first, False)
