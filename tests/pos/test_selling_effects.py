"""What a ticket does besides being booked: points, held units, the web order it pays."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from inventory import stock
from inventory.ids import new_id
from inventory.models import StockException
from inventory.places import Channel
from pos import selling
from pos.models import Till
from pos.selling import record
from retail.channels import use_channel
from retail.customers.models import Customer
from retail.fulfilment import pickup
from retail.loyalty.points import NotEnoughPoints, balance
from tests.builders import (
    a_pickup_order,
    a_ready_pickup,
    carry,
    holds_of,
    job_of,
    promise_of,
    stock_of,
)
from tests.levels import SIDES
from tests.pos.tills import (
    a_ticket,
    a_till,
    a_web_order_ticket,
    by_card,
    by_points,
    chloe,
    refused,
    sold,
)
from tests.retail.orders.house import House, alice

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture
def till(both_levels: House) -> Iterator[Till]:
    """Inès has opened it; the stores are pinned."""
    with use_channel(Channel.POS):
        yield a_till()


class TestPoints:
    def test_a_customer_earns_one_point_per_euro(
        self, both_levels: House, till: Till
    ) -> None:
        customer = chloe()
        ticket = sold(both_levels, till, (1, 1), (0, 1), customer=str(customer.id))
        assert (ticket.points_earned, ticket.customer_name) == (15, "Chloé")
        assert balance(customer).total == 15

    def test_points_pay_and_what_they_pay_earns_nothing(
        self, both_levels: House, till: Till
    ) -> None:
        customer = chloe(with_points=100)
        ticket = sold(
            both_levels,
            till,
            (1, 1),
            customer=str(customer.id),
            points_spent=60,
            tenders=[by_points(Decimal("2.00")), by_card(Decimal("10.00"))],
        )
        assert (ticket.points_spent, ticket.points_earned) == (60, 10)
        assert balance(customer).total == 50

    def test_more_points_than_there_are_are_refused(
        self, both_levels: House, till: Till
    ) -> None:
        customer = chloe(with_points=59)
        payload = a_ticket(
            both_levels,
            till,
            (1, 1),
            customer=str(customer.id),
            points_spent=60,
            tenders=[by_points(Decimal("2.00")), by_card(Decimal("10.00"))],
        )
        refusal = refused(NotEnoughPoints, payload, till)
        assert (refusal.balance, refusal.wanted) == (59, 60)

    def test_nobody_s_points_pay_nothing(self, both_levels: House, till: Till) -> None:
        payload = a_ticket(
            both_levels,
            till,
            (1, 1),
            points_spent=30,
            tenders=[by_points(Decimal("1.00")), by_card(Decimal("11.00"))],
        )
        refused(selling.UnknownCustomer, payload, till)

    def test_an_invented_customer_is_refused(
        self, both_levels: House, till: Till
    ) -> None:
        payload = a_ticket(both_levels, till, customer=str(new_id()))
        refused(selling.UnknownCustomer, payload, till)


def test_apart_the_web_s_customer_is_not_known_at_the_till(apart: House) -> None:
    customer = alice()
    with use_channel(Channel.POS):
        till = a_till()
        payload = a_ticket(apart, till, customer=str(customer.id))
        refused(selling.UnknownCustomer, payload, till)


def test_shared_the_web_s_customer_gets_a_row_of_the_stores(shared_only: House) -> None:
    customer = alice(with_points=60)
    with use_channel(Channel.POS):
        till = a_till()
        ticket = sold(
            shared_only,
            till,
            (1, 1),
            customer=str(customer.id),
            points_spent=30,
            tenders=[by_points(Decimal("1.00")), by_card(Decimal("11.00"))],
        )
        own = Customer.objects.get(id=ticket.customer_id)
        assert (own.origin, own.first_name) == ("pos", "Alice")
        assert balance(own).total == 30 + 11


class TestHeldUnits:
    def test_the_till_is_asked_before_it_takes_held_units(
        self, both_levels: House, till: Till
    ) -> None:
        with use_channel(Channel.WEBSHOP):
            order = a_pickup_order(both_levels, (0, 2))
        payload = a_ticket(both_levels, till, (0, 2))

        refusal = refused(stock.HeldForPickup, payload, till)

        assert [(line.wanted, line.free) for line in refusal.lines] == [(2, 1)]
        assert stock_of(both_levels, "M01") == (3, 2)
        with use_channel(Channel.WEBSHOP):
            assert job_of(order).status == "placed"

    def test_taking_them_leaves_the_pickup_short_in_the_same_transaction(
        self, both_levels: House, till: Till
    ) -> None:
        with use_channel(Channel.WEBSHOP):
            order = a_pickup_order(both_levels, (0, 2))
        payload = a_ticket(both_levels, till, (0, 2)) | {"take_held": True}

        record(payload, till_id=till.id)

        with use_channel(Channel.WEBSHOP):
            carry()
            assert job_of(order).status == "short"
            assert promise_of(order).status == "customer_choice"
        assert holds_of(order)[0][1] == "released"
        assert stock_of(both_levels, "M01") == (1, 0)
        assert not StockException.objects.exists()

    def test_with_no_hold_to_break_it_is_oversold_and_somebody_looks(
        self, both_levels: House, till: Till
    ) -> None:
        sold(both_levels, till, (0, 5))
        assert stock_of(both_levels, "M01") == (0, 0)
        exception = StockException.objects.get()
        assert (exception.kind, exception.quantity) == ("oversold", 2)

    def test_a_kiosk_sells_only_what_is_free(
        self, both_levels: House, till: Till
    ) -> None:
        payload = a_ticket(both_levels, till, (0, 4)) | {"only_free": True}
        refused(stock.OutOfStock, payload, till)


class TestWebOrder:
    def test_it_is_paid_once_and_earns_nothing_here(
        self, both_levels: House, till: Till
    ) -> None:
        with use_channel(Channel.WEBSHOP):
            order = a_ready_pickup(both_levels, (1, 1))
        job = job_of(order)

        ticket, _ = record(a_web_order_ticket(till, job), till_id=till.id)

        assert (ticket.kind, ticket.order_number) == ("web_order", order.number)
        assert (ticket.points_earned, ticket.customer_id) == (0, None)
        assert job_of(order).paid == job.due
        assert stock_of(both_levels, "M01", 1) == (3, 1)  # it leaves at hand-over
        again = a_web_order_ticket(till, job)
        assert refused(pickup.NotDue, again, till).due == 0
        with use_channel(Channel.WEBSHOP):
            carry()
            order.refresh_from_db()
            assert promise_of(order).due == 0

    def test_another_amount_than_is_due_is_refused(
        self, both_levels: House, till: Till
    ) -> None:
        with use_channel(Channel.WEBSHOP):
            order = a_ready_pickup(both_levels, (1, 1))
        job = job_of(order)
        job.due -= 1
        refusal = refused(pickup.NotDue, a_web_order_ticket(till, job), till)
        assert refusal.due == job.due + 1

    def test_another_store_s_order_is_not_found(
        self, both_levels: House, till: Till
    ) -> None:
        with use_channel(Channel.WEBSHOP):
            order = a_ready_pickup(both_levels, (1, 1))
        elsewhere = a_till("M02")
        payload = a_web_order_ticket(elsewhere, job_of(order))
        refused(pickup.NotYours, payload, elsewhere)
