"""A parcel that comes back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from inventory.ids import new_id
from inventory.models import StockMovement
from retail import books
from retail.channels import open_databases
from retail.fulfilment import returning, shipping
from retail.loyalty import points
from retail.orders.models import Order
from retail.orders.paying import pay
from retail.payments.capturing import first_payment_id, money_in
from tests.builders import (
    BOB,
    a_parcel_order,
    parcel_of,
    points_of,
    promise_of,
    shipped,
    stock_of,
)
from tests.levels import SIDES
from tests.retail.fulfilment.working import WAREHOUSE, do, job_url, noe, page
from tests.retail.orders.house import House, a_parcel, alice, everything, placed

pytestmark = pytest.mark.django_db(databases=SIDES)


def back(order: Order, *given: Any, **named: Any) -> Order:
    named = {"by": BOB, "event_id": new_id(), **named}
    returning.take_back(parcel_of(order), *given, **named)
    order.refresh_from_db()
    assert not [each for each in books.check(open_databases()) if not each.holds]
    return order


def test_the_whole_parcel(both_levels: House) -> None:
    customer = alice()
    order = shipped(a_parcel_order(both_levels, (1, 2), customer=customer))
    order.refresh_from_db()
    assert (order.total, order.shipping > 0) == (money_in(order), True)
    back(order)
    promise = promise_of(order)
    assert (order.status, promise.status) == ("completed", "returned")
    assert [line.returned for line in promise.lines.all()] == [2]
    assert stock_of(both_levels, "W01", 1) == (10, 0)
    assert StockMovement.objects.get(kind="return").quantity == 2
    assert money_in(order) == 0  # the way too
    assert points.balance(customer).total == 0


def test_a_part_of_it(both_levels: House) -> None:
    customer = alice()
    order = shipped(a_parcel_order(both_levels, (0, 1), (1, 2), customer=customer))
    order.refresh_from_db()
    paid = money_in(order)
    back(order, {2: 1})
    assert money_in(order) == paid - Decimal("12.00")  # the way stays paid
    assert stock_of(both_levels, "W01", 1) == (9, 0)
    assert points.balance(customer).total == int(paid - Decimal("12.00"))
    assert parcel_of(order).status == "returned"


def test_what_is_damaged_is_refunded_and_not_sold_again(both_levels: House) -> None:
    order = shipped(a_parcel_order(both_levels, (1, 2)))
    back(order, {1: 2}, damaged={1: 1})
    assert money_in(order) == 0
    assert stock_of(both_levels, "W01", 1) == (9, 0)
    event = parcel_of(order).events.get(move="return")
    assert event.data == {"returned": {"1": 2}, "damaged": {"1": 1}}


def test_points_that_paid_come_back_last(both_levels: House) -> None:
    """12.00 + 3.40 of which 6.00 were paid by points."""
    customer = alice(with_points=180)
    wish = a_parcel(
        (both_levels.gtins[0], 1), (both_levels.gtins[1], 1), redeem_points=180
    )
    order = placed(wish, customer=customer)
    pay(order, payment_id=first_payment_id(order.id), token="approve")
    shipped(order)
    order.refresh_from_db()
    earned = points.points_for(order.total)
    assert points.balance(customer).total == earned
    back(order)
    assert money_in(order) == 0
    assert points.balance(customer).total == 180
    assert ("reverse", -earned) in points_of(customer)


def test_points_spent_meanwhile_are_owed(both_levels: House) -> None:
    customer = alice()
    order = shipped(a_parcel_order(both_levels, (2, 2), customer=customer))
    earned = points.balance(customer).total
    points.redeem(
        customer, points=earned, redemption_id=new_id(), reference="elsewhere"
    )
    back(order)
    assert points.balance(customer).total == 0
    assert points.open_account(customer).points_owed == earned


def test_once_and_only_what_was_sent(both_levels: House) -> None:
    order = shipped(a_parcel_order(both_levels, (1, 2)))
    job = parcel_of(order)
    before = everything()
    for wrong in ({1: 3}, {9: 1}, {1: -1}, {1: 0}):
        with pytest.raises(shipping.BadLines):
            returning.take_back(job, wrong, by=BOB, event_id=new_id())
    with pytest.raises(shipping.BadLines):
        returning.take_back(job, {1: 1}, damaged={1: 2}, by=BOB, event_id=new_id())
    assert everything() == before
    event = new_id()
    returning.take_back(job, by=BOB, event_id=event)
    after = everything()
    returning.take_back(job, by=BOB, event_id=event)
    assert everything() == after
    with pytest.raises(shipping.IllegalMove):
        returning.take_back(job, by=BOB, event_id=new_id())


def test_a_parcel_that_has_not_left_does_not_come_back(both_levels: House) -> None:
    order = a_parcel_order(both_levels)
    before = everything()
    with pytest.raises(shipping.IllegalMove):
        returning.take_back(parcel_of(order), by=BOB, event_id=new_id())
    assert everything() == before


def test_on_its_page(both_levels: House) -> None:
    order = shipped(a_parcel_order(both_levels, (1, 2)))
    job, client = parcel_of(order), noe()
    assert "It came back" in page(client.get(job_url(job.id, WAREHOUSE)))
    typed = {"back-1": "two", "damaged-1": "0"}
    assert do(client, job.id, "return", mount=WAREHOUSE, **typed).status_code == 422
    event = str(new_id())
    typed = {"back-1": "1", "damaged-1": "1"}
    for _tap in range(2):
        told = do(client, job.id, "return", mount=WAREHOUSE, event=event, **typed)
        assert told.status_code == 302
    assert stock_of(both_levels, "W01", 1) == (8, 0)
    assert money_in(order) == order.total - 12


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("6A 1234.5678-901", "6A12345678901"), ("rr123456785fr", "RR123456785FR")],
)
def test_a_tracking_number_is_kept_as_carriers_print_it(typed: str, kept: str) -> None:
    assert shipping.checked(typed) == kept


def test_no_carrier_has_such_a_number(
    both_levels: House, subtests: pytest.Subtests
) -> None:
    order = a_parcel_order(both_levels)
    job, client = parcel_of(order), noe()
    do(client, job.id, "start-picking", mount=WAREHOUSE)
    do(client, job.id, "pack", mount=WAREHOUSE, all="1", line_1="1")
    for typed in ["abc", "6A/12345", "<b>1234</b>", "1" * 41]:
        with subtests.test(typed=typed):
            told = do(client, job.id, "ship", mount=WAREHOUSE, tracking=typed)
            assert told.status_code == 409
            assert "No carrier has such a number." in page(told)
            assert parcel_of(order).status == "packed"
