"""Gift cards: money that is spent once, and goes back to where it came from."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventory.ids import new_id
from inventory.places import Channel
from retail import books, channels
from retail.codes import ALPHABET
from retail.fulfilment import returning
from retail.loyalty import gift_cards
from retail.loyalty.books import CHECKS
from retail.loyalty.card_codes import code_for, is_code, normal
from retail.loyalty.gift_cards import NotEnoughOnCard, UnknownCard
from retail.loyalty.models import GiftCard
from retail.orders.cancelling import cancel
from retail.orders.models import Order
from retail.orders.paying import PaymentDeclined, pay
from retail.payments.capturing import first_payment_id
from tests.builders import (
    BOB,
    a_pickup_order,
    carry,
    money_of,
    paid_at_counter,
    parcel_of,
    promise_of,
    shipped,
)
from tests.inventory.owner import as_owner
from tests.levels import SIDES
from tests.retail.orders.house import House, a_parcel, everything, placed
from tests.retail.orders.test_races import at_once

pytestmark = pytest.mark.django_db(databases=SIDES)
OIL, WINE = 1, 2  # 12.00 and 25.00 euros


def a_card(amount: int = 20, *, channel: Channel = Channel.WEBSHOP) -> GiftCard:
    with channels.use_channel(channel), channels.atomic():
        return gift_cards.issue(
            id=new_id(), channel=channel, amount=Decimal(amount), reference=new_id()
        )


def left_on(card: GiftCard) -> Decimal:
    return GiftCard.objects.values_list("balance", flat=True).get(id=card.id)


def assert_books_hold() -> None:
    found = books.check(channels.open_databases())
    assert [each for each in found if not each.holds and each.id != "I23"] == []


def test_a_code_checks_itself() -> None:
    code = code_for(new_id())
    assert is_code(f" {code[:4]}-{code[4:].lower()}")
    assert normal(f"{code[:4]} {code[4:]}") == code
    wrong = ALPHABET[ALPHABET.index(code[3]) - 1]
    assert not is_code(code[:3] + wrong + code[4:])
    assert not is_code(code[:-1])


def test_the_code_is_nowhere_in_the_books(apart: House) -> None:
    card = a_card()
    assert gift_cards.find(code_for(card.id)) == card
    assert code_for(card.id) not in str(everything())
    with pytest.raises(UnknownCard):
        gift_cards.find(code_for(new_id()))


def test_it_pays_first_and_the_rest_is_paid_otherwise(both_levels: House) -> None:
    card = a_card(20)
    order = placed(a_parcel((both_levels.gtins[WINE], 2), gift_card=card.code_hash))
    assert (order.status, left_on(card)) == ("awaiting_payment", 0)
    pay(order, payment_id=first_payment_id(order.id), token="approve")
    by = {each.method: each.captured + each.held for each in order.payments.all()}
    assert by == {"gift": Decimal(20), "online": Decimal(30)}
    # what comes back goes to the card first
    shipped(order)
    returning.take_back(parcel_of(order), {1: 1}, by=BOB, event_id=new_id())
    assert (left_on(card), money_of(order)) == (Decimal(20), Decimal(25))
    assert_books_hold()


def test_it_pays_all_and_nothing_is_left_to_pay(both_levels: House) -> None:
    card = a_card(50)
    order = placed(a_parcel((both_levels.gtins[WINE], 1), gift_card=card.code_hash))
    assert (order.status, left_on(card)) == ("placed", Decimal("20.10"))
    assert cancel(order, by="customer:1") == "done"
    assert left_on(card) == Decimal(50)
    assert_books_hold()


def test_the_counter_asks_for_the_rest(both_levels: House) -> None:
    card = a_card(20)
    order = a_pickup_order(both_levels, (WINE, 1), gift_card=card.code_hash)
    assert promise_of(order).due == Decimal(5)
    assert_books_hold()
    paid_at_counter(order)
    carry()
    assert money_of(order) == Decimal(25)
    assert_books_hold()


def test_a_card_declined_gives_the_gift_card_back_in_the_end(apart: House) -> None:
    card = a_card(20)
    order = placed(a_parcel((apart.gtins[WINE], 2), gift_card=card.code_hash))
    with pytest.raises(PaymentDeclined):
        pay(order, payment_id=first_payment_id(order.id), token="decline")
    assert_books_hold()
    pay(order, payment_id=new_id(), token="approve")
    assert money_of(order) == Decimal(50)
    other = placed(a_parcel((apart.gtins[OIL], 1), gift_card=a_card(5).code_hash))
    cancel(other, by="customer:1")
    assert money_of(other) == 0
    assert_books_hold()


def test_a_card_of_the_stores_is_known_where_balances_are_one(
    both_levels: House,
) -> None:
    card = a_card(20, channel=Channel.POS)
    if not channels.shared():
        with pytest.raises(UnknownCard):
            gift_cards.find(code_for(card.id))
        return
    order = placed(a_parcel((both_levels.gtins[WINE], 2), gift_card=card.code_hash))
    assert order.payments.get(method="gift").gift_card_id == card.id
    assert card.entries.get(kind="spend").origin == "pos"
    assert_books_hold()


def test_after_parting_the_money_finds_its_card(apart: House) -> None:
    """A card of the stores that a web order was paid with while databases were one."""
    card = a_card(20, channel=Channel.POS)
    with channels.atomic():
        gift_cards.give_back(card.id, amount=Decimal(7), reference=new_id())
    carry()
    with channels.use_channel(Channel.POS):
        assert left_on(card) == Decimal(27)


def test_more_than_it_holds_is_refused_and_nothing_moves(apart: House) -> None:
    card = a_card(20)
    before = everything()
    with pytest.raises(NotEnoughOnCard), channels.atomic():
        gift_cards.spend(card.id, amount=Decimal(21), reference=new_id())
    assert everything() == before


@pytest.mark.django_db(databases=SIDES, transaction=True)
def test_one_card_in_many_baskets_is_spent_once(both_levels: House) -> None:
    card = a_card(20)

    def buy() -> Order:
        return placed(a_parcel((both_levels.gtins[OIL], 1), gift_card=card.code_hash))

    orders = at_once(*[buy] * 4)
    # 16.90 with its parcel; the second takes what is left, the others nothing
    taken = [money_of(each) for each in orders]
    assert sorted(taken) == [0, 0, Decimal("3.10"), Decimal("16.90")]
    assert left_on(card) == 0


@pytest.mark.django_db(databases=SIDES, transaction=True)
def test_one_purchase_sent_many_times_is_paid_once(apart: House) -> None:
    card, order = a_card(20), new_id()

    def spend() -> None:
        with channels.atomic():
            gift_cards.spend(card.id, amount=Decimal(5), reference=order)

    at_once(*[spend] * 4)
    assert left_on(card) == 15


@pytest.mark.django_db(databases=SIDES, transaction=True)
@pytest.mark.parametrize(
    "violation",
    [
        "UPDATE retail_giftcard SET balance = balance + 1",
        "DELETE FROM retail_giftcardentry",
        "UPDATE retail_giftcardentry SET origin = 'pos'",
    ],
)
def test_the_check_catches_its_violation(apart: House, violation: str) -> None:
    a_card()
    [check] = [each for each in CHECKS if each.id == "I35"]
    assert books.run(check, "webshop").holds
    with as_owner("webshop") as owner:
        owner.execute("ALTER TABLE retail_giftcardentry DISABLE TRIGGER USER")
        owner.execute(violation)  # type: ignore[call-overload]
        assert owner.execute(check.sql).fetchall()  # type: ignore[call-overload]
