"""Our payments beside the bank's list: what is put right, and what a person must see."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from payments import PaymentStatus as Said

from inventory.ids import new_id
from retail import books
from retail.bank import ledger
from retail.bank.models import Charge
from retail.orders.cancelling import cancel
from retail.payments import reconciling
from retail.payments.models import Payment
from retail.payments.providers import Told
from retail.settlement import differing
from retail.settlement.models import Difference
from tests.levels import SIDES
from tests.retail.orders.house import House, everything
from tests.retail.payments.buying import bought, charge_of, sent

pytestmark = pytest.mark.django_db(databases=SIDES)


def later(minutes: int = 10) -> datetime:
    return timezone.now() + timedelta(minutes=minutes)


def kinds() -> list[str]:
    return [each.kind for each in differing.open_differences()]


def test_where_both_agree_nothing_is_done(both_levels: House) -> None:
    bought(both_levels, "approve")
    bought(both_levels, "ask")
    sent(both_levels)
    before = everything()
    report = reconciling.reconcile(later())
    assert (report.compared, report.healed, report.differences) == (3, {}, [])
    assert everything() == before


@pytest.mark.parametrize("card", ["lose", "muddle"])
def test_money_nobody_told_us_of_is_booked(both_levels: House, card: str) -> None:
    order, payment = bought(both_levels, card)
    assert reconciling.reconcile(timezone.now()).healed == {}, "it may be on its way"
    assert reconciling.reconcile(later()).healed == {str(payment.id): "authorised"}
    order.refresh_from_db()
    assert order.status == "placed"
    assert reconciling.reconcile(later()).healed == {}


def test_money_taken_for_a_cancelled_order_goes_back(shared_only: House) -> None:
    order, payment = bought(shared_only, "lose")
    cancel(order, by="customer:1")
    ledger.capture(payment.id, in_all=order.total, at=timezone.now())
    report = reconciling.reconcile(later())
    assert report.healed == {str(payment.id): "refunded"}
    assert (report.differences, kinds()) == ([], [])
    assert charge_of(payment).refunded == order.total


@pytest.mark.parametrize("card", ["ask", "lose", "approve"])
def test_what_is_authorised_for_nothing_is_let_go(
    shared_only: House, card: str
) -> None:
    order, payment = bought(shared_only, card)
    cancel(order, by="customer:1")
    if card == "ask":
        ledger.answer(charge_of(payment), yes=True, at=timezone.now())
    for _ in range(2):
        assert reconciling.reconcile(later()).differences == []
    assert charge_of(payment).status == "released"
    payment.refresh_from_db()
    assert (payment.status, payment.captured) == ("void", 0)


def test_a_payment_that_never_arrived_is_over(shared_only: House) -> None:
    order, payment = bought(shared_only, "ask")
    ledger.forget_all()
    reconciling.reconcile(later())
    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.status, payment.status) == ("payment_failed", "failed")


def test_a_list_may_be_longer_than_a_statement(shared_only: House) -> None:
    """PostgreSQL takes 65,535 values with one."""
    listed = [Told(UUID(int=n), Said.WAITING, "") for n in range(1 << 16)]
    report = reconciling.Report()
    found = reconciling._compared(
        "bank", listed, timezone.now(), reconciling.LOOKS_BACK, report
    )
    assert list(found) == []
    assert report.compared == 1 << 16


def unknown_here(payment: Payment) -> None:
    ledger.authorise(
        new_id(),
        amount=Decimal(5),
        currency="EUR",
        card="muddle",
        back="",
        at=timezone.now(),
    )


def unknown_there(payment: Payment) -> None:
    Charge.objects.filter(id=payment.id).delete()


def less_taken(payment: Payment) -> None:
    Charge.objects.filter(id=payment.id).update(captured=Decimal(1))


def given_back_there(payment: Payment) -> None:
    ledger.refund(payment.id, id=new_id(), amount=Decimal(1), at=timezone.now())


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        (unknown_here, "missing_here"),
        (unknown_there, "missing_there"),
        (less_taken, "captured"),
        (given_back_there, "refunded"),
    ],
)
def test_what_differs_is_for_a_person(shared_only: House, how: Any, kind: str) -> None:
    _order, payment = sent(shared_only)
    how(payment)
    before = everything()
    for _ in range(2):
        assert [each.kind for each in reconciling.reconcile(later()).differences] == [
            kind
        ]
    assert kinds() == [kind]
    assert everything() == before


def test_a_customer_who_never_answers_their_bank_is_stuck(shared_only: House) -> None:
    bought(shared_only, "ask")
    Payment.objects.update(made_at=later() - reconciling.STUCK)
    assert [each.kind for each in reconciling.reconcile(later()).differences] == [
        "stuck"
    ]


def test_it_ends_by_itself_or_by_a_persons_word(shared_only: House) -> None:
    _order, payment = sent(shared_only)
    less_taken(payment)
    reconciling.reconcile(later())
    (row,) = differing.open_differences()
    now = timezone.now()
    assert differing.set_aside(row.id, why="by telephone", by="claire", at=now)
    assert not differing.set_aside(row.id, why="again", by="claire", at=now)
    reconciling.reconcile(later())
    assert kinds() == [], "the same sums were dealt with"
    Charge.objects.filter(id=payment.id).update(captured=Decimal(2))
    reconciling.reconcile(later())
    assert kinds() == ["captured"]
    Charge.objects.filter(id=payment.id).update(captured=payment.captured)
    reconciling.reconcile(later())
    assert kinds() == []
    assert Difference.objects.exclude(ended_at=None).count() == 2


def test_the_books_say_so_after_a_day(shared_only: House) -> None:
    _order, payment = bought(shared_only, "approve")
    less_taken(payment)
    reconciling.reconcile(later())
    assert agrees()
    Difference.objects.update(found_at=later(-60 * 25))
    assert not agrees()


def agrees() -> bool:
    (found,) = [each for each in books.of_the_dial() if each.id == "I13"]
    return found.holds


def test_the_command(shared_only: House, capsys: pytest.CaptureFixture[str]) -> None:
    _order, payment = bought(shared_only, "approve")
    Payment.objects.update(asked_at=later(-10))
    call_command("payments", "reconcile", "--json")
    assert json.loads(capsys.readouterr().out) == {
        "ok": True,
        "compared": 1,
        "healed": {},
        "differences": [],
        "away": [],
    }
    less_taken(payment)
    with pytest.raises(CommandError, match="1 payments differ"):
        call_command("payments", "reconcile")
    assert f"{payment.id} W-" in capsys.readouterr().out
