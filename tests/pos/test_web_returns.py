"""Goods of a web order come back to a store: where databases are one, at once and with
the money; apart, with a clear no."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from inventory.ids import new_id
from inventory.places import Channel
from pos import web_returns
from pos.models import CashMove, Return, ReturnReason
from retail import books, channels
from retail.channels import use_channel
from retail.fulfilment import pickup
from retail.fulfilment.models import FulfilmentLine
from retail.loyalty import points
from retail.orders.models import Order
from retail.orders.paying import pay
from retail.orders.returning import MoneyBack, NotReturnable
from retail.payments.capturing import first_payment_id
from retail.payments.models import Refund
from tests.builders import (
    a_location,
    a_parcel_order,
    a_ready_pickup,
    bob,
    code_of,
    paid_at_counter,
    shipped,
    stock_of,
)
from tests.calling import a_store, refused
from tests.levels import SIDES
from tests.pos.counter import at_till
from tests.retail.loyalty.test_gift_cards import a_card
from tests.retail.orders.house import House, a_parcel, alice, placed
from tests.retail.promotions.offers import THREE_FOR_TWO, an_offer
from tests.signing_in import PIN, an_employee

pytestmark = pytest.mark.django_db(databases=SIDES)


def take_back(order: Order, units: dict[int, int], **changes: Any) -> Any:
    given: dict[str, Any] = {
        "id": new_id(), "reason": ReturnReason.UNWANTED, "restock": True, "by": "test",
    }  # fmt: skip
    with use_channel(Channel.POS):
        return web_returns.take_back(
            order.id, units, location=a_location("M01"), **given | changes
        )


def collected(house: House, *lines: tuple[int, int]) -> Order:
    order = a_ready_pickup(house, *lines)
    paid_at_counter(order)
    bob(pickup.hand_over, order, code=code_of(order))
    order.refresh_from_db()
    return order


def hold() -> None:
    assert [r for r in books.check(channels.open_databases()) if r.rows] == []


def test_a_parcel_brought_to_a_store_gives_the_money_back_on_the_web(
    shared_only: House,
) -> None:
    """In two acts: the second is the last of it, and the shipping goes with it."""
    customer = alice()
    order = shipped(a_parcel_order(shared_only, (0, 2), (1, 1), customer=customer))
    order.refresh_from_db()
    assert points.balance(customer).total == points.points_for(order.total)
    before, _ = stock_of(shared_only, "M01", 0)
    once = new_id()

    back = take_back(order, {1: 1}, id=once)
    again = take_back(order, {1: 1}, id=once)

    assert back.money == MoneyBack(Decimal("3.40"), Decimal(0), Decimal(0))
    assert (again.money, again.returns) == (back.money, back.returns)
    assert (back.new, again.new) == (True, False)
    with pytest.raises(web_returns.IdReused):
        take_back(order, {1: 1, 2: 1}, id=once)
    assert Refund.objects.get().amount == Decimal("3.40")
    assert stock_of(shared_only, "M01", 0)[0] == before + 1
    row = Return.objects.get()
    assert (row.origin, row.order_number, row.value) == (
        "pos", order.number, Decimal("3.40"),
    )  # fmt: skip
    with pytest.raises(NotReturnable) as refusal:
        take_back(order, {1: 2, 2: 1})
    assert refusal.value.left == {1: 1}
    take_back(order, {1: 1, 2: 1}, restock=False)
    assert sum(Refund.objects.values_list("amount", flat=True)) == order.total
    assert points.balance(customer).total == 0
    assert FulfilmentLine.objects.get(order_line__position=1).returned == 2
    hold()


def test_what_an_offer_took_off_is_not_given_back(shared_only: House) -> None:
    """Three for two: 6.80 for three of 3.40, in thirds that add up."""
    an_offer(THREE_FOR_TWO)
    order = shipped(a_parcel_order(shared_only, (0, 3)))

    parts = [take_back(order, {1: 1}) for _ in range(3)]

    worth = [row.value for back in parts for row in back.returns]
    assert worth == [Decimal("2.27"), Decimal("2.26"), Decimal("2.27")]
    shipping = order.shipping  # with the last of it
    assert [back.money.online for back in parts] == [*worth[:2], worth[2] + shipping]
    hold()


def test_a_gift_card_gets_back_what_it_paid(shared_only: House) -> None:
    """12.00 of 24.00: the 5.00 of the card first. An act of one order is no other's."""
    body = a_parcel((shared_only.gtins[1], 2), gift_card=a_card(5).code_hash)
    order = placed(body)
    pay(order, payment_id=first_payment_id(order.id), token="approve")
    once = new_id()

    back = take_back(shipped(order), {1: 1}, id=once)

    assert (back.money.card, back.money.online) == (Decimal(5), Decimal(7))
    assert take_back(order, {1: 1}, id=once).money == back.money
    other = shipped(a_parcel_order(shared_only, (0, 1)))
    with pytest.raises(web_returns.IdReused):
        take_back(other, {1: 1}, id=once)


