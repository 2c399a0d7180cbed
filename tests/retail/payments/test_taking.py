"""Money that was reserved is taken when the goods leave, as much as left, and never else."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from inventory.ids import new_id
from inventory.places import Channel
from retail import books
from retail.bank import ledger
from retail.bank.models import Charge
from retail.channels import atomic
from retail.fulfilment import pickup, returning
from retail.fulfilment.pickup import NotDue, NotPaid
from retail.loyalty import gift_cards
from retail.notices.models import Notice
from retail.orders.cancelling import cancel
from retail.orders.models import Order
from retail.orders.paying import pay
from retail.orders.taking import follow, take_due
from retail.payments import providers, reconciling
from retail.payments.capturing import first_payment_id, money_in
from retail.payments.models import Payment, Refund
from tests import builders
from tests.builders import (
    BOB,
    a_pickup_order,
    bob,
    carry,
    code_of,
    job_of,
    paid_at_counter,
    parcel_of,
    shipped,
    staged,
)
from tests.levels import SIDES
from tests.retail.orders.house import ADDRESS, House, a_pickup, alice, placed
from tests.retail.payments.buying import bought, the_bank_calls

pytestmark = pytest.mark.django_db(databases=SIDES)
# of the articles: 3.40, 12.00, 25.00; a parcel costs 4.90 to send
A_PICKUP = ((0, 2), (1, 1))  # 18.80
Sums = tuple[str, Decimal, Decimal, Decimal]


def reserved_pickup(house: House, card: str = "approve", **changes: Any) -> Order:
    order = a_pickup_order(house, *A_PICKUP, payment_method="online", **changes)
    return paid(order, card)


def paid(order: Order, card: str = "approve") -> Order:
    pay(order, payment_id=first_payment_id(order.id), token=card)
    carry()
    order.refresh_from_db()
    return order


def ready(order: Order) -> Order:
    bob(pickup.ready, staged(order))
    return order


def sent_off(order: Order) -> None:
    """And nobody asked the bank yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builders, "taken", lambda: None)
        shipped(order)


def hand_over(order: Order, lines: dict[int, int] | None = None) -> None:
    bob(pickup.hand_over, order, code=code_of(order), lines=lines)


def ours(order: Order) -> Sums:
    """(status, to take, taken, still reserved), as the shop's books say."""
    payment = order.payments.get(method="online")
    return payment.status, payment.to_take, payment.captured, payment.reserved


def theirs(order: Order) -> tuple[str, Decimal, Decimal]:
    """(status, taken, given back), as the bank says."""
    charge = Charge.objects.get(id=order.payments.get(method="online").id)
    return charge.status, charge.captured, charge.refunded


def sums(status: str, *amounts: str) -> Any:
    return status, *map(Decimal, amounts)


def all_is_well() -> bool:
    later = timezone.now() + reconciling.SETTLES * 2
    return (
        all(each.holds for each in books.of_the_dial())
        and reconciling.reconcile(later).differences == []
    )


def test_what_is_handed_over_is_taken_bit_by_bit(both_levels: House) -> None:
    order = ready(reserved_pickup(both_levels))
    assert ours(order) == sums("authorised", "0", "0", "18.80")
    assert (job_of(order).due, job_of(order).paid) == (0, 0)
    assert take_due(timezone.now()) == 0
    hand_over(order, {2: 1})
    assert ours(order) == sums("authorised", "12", "0", "6.80")
    for asked in (1, 0):
        assert take_due(timezone.now()) == asked
    assert ours(order) == sums("authorised", "12", "12", "6.80")
    assert theirs(order) == sums("authorised", "12", "0")
    assert all_is_well()
    hand_over(order)
    assert (job_of(order).due, money_in(order)) == (0, 12)
    take_due(timezone.now())
    assert ours(order) == sums("captured", "18.80", "18.80", "0")
    assert theirs(order) == sums("captured", "18.80", "0")
    assert all_is_well()
    the_bank_calls()
    assert not Refund.objects.exists()


def test_the_part_that_nobody_fetched_is_let_go(apart: House) -> None:
    order = ready(reserved_pickup(apart))
    hand_over(order, {1: 1})
    bob(pickup.expire, order)
    bob(pickup.restock, order)
    order.refresh_from_db()
    assert order.status == "completed"
    take_due(timezone.now())
    assert ours(order) == sums("captured", "3.40", "3.40", "0")
    assert theirs(order) == sums("captured", "3.40", "0")
    assert not Refund.objects.exists()
    assert all_is_well()


def test_what_is_cancelled_before_it_left_is_never_taken(apart: House) -> None:
    order = reserved_pickup(apart)
    cancel(order, by="customer:1")
    carry()
    assert ours(order) == sums("authorised", "0", "0", "0")
    take_due(timezone.now())
    assert ours(order) == sums("void", "0", "0", "0")
    assert theirs(order) == sums("released", "0", "0")
    assert not Refund.objects.exists()
    assert "refunded" not in Notice.objects.values_list("kind", flat=True)
    assert all_is_well()


def test_a_parcel_with_its_sending_then_what_came_back(shared_only: House) -> None:
    order, _payment = bought(shared_only, "approve", units=3)  # 10.20 + 4.90
    sent_off(order)
    assert ours(order) == sums("authorised", "15.10", "0", "0")
    # back before anybody asked the bank: it is taken, and goes back with it
    returning.take_back(parcel_of(order), by=BOB, event_id=new_id())
    assert not Refund.objects.exists()
    take_due(timezone.now())
    assert ours(order) == sums("captured", "15.10", "15.10", "0")
    assert Refund.objects.get().amount == Decimal("15.10")
    assert all_is_well()


