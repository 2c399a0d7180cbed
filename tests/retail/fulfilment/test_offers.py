"""Other goods in place of missing ones: laid aside, taken, or back on the shelf."""

from __future__ import annotations

from typing import Any

import pytest

from inventory import stock
from inventory.ids import new_id
from inventory.models import StockLevel
from inventory.places import Channel
from retail.channels import use_channel
from retail.fulfilment import pickup
from retail.fulfilment.models import PickupLine, PickupOffer
from retail.fulfilment.telling import full_state
from tests.builders import (
    BOB,
    a_pickup_order,
    a_short_pickup,
    bob,
    in_store,
    job_of,
    stock_of,
)
from tests.levels import SIDES
from tests.retail.orders.house import House, everything

pytestmark = pytest.mark.django_db(databases=SIDES)


def state_of(order: Any) -> dict[str, Any]:
    job = job_of(order)
    with use_channel(Channel.POS):
        return full_state(job)


def test_what_is_offered_is_held_and_told(both_levels: House) -> None:
    order = a_short_pickup(both_levels, (0, 2), (1, 1), offer=2)
    assert stock_of(both_levels, "M01", 2) == (3, 1)
    (offer,) = state_of(order)["offers"]
    assert (offer["position"], offer["gtin"], offer["quantity"]) == (
        1,
        both_levels.gtins[2],
        1,
    )


def test_the_books_follow_and_the_web_stops_to_offer(both_levels: House) -> None:
    a_short_pickup(both_levels, (0, 2), (1, 1))
    assert stock_of(both_levels, "M01", 0) == (1, 0)
    with use_channel(Channel.POS):
        level = StockLevel.objects.get(
            location__code="M01", variant__gtin=both_levels.gtins[0]
        )
    assert level.blocked_until is not None


def test_a_till_does_not_sell_what_was_laid_aside(both_levels: House) -> None:
    order = a_short_pickup(both_levels, (0, 1), (1, 1), offer=2)
    variant = both_levels.variants[both_levels.gtins[2]]
    with in_store():
        issued = stock.sell_at_till(
            job_of(order).location, {variant: 3}, reference=str(new_id()), by=BOB
        )
    assert (issued.broken, issued.oversold) == ([], {variant: 1})


def test_an_offer_taken_is_a_line_of_the_pickup(both_levels: House) -> None:
    order = a_short_pickup(both_levels, (0, 2), (1, 1), offer=2)
    bob(pickup.choose, order, take={1: 1}, due=order.total)
    job = job_of(order)
    with use_channel(Channel.POS):
        line = PickupLine.objects.get(job=job, replaces=1)
    assert (line.position, line.gtin, line.quantity) == (1001, both_levels.gtins[2], 1)
    assert (job.status, job.due) == ("picking", order.total)
    assert stock_of(both_levels, "M01", 2) == (3, 1)
    assert state_of(order)["offers"] == []
    bob(pickup.pick, order, {2: 1, 1001: 1})
    bob(pickup.stage, order, shelf="A4", bags=2)
    bob(pickup.ready, order)
    with in_store():
        pickup.pay_at_counter(
            order.id,
            location=job.location,
            amount=job_of(order).due,
            ticket_id=new_id(),
            by=BOB,
        )
    bob(pickup.hand_over, order, name_checked=True)
    assert stock_of(both_levels, "M01", 2) == (2, 0)


def test_nothing_left_but_the_offer_is_enough(both_levels: House) -> None:
    order = a_short_pickup(both_levels, (0, 1), offer=2)
    with pytest.raises(pickup.NothingLeft):
        bob(pickup.choose, order)
    assert stock_of(both_levels, "M01", 2) == (3, 1)
    bob(pickup.choose, order, take={1: 1})
    assert job_of(order).status == "picking"


@pytest.mark.parametrize("end", ["choose", "cancel"])
def test_an_offer_not_taken_goes_back(both_levels: House, end: str) -> None:
    order = a_short_pickup(both_levels, (0, 1), (1, 1), offer=2)
    given = {"reason": "customer"} if end == "cancel" else {}
    bob(getattr(pickup, end), order, **given)
    assert stock_of(both_levels, "M01", 2) == (3, 0)
    with use_channel(Channel.POS):
        assert PickupOffer.objects.get().state == "declined"


def test_a_later_offer_replaces_the_first(both_levels: House) -> None:
    """One more unit of the line is missing, and something else is offered for both."""
    order = a_pickup_order(both_levels, (0, 2))
    bob(pickup.accept, order)
    for which, missing in ((1, 1), (2, 2)):
        variant = both_levels.variants[both_levels.gtins[which]]
        offers = [pickup.Instead(1, variant, missing)]
        bob(pickup.short, order, {1: missing}, reason="damaged", offers=offers)
    assert stock_of(both_levels, "M01", 1) == (3, 0)
    assert stock_of(both_levels, "M01", 2) == (3, 2)
    with use_channel(Channel.POS):
        states = PickupOffer.objects.order_by("made_at").values_list("state", flat=True)
        assert list(states) == ["declined", "open"]


@pytest.mark.parametrize(("which", "units"), [(1, 1), (2, 2), (2, 0)])
def test_what_cannot_be_offered_changes_nothing(
    both_levels: House, which: int, units: int
) -> None:
    order = a_short_pickup(both_levels, (0, 1), (1, 2))
    variant = both_levels.variants[both_levels.gtins[which]]
    before = everything()
    with pytest.raises(pickup.BadOffer):
        bob(
            pickup.short,
            order,
            {2: 1},
            reason="damaged",
            offers=[pickup.Instead(2, variant, units)],
        )
    assert everything() == before


def test_goods_that_are_not_free_are_not_offered(both_levels: House) -> None:
    a_short_pickup(both_levels, (2, 3))
    with pytest.raises(pickup.OutOfStock):
        a_short_pickup(both_levels, (0, 1), (1, 1), offer=2)


def test_taking_what_was_not_offered_is_refused(both_levels: House) -> None:
    order = a_short_pickup(both_levels, (0, 1), (1, 1), offer=2)
    before = everything()
    for wrong in ({2: 1}, {1: 2}, {1: 0}):
        with pytest.raises(pickup.BadOffer):
            bob(pickup.choose, order, take=wrong)
    assert everything() == before