def test_what_was_paid_at_a_counter_leaves_the_drawer_with_a_managers_word(
    shared_only: House,
) -> None:
    order = collected(shared_only, (1, 2))
    counter = at_till(shared_only)
    paul = an_employee("Paul", role="manager", location="M01")
    act = str(new_id())
    body = {
        "id": act, "reason": "faulty", "restock": False,
        "lines": [{"position": 1, "quantity": 1}],
    }  # fmt: skip
    found = counter.get("receipts", number=order.number.replace("-", "")).json()
    assert [line["left"] for line in found["lines"]] == [2]
    told = counter.send("POST", f"orders/{order.id}", body)
    assert (told.status_code, told.json()["amount"]) == (409, "12.00")
    assert not Return.objects.exists()
    word = counter.send(
        "POST", "approvals",
        {"manager": str(paul.id), "pin": PIN, "ticket": act, "act": "refund",
         "most": "12.00"},
    ).json()["approval"]  # fmt: skip

    told = counter.send("POST", f"orders/{order.id}", body | {"approval": word})
    again = counter.send("POST", f"orders/{order.id}", body)

    assert told.json()["counter"] == "12.00"
    assert (again.status_code, again.json()) == (200, told.json())
    move = CashMove.objects.get()
    assert (move.way, move.amount, move.order_id) == ("out", Decimal("12.00"), order.id)
    assert (move.employee_name, move.approved_by) == ("Inès", paul.id)
    hold()


def test_a_stores_system_takes_back_by_gtin(shared_only: House) -> None:
    order = collected(shared_only, (0, 1), (1, 1))
    store = a_store()
    path = f"orders/{order.id}/returns/"
    body = {
        "id": str(new_id()), "reason": "wrong",
        "lines": [{"gtin": shared_only.gtins[0], "quantity": 1}],
    }  # fmt: skip
    told = store.post(path, body)
    assert told.status_code == 200, told.content
    assert told.json()["counter"] == {"amount": "3.40", "currency": "EUR"}
    assert store.post(path, body).json() == told.json()
    two = body | {"lines": [{"gtin": shared_only.gtins[0], "quantity": 2}]}
    refused(store.post(path, two), 409, "id-reused")
    more = body | {"id": str(new_id())}
    assert refused(store.post(path, more), 409, "not-returnable")["lines"] == [
        {"position": 1, "left": 0}
    ]
    other = [{"gtin": shared_only.gtins[2], "quantity": 1}]
    refused(store.post(path, more | {"lines": other}), 400, "invalid")


def test_apart_it_is_a_clear_no_and_changes_nothing(apart: House) -> None:
    order = collected(apart, (1, 1))
    with pytest.raises(web_returns.NotShared):
        take_back(order, {1: 1})
    body = {
        "id": str(new_id()), "reason": "wrong",
        "lines": [{"gtin": apart.gtins[1], "quantity": 1}],
    }  # fmt: skip
    refused(a_store().post(f"orders/{order.id}/returns/", body), 409, "feature-off")
    assert at_till(apart).get("receipts", number=order.number).status_code == 404
    assert not Refund.objects.exists()