def test_a_gift_card_pays_first_and_comes_back_first(shared_only: House) -> None:
    with atomic():
        card = gift_cards.issue(
            id=new_id(),
            channel=Channel.WEBSHOP,
            amount=Decimal(10),
            reference=new_id(),
        )
    order = ready(reserved_pickup(shared_only, gift_card=card.code_hash))
    assert ours(order) == sums("authorised", "0", "0", "8.80")
    hand_over(order, {1: 2})
    assert ours(order) == sums("authorised", "0", "0", "8.80"), "the card paid it"
    hand_over(order)
    take_due(timezone.now())
    assert ours(order) == sums("captured", "8.80", "8.80", "0")
    assert all_is_well()


def test_one_order_sent_and_collected(apart: House) -> None:
    gtins = apart.gtins
    wish = a_pickup(
        (gtins[0], 2),
        (gtins[1], 1),
        method="mixed",
        shipped=(gtins[1],),
        address=ADDRESS,
        payment_method="online",
    )
    order = paid(placed(wish))
    shipped(order)
    assert ours(order) == sums("authorised", "16.90", "16.90", "6.80")
    cancelled = order.fulfilments.get(method="collect")
    bob(pickup.cancel, order, reason="customer")
    cancelled.refresh_from_db()
    assert cancelled.status == "cancelled"
    take_due(timezone.now())
    assert ours(order) == sums("captured", "16.90", "16.90", "0")
    assert all_is_well()


@pytest.mark.parametrize("card", ["approve", "lose"])
def test_no_answer_or_a_crash_and_it_is_taken_once(
    shared_only: House, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The goods are gone and the bank was never asked, or took the money and the line
    was cut: the next sweep finds the row, and the comparison of the lists would too."""
    order = reserved_pickup(shared_only, card)
    the_bank_calls()
    carry()
    ready(order)
    hand_over(order, {2: 1})
    if card == "approve":
        monkeypatch.setattr(providers, "take", _cut)
    take_due(timezone.now())
    assert ours(order)[:3] == sums("authorised", "12", "0")
    monkeypatch.undo()
    hand_over(order)
    later = timezone.now() + reconciling.SETTLES * 2
    reconciling.reconcile(later)
    assert theirs(order) == sums("captured", "18.80", "0")
    assert all_is_well()
    take_due(timezone.now())
    assert ours(order) == sums("captured", "18.80", "18.80", "0")


def _cut(_payment: Payment) -> Any:
    raise providers.NoAnswer("cut")


def lapsed(order: Order) -> None:
    ledger.lapse(timezone.now() + ledger.LAPSES + timedelta(hours=1))
    the_bank_calls()
    carry()
    order.refresh_from_db()


def test_a_lapsed_pickup_is_paid_at_the_counter(both_levels: House) -> None:
    order = ready(reserved_pickup(both_levels))
    hand_over(order, {1: 1})
    take_due(timezone.now())
    lapsed(order)
    assert ours(order) == sums("captured", "3.40", "3.40", "0")
    assert order.payments.get(method="at_store").amount == Decimal("15.40")
    assert job_of(order).due == Decimal("15.40")
    assert order.fulfilments.get().due == Decimal("15.40")
    told = Notice.objects.get(kind="reservation_lapsed")
    assert told.data == {"amount": "15.40"}
    assert all_is_well()
    with pytest.raises(NotPaid):
        hand_over(order)
    paid_at_counter(order)
    with pytest.raises(NotDue):
        paid_at_counter(order)
    hand_over(order)
    order.refresh_from_db()
    assert (order.status, money_in(order)) == ("completed", order.total)
    assert all_is_well()


def test_a_lapsed_parcel_is_not_sent(shared_only: House) -> None:
    order, payment = bought(shared_only, "approve")
    lapsed(order)
    lapsed(order)
    payment.refresh_from_db()
    assert (order.status, payment.status, payment.captured) == ("cancelled", "void", 0)
    assert parcel_of(order).status == "cancelled"
    kinds = sorted(Notice.objects.values_list("kind", flat=True))
    assert kinds == ["order_cancelled", "order_received", "reservation_lapsed"]
    assert all_is_well()


def test_what_left_and_lapsed_is_for_a_person(apart: House) -> None:
    order, payment = bought(apart, "approve")
    sent_off(order)
    ledger.lapse(timezone.now() + ledger.LAPSES + timedelta(hours=1))
    take_due(timezone.now())
    assert ours(order) == sums("void", "8.30", "0", "0")
    later = timezone.now() + reconciling.SETTLES * 2
    (found,) = reconciling.reconcile(later).differences
    assert (found.kind, found.ours, found.theirs) == ("captured", Decimal("8.30"), 0)
    payment.refresh_from_db()
    assert follow(payment, at=timezone.now()) == payment


def test_points_pay_last_and_nothing_is_taken_to_be_given_back(
    shared_only: House,
) -> None:
    wish = a_pickup(
        (shared_only.gtins[0], 1),
        (shared_only.gtins[1], 1),
        payment_method="online",
        redeem_points=360,
    )
    order = ready(paid(placed(wish, customer=alice(with_points=360))))
    assert ours(order) == sums("authorised", "0", "0", "3.40")
    hand_over(order, {2: 1})
    assert ours(order) == sums("authorised", "0", "0", "3.40"), "12.00 of points"
    hand_over(order)
    take_due(timezone.now())
    assert ours(order) == sums("captured", "3.40", "3.40", "0")
    assert all_is_well()
