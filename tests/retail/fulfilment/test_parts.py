"""Not all at once: a part leaves, the rest waits on its shelf."""

from __future__ import annotations

import pytest

from inventory import books as stock_books
from inventory.ids import new_id
from inventory.places import Channel
from retail import books as all_books
from retail.channels import use_channel
from retail.fulfilment import books, codes, pickup
from retail.fulfilment.models import PickupJob
from tests.builders import (
    a_ready_pickup,
    bob,
    code_of,
    job_of,
    paid_at_counter,
    promise_of,
    stock_of,
)
from tests.levels import SIDES
from tests.retail.orders.house import House, everything

pytestmark = pytest.mark.django_db(databases=SIDES)


def collected(order: object) -> list[int]:
    job = job_of(order)  # type: ignore[arg-type]
    with use_channel(Channel.POS):
        return [line.collected for line in job.lines.order_by("position")]


def balanced() -> None:
    with use_channel(Channel.POS) as context:
        for check in (*stock_books.CHECKS, *books.CHECKS):
            assert all_books.run(check, context.database).rows == 0, check.id


def test_a_part_leaves_and_the_last_one_collects(both_levels: House) -> None:
    order = a_ready_pickup(both_levels, (0, 3), (1, 1))
    paid_at_counter(order)
    code = code_of(order)
    bob(pickup.hand_over, order, code=code, lines={1: 1})
    assert job_of(order).status == promise_of(order).status == "partly_collected"
    assert collected(order) == [1, 0]
    assert stock_of(both_levels, "M01") == (2, 2)
    balanced()
    bob(pickup.hand_over, order, code=code, lines={1: 1, 2: 1})
    assert collected(order) == [2, 1]
    assert stock_of(both_levels, "M01", 1) == (2, 0)
    bob(pickup.hand_over, order, code=code, lines={1: 1})
    assert job_of(order).status == promise_of(order).status == "collected"
    assert stock_of(both_levels, "M01") == (0, 0)
    balanced()


def test_the_whole_named_line_by_line_is_no_part(both_levels: House) -> None:
    order = a_ready_pickup(both_levels, (0, 2))
    paid_at_counter(order)
    bob(pickup.hand_over, order, code=code_of(order), lines={1: 2})
    assert job_of(order).status == "collected"


def test_the_rest_is_put_back(both_levels: House) -> None:
    order = a_ready_pickup(both_levels, (0, 3))
    paid_at_counter(order)
    bob(pickup.hand_over, order, code=code_of(order), lines={1: 1})
    bob(pickup.expire, order)
    bob(pickup.restock, order)
    assert collected(order) == [1]
    assert stock_of(both_levels, "M01") == (2, 0)
    balanced()


def test_a_part_sent_twice_leaves_once(both_levels: House) -> None:
    order = a_ready_pickup(both_levels, (0, 3))
    paid_at_counter(order)
    event = new_id()
    given = {"code": code_of(order), "lines": {1: 1}, "event_id": event}
    bob(pickup.hand_over, order, **given)
    before = everything()
    bob(pickup.hand_over, order, **given)
    assert everything() == before
    with pytest.raises(pickup.IdReused):
        bob(pickup.expire, order, event_id=event)
    with pytest.raises(pickup.IdReused):
        bob(pickup.hand_over, a_ready_pickup(both_levels, (1, 1)), event_id=event)


def test_no_more_leaves_than_is_here(both_levels: House) -> None:
    order = a_ready_pickup(both_levels, (0, 2))
    paid_at_counter(order)
    before = everything()
    for lines in ({1: 3}, {2: 1}, {1: 0}, {}, {1: -1}):
        with pytest.raises(pickup.BadLines):
            bob(pickup.hand_over, order, code=code_of(order), lines=lines)
    assert everything() == before


def test_a_part_is_paid_for_first(both_levels: House) -> None:
    order = a_ready_pickup(both_levels, (0, 2))
    with pytest.raises(pickup.NotPaid):
        bob(pickup.hand_over, order, code=code_of(order), lines={1: 1})
    assert collected(order) == [0]


def test_a_part_needs_a_code_again(both_levels: House) -> None:
    order = a_ready_pickup(both_levels, (0, 2))
    paid_at_counter(order)
    bob(pickup.hand_over, order, code=code_of(order), lines={1: 1})
    with pytest.raises(pickup.WrongCode):
        bob(pickup.hand_over, order, code="22222222")


def test_the_named_collector_has_a_code_of_their_own(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    paid_at_counter(order)
    job = job_of(order)
    bob(
        pickup.change_collector,
        order,
        name="Nour",
        collector_hash=codes.code_hash("ABCDEFGH", job.location_id),
        code_hash=job.code_hash,
    )
    with use_channel(Channel.POS):
        assert pickup.find_by_code(job.location, "abcd efgh").id == job.id
    bob(pickup.hand_over, order, code="ABCDEFGH")
    job = job_of(order)
    with use_channel(Channel.POS):
        assert job.events.get(move="hand-over").data["collector"] is True


def test_a_revoked_collector_gets_nothing(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    paid_at_counter(order)
    job = job_of(order)
    made_for_nour = codes.code_hash("ABCDEFGH", job.location_id)
    for name, made in (("Nour", made_for_nour), ("", "")):
        bob(
            pickup.change_collector,
            order,
            name=name,
            collector_hash=made,
            code_hash=job.code_hash,
        )
    for code in ("ABCDEFGH", ""):
        with pytest.raises(pickup.WrongCode):
            bob(pickup.hand_over, order, code=code)
    bob(pickup.hand_over, order, code=code_of(order))
    with use_channel(Channel.POS):
        assert PickupJob.objects.get().status == "collected"
