"""Goods come back to a till: exactly what was sold, money as it was paid, points undone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from inventory.places import Channel
from pos import approving, returning
from pos.models import Return, Ticket, Till
from pos.receipts import receipt_of
from pos.selling import record
from retail.channels import use_channel
from retail.loyalty import points
from retail.loyalty.models import LoyaltyAccount
from tests.builders import stock_of
from tests.levels import SIDES
from tests.pos.tills import (
    a_refund,
    a_ticket,
    a_till,
    by_card,
    by_points,
    cash,
    chloe,
    refused,
    seal,
    sold,
)
from tests.retail.orders.house import House
from tests.signing_in import a_device, an_employee

pytestmark = pytest.mark.django_db(databases=SIDES)
EURO = Decimal("1.00")


@pytest.fixture
def till(both_levels: House) -> Iterator[Till]:
    with use_channel(Channel.POS):
        yield a_till()


def took_back(payload: Any, till: Till) -> Ticket:
    ticket, new = record(payload, till_id=till.id)
    assert new
    return ticket


def agreed(payload: Any, till: Till, most: str, act: str = "refund") -> Any:
    """With the word of Marc, who is manager."""
    marc = an_employee("Marc", role="manager", location="M01", pin="2580")
    device, _ = a_device("M01", till_id=till.id)
    word, _name = approving.approve(
        device,
        employee_id=marc.id,
        pin="2580",
        ticket_id=UUID(payload["id"]),
        act=act,
        most=Decimal(most),
    )
    return payload | {"approval": word}


def test_what_comes_back_is_stock_again_and_written_off_is_not(
    both_levels: House, till: Till
) -> None:
    sale = sold(both_levels, till, (0, 2), (1, 1))
    assert stock_of(both_levels, "M01", 0) == (1, 0)

    ticket = took_back(a_refund(till, sale, (1, 1)), till)
    took_back(a_refund(till, sale, (2, 1), restock=False), till)

    assert (ticket.kind, ticket.total, ticket.tax) == (
        "refund", Decimal("-3.40"), Decimal("-0.18"),
    )  # fmt: skip
    assert ticket.previous_hash == sale.hash
    assert stock_of(both_levels, "M01", 0) == (2, 0)
    assert stock_of(both_levels, "M01", 1) == (2, 0)
    rows = Return.objects.filter(sale=sale).order_by("sequence")
    assert list(rows.values_list("sequence", "quantity", "value", "restocked")) == [
        (1, 1, Decimal("3.40"), True),
        (2, 1, Decimal("12.00"), False),
    ]
    left = receipt_of(sale.id)
    assert left
    assert {p: each.quantity for p, each in left.lines.items()} == {1: 1, 2: 0}


@pytest.mark.parametrize(
    ("lines", "left"), [([(1, 3)], {1: 2}), ([(1, 2), (2, 2)], {2: 1})]
)
def test_no_more_than_was_sold(
    both_levels: House, till: Till, lines: Any, left: dict[int, int]
) -> None:
    sale = sold(both_levels, till, (0, 2), (1, 1))
    refusal = refused(returning.NotReturnable, a_refund(till, sale, *lines), till)
    assert refusal.left == left


def test_nor_at_another_price_or_of_a_sale_that_nobody_knows(
    both_levels: House, till: Till
) -> None:
    sale = sold(both_levels, till)
    payload = a_refund(till, sale, (1, 1))
    dearer = payload | {"tenders": [cash(Decimal("-4.40"))], "total": "-4.40"}
    dearer["lines"] = [payload["lines"][0] | {"unit_price": "4.40", "total": "-4.40"}]
    assert refused(returning.NotReturnable, seal(dearer), till).left == {1: 1}
    unknown = payload["lines"][0] | {
        "returned": payload["lines"][0]["returned"] | {"ticket": payload["id"]}
    }
    refused(returning.UnknownSale, seal(payload | {"lines": [unknown]}), till)


def test_money_goes_back_as_it_was_paid(both_levels: House, till: Till) -> None:
    """12 € by card and 13 € in cash; cash above that takes a manager."""
    sale = sold(
        both_levels, till, (1, 1), (1, 1),
        tenders=[by_card(Decimal("12.00")), cash(Decimal("12.00"))],
    )  # fmt: skip
    both = a_refund(till, sale, (1, 1), (2, 1))
    by_card_all = seal(both | {"tenders": [by_card(Decimal("-24.00"))]})
    refusal = refused(returning.WrongMoneyBack, by_card_all, till)
    assert (refusal.method, refusal.left) == ("card", Decimal("12.00"))
    asked = refused(approving.ApprovalNeeded, both, till)
    assert (asked.act, asked.amount) == ("refund", Decimal("24.00"))
    halves = [by_card(Decimal("-12.00")), cash(Decimal("-12.00"))]
    took_back(seal(both | {"tenders": halves}), till)
    left = receipt_of(sale.id)
    assert left
    assert left.money == {"card": 0, "cash": 0}


def test_a_managers_word_is_for_one_ticket_and_one_amount(
    both_levels: House, till: Till
) -> None:
    """Without a receipt nobody takes back alone; both people are kept."""
    sold(both_levels, till)
    payload = a_refund(till, None, (1, 1))
    assert refused(approving.ApprovalNeeded, payload, till).amount == Decimal("3.40")
    marcs = agreed(payload, till, "3.40")
    other = agreed(a_refund(till, None, (1, 1)), till, "3.40")
    refused(approving.BadApproval, payload | {"approval": other["approval"]}, till)
    refused(approving.ApprovalNeeded, agreed(payload, till, "3.39"), till)

    ticket = took_back(marcs, till)

    assert (ticket.employee_name, ticket.approved_by_name) == ("Inès", "Marc")
    assert ticket.approval_id is not None
    assert Return.objects.get().sale is None


def test_points_are_undone_and_what_is_spent_is_owed(
    both_levels: House, till: Till
) -> None:
    """Points that the customer has spent meanwhile are owed; nothing goes below zero."""
    customer = chloe()
    sale = sold(both_levels, till, (1, 2), customer=str(customer.id))
    assert sale.points_earned == 24
    with_points = a_ticket(
        both_levels, till, (2, 1), customer=str(customer.id),
        tenders=[by_points(Decimal("0.66")), cash(Decimal("24.34"))],
        points_spent=20,
    )  # fmt: skip
    second, _ = record(with_points, till_id=till.id)
    assert points.balance(customer).total == 24 - 20 + 24

    ticket = took_back(a_refund(till, sale, (1, 1)), till)
    assert ticket.points_earned == -12
    assert points.balance(customer).total == 16

    payload = a_refund(
        till, second, (1, 1), points_spent=-20, customer=str(customer.id),
        tenders=[cash(Decimal("-24.34")), by_points(Decimal("-0.66"))],
    )  # fmt: skip
    took_back(payload, till)
    assert points.balance(customer).total == 12
    took_back(a_refund(till, sale, (1, 1)), till)
    account = LoyaltyAccount.objects.get(customer=customer)
    assert (account.balance, account.points_owed) == (0, 0)


def test_an_exchange_sells_and_takes_back_on_one_ticket(
    both_levels: House, till: Till
) -> None:
    sale = sold(both_levels, till, (1, 1))
    dearer = a_ticket(both_levels, till, (2, 1))["lines"]
    ticket = took_back(a_refund(till, sale, (1, 1), instead=dearer), till)
    assert ticket.total == Decimal("13.00")
    assert ticket.tenders.get().amount == Decimal("13.00")
    assert stock_of(both_levels, "M01", 1) == (3, 0)
    # what was taken in exchange may come back too
    even = took_back(a_refund(till, ticket, (2, 1), instead=dearer), till)
    assert (even.total, even.tenders.count()) == (0, 0)


@pytest.mark.django_db(databases=SIDES, transaction=True)
def test_two_tills_at_once_take_back_exactly_what_was_sold(
    shared_only: House,
) -> None:
    with use_channel(Channel.POS):
        tills = [a_till(), a_till(number=2)]
        sale = sold(shared_only, tills[0], (0, 3))
        bodies = [a_refund(each, sale, (1, 2)) for each in tills]
    told: list[object] = []
    at_once = threading.Barrier(2)

    def take_back(till: Till, body: Any) -> None:
        try:
            with use_channel(Channel.POS):
                at_once.wait()
                told.append(record(body, till_id=till.id)[0].total)
        except returning.NotReturnable as refusal:
            told.append(refusal.left)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=take_back, args=pair)
        for pair in zip(tills, bodies, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told, key=str) == [Decimal("-6.80"), {1: 1}]
