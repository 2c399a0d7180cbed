"""Each card of the demonstration, from the order to the bank's last word."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.ids import new_id
from retail.bank import ledger
from retail.bank.models import Charge, ChargeStatus, Event
from retail.messages.models import InboxMessage
from retail.orders.booking import WrongSum, book
from retail.orders.cancelling import cancel
from retail.orders.paying import NotPayable, PaymentDeclined, pay
from retail.payments import capturing, providers
from retail.payments.attempts import Told
from retail.payments.models import Payment, Refund
from tests.levels import SIDES
from tests.retail.orders.house import House, a_parcel, everything, placed
from tests.retail.payments.buying import bought, charge_of, the_bank_calls

pytestmark = pytest.mark.django_db(databases=SIDES)


def test_accepted_it_is_reserved_at_both_ends(both_levels: House) -> None:
    order, payment = bought(both_levels, "approve")
    charge = charge_of(payment)
    assert (order.status, payment.status) == ("placed", "authorised")
    assert (charge.status, charge.captured) == ("authorised", 0)
    before = everything()
    assert the_bank_calls() == [("authorised", "booked")]
    changed = {name for name, rows in everything().items() if rows != before[name]}
    assert {name.partition(".")[2] for name in changed} == {"retail_inboxmessage"}


def test_declined_and_unknown_cards_move_nothing(apart: House) -> None:
    for card in ("decline", "4000 0566 5566 5556"):
        with pytest.raises(PaymentDeclined):
            bought(apart, card)
    assert set(Charge.objects.values_list("status", "card")) == {
        ("declined", "decline")
    }


def test_the_bank_asks_and_the_order_waits_for_the_answer(both_levels: House) -> None:
    order, payment = bought(both_levels, "ask")
    assert (order.status, payment.status) == ("awaiting_payment", "pending")
    assert payment.next_action.startswith("http://localhost:8000/bank/")
    assert pay(order, payment_id=payment.id, token="ask") == payment

    client = Client(headers={"accept-language": "en"})
    page = payment.next_action.removeprefix("http://localhost:8000")
    assert "Is this you?" in client.get(page).content.decode()
    assert client.post(page, {"answer": "perhaps"}).status_code == 302
    assert charge_of(payment).status == "asked"
    answer = client.post(page, {"answer": "yes"})
    assert answer["Location"] == f"/shop/orders/{order.id}/back/"
    client.post(page, {"answer": "no"})
    assert charge_of(payment).status == "authorised"
    assert "answered before" in client.get(page).content.decode()

    assert the_bank_calls() == [("authorised", "booked")]
    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.status, payment.status, payment.next_action) == (
        "placed",
        "authorised",
        "",
    )


def test_no_is_a_no(apart: House) -> None:
    order, payment = bought(apart, "ask")
    ledger.answer(charge_of(payment), yes=False, at=timezone.now())
    the_bank_calls()
    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.status, payment.status) == ("payment_failed", "failed")
    with pytest.raises(PaymentDeclined):
        pay(order, payment_id=payment.id, token="ask")


def test_yes_for_an_order_that_is_gone_takes_no_money(apart: House) -> None:
    order, payment = bought(apart, "ask")
    cancel(order, by="customer:1")
    ledger.answer(charge_of(payment), yes=True, at=timezone.now())
    the_bank_calls()
    charge = charge_of(payment)
    assert (charge.status, charge.captured) == ("released", 0)
    assert not Refund.objects.exists()


@pytest.mark.parametrize("card", ["lose", "muddle"])
def test_what_was_never_answered_is_heard_of_later(
    both_levels: House, card: str
) -> None:
    order, payment = bought(both_levels, card)
    assert (order.status, payment.status) == ("awaiting_payment", "pending")
    assert charge_of(payment).status == "authorised"

    heard = the_bank_calls()
    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.status, payment.reserved) == ("placed", order.total)
    if card == "muddle":  # the latest first, each twice
        assert heard == [
            ("authorised", "booked"),
            ("asked", "booked"),
            ("authorised", "known"),
            ("asked", "known"),
        ]
    heard_of = InboxMessage.objects.filter(subject=payment.id)
    assert heard_of.count() == len(set(heard)) // (2 if card == "muddle" else 1)


def test_money_taken_for_a_cancelled_order_goes_back(
    both_levels: House, django_capture_on_commit_callbacks: Any
) -> None:
    """By hand, at the bank: our own rules would have let it go."""
    order, payment = bought(both_levels, "lose")
    cancel(order, by="customer:1")
    ledger.capture(payment.id, in_all=order.total, at=timezone.now())
    database = payment._state.db
    with django_capture_on_commit_callbacks(using=database, execute=True):
        the_bank_calls()
    payment.refresh_from_db()
    charge = charge_of(payment)
    assert (payment.status, payment.refunded) == ("void", order.total)
    assert (charge.captured, charge.refunded) == (order.total, order.total)
    assert capturing.send_refunds(timezone.now()) == 1
    assert charge_of(payment).refunded == order.total


def test_another_sum_is_nobodys_to_book(apart: House) -> None:
    order, payment = bought(apart, "lose")
    told = Told(payment.id, "confirmed", "x", captured=order.total - 1)
    before = everything()
    with pytest.raises(WrongSum):
        book(payment, told, at=timezone.now())
    assert everything() == before


WORDS = st.lists(
    st.sampled_from(["yes", "no", "cancel", "call", "again", "other card"]),
    min_size=1,
    max_size=6,
)


@given(acts=WORDS)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_any_order_money_and_order_agree(
    shared_only: House, acts: list[str]
) -> None:
    """The customer, the bank and its calls take turns; whatever the order of things, in
    the end what the bank holds is what an order wants."""
    order = placed(a_parcel((shared_only.gtins[2], 1)))
    pay(order, payment_id=new_id(), token="ask")
    for act in [*acts, "call"]:
        if act in {"yes", "no"}:
            for each in Payment.objects.filter(order=order):
                if charge := Charge.objects.filter(id=each.id).first():
                    ledger.answer(charge, yes=act == "yes", at=timezone.now())
        elif act == "cancel":
            order.refresh_from_db()
            if order.status in {"awaiting_payment", "payment_failed"}:
                cancel(order, by="customer:1")
        elif act == "call":
            the_bank_calls()
        elif act == "again":
            Event.objects.update(times=1)
        else:
            with_another_card(order)
    capturing.send_refunds(timezone.now())
    order.refresh_from_db()
    ids = list(order.payments.values_list("id", flat=True))
    charges = Charge.objects.filter(id__in=ids)
    assert not charges.exclude(captured=0).exists(), "nothing left"
    kept = charges.filter(status=ChargeStatus.AUTHORISED)
    held = sum(each.amount for each in kept)
    placed_now = order.status not in {"awaiting_payment", "payment_failed", "cancelled"}
    assert held == (order.total if placed_now else 0), (acts, order.status)
    assert held == sum(each.reserved for each in order.payments.all())
    if order.status not in {"completed", "cancelled"} and placed_now:
        cancel(order, by="customer:1")  # the next example finds the goods


def with_another_card(order: Any) -> None:
    with suppress(NotPayable, PaymentDeclined):
        pay(order, payment_id=new_id(), token="ask")


@pytest.mark.parametrize(
    "act",
    [
        lambda id, at: ledger.capture(id, in_all=Decimal("9.00"), at=at),
        lambda id, at: ledger.capture(id, in_all=Decimal(0), at=at),
        lambda id, at: ledger.capture(
            id, in_all=Decimal(1), at=at + ledger.LAPSES + timedelta(1)
        ),
        lambda id, at: ledger.refund(id, id=new_id(), amount=Decimal(1), at=at),
        lambda id, at: ledger.capture(new_id(), in_all=Decimal(1), at=at),
        lambda id, at: ledger.authorise(
            id, amount=Decimal(6), currency="EUR", card="approve", back="", at=at
        ),
        lambda id, at: ledger.authorise(
            new_id(), amount=Decimal(5), currency="USD", card="approve", back="", at=at
        ),
    ],
    ids=["too-much", "nothing", "lapsed", "untaken", "unknown", "reused", "currency"],
)
def test_what_the_bank_refuses(apart: House, act: Any) -> None:
    now = timezone.now()
    charge = an_authorised(Decimal(5))
    with pytest.raises(ledger.Refused):
        act(charge.id, now)
    charge.refresh_from_db()
    assert (charge.status, charge.captured) == ("authorised", 0)


def test_part_of_it_taken_part_of_it_given_back(apart: House) -> None:
    now, charge = timezone.now(), an_authorised(Decimal(5))
    for in_all, moves in [(1, True), (4, True), (4, False), (1, False)]:
        taken, moved = ledger.capture(charge.id, in_all=Decimal(in_all), at=now)
        assert moved == moves
    assert (taken.captured, taken.status) == (4, "authorised")
    once = new_id()
    for _ in range(2):
        ledger.refund(charge.id, id=once, amount=Decimal(3), at=now)
    with pytest.raises(ledger.Refused):
        ledger.refund(charge.id, id=new_id(), amount=Decimal(2), at=now)
    for _ in range(2):
        ledger.release(charge.id, at=now)
    with pytest.raises(ledger.Refused):
        ledger.capture(charge.id, in_all=Decimal(5), at=now)
    charge.refresh_from_db()
    assert (charge.status, charge.captured, charge.refunded) == ("captured", 4, 3)


def an_authorised(amount: Decimal) -> Charge:
    return ledger.authorise(
        new_id(),
        amount=amount,
        currency="EUR",
        card="approve",
        back="",
        at=timezone.now(),
    )


def test_a_provider_that_is_not_set_up_is_refused(apart: House) -> None:
    _order, payment = bought(apart, "approve")
    payment.provider = "elsewhere"
    with pytest.raises(providers.Refused):
        providers.look_up(payment)
