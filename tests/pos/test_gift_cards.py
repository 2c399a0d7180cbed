"""Gift cards at the till: sold, paid with in part, given back to."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from inventory.ids import new_id
from inventory.places import Channel
from pos import selling
from pos.card_money import NotEnoughOnCard, UnknownCard, code_of
from pos.payloads import Invalid
from retail import books, channels
from retail.loyalty import gift_cards
from retail.loyalty.models import GiftCard
from tests.levels import SIDES
from tests.pos.counter import at_till
from tests.pos.tills import a_refund, a_ticket, a_till, sold
from tests.retail.loyalty.test_gift_cards import a_card, left_on
from tests.retail.orders.house import House, everything

pytestmark = pytest.mark.django_db(databases=SIDES)


def paid(method: str, amount: str, **more):
    return {
        "method": method,
        "amount": amount,
        "given": amount,
        "change": "0.00",
        **more,
    }


def a_card_sold(house: House, till, amount: str = "25.00", **changes):
    line = {
        "gtin": None,
        "quantity": 1,
        "unit_price": amount,
        "total": amount,
        "tax_rate": "0.0000",
    }
    given = {"lines": [line], "tenders": [paid("card", amount)], "total": amount}
    return a_ticket(house, till, kind="gift_card", **{**given, **changes})


def test_a_card_is_sold_and_its_code_printed(both_levels: House) -> None:
    with channels.use_channel(Channel.POS):
        till = a_till()
        ticket, _ = selling.record(a_card_sold(both_levels, till), till_id=till.id)
        card = gift_cards.find(code_of(ticket))
        assert (card.balance, card.origin, ticket.tax) == (Decimal(25), "pos", 0)
        assert ticket.lines.get().variant is None
        alias = channels.current().database
    assert [each for each in books.check([alias]) if not each.holds] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "4.00"}, "total"),
        ({"amount": "251.00"}, "total"),
        ({"tenders": [paid("gift", "25.00", gift_card=str(new_id()))]}, "tenders"),
        ({"tenders": [paid("gift", "25.00")]}, "tenders.0.gift_card"),
        ({"tenders": [paid("card", "25.00", gift_card="x")]}, "tenders.0.gift_card"),
    ],
)
def test_what_is_no_sale_of_a_card(apart: House, changes: dict, field: str) -> None:
    with channels.use_channel(Channel.POS):
        till = a_till()
        with pytest.raises(Invalid) as refused:
            selling.record(
                a_card_sold(apart, till, sealed=False, **changes), till_id=till.id
            )
    assert field in refused.value.errors


def test_it_pays_in_part_and_gets_back_what_it_paid(both_levels: House) -> None:
    card = a_card(5, channel=Channel.POS)
    with channels.use_channel(Channel.POS):
        till = a_till()
        tenders = [
            paid("gift", "5.00", gift_card=str(card.id)),
            paid("card", "7.00"),
        ]
        body = a_ticket(both_levels, till, (1, 1), tenders=tenders)
        sold, _ = selling.record(body, till_id=till.id)
        assert left_on(card) == 0
        back = {
            "gtin": both_levels.gtins[1],
            "quantity": -1,
            "unit_price": "12.00",
            "total": "-12.00",
            "tax_rate": "0.0550",
            "returned": {
                "ticket": str(sold.id),
                "position": 1,
                "reason": "unwanted",
                "restock": True,
            },
        }
        body["lines"][0]["tax_rate"] = back["tax_rate"] = f"{sold.lines.get().tax_rate}"
        money = [paid("gift", "-5.00"), paid("card", "-7.00")]
        refund = a_ticket(
            both_levels,
            till,
            kind="refund",
            lines=[back],
            tenders=money,
            total="-12.00",
        )
        selling.record(refund, till_id=till.id)
        assert left_on(card) == Decimal(5)
        alias = channels.current().database
    assert [each for each in books.check([alias]) if not each.holds] == []


def test_each_card_gets_back_what_it_paid(shared_only: House) -> None:
    """20.40 by two cards, 10.00 and 10.40: after 10.20 the first card is whole."""
    cards = [a_card(amount, channel=Channel.POS) for amount in (10, 20)]
    with channels.use_channel(Channel.POS):
        till = a_till()
        tenders = [
            paid("gift", amount, gift_card=str(card.id))
            for card, amount in zip(cards, ("10.00", "10.40"), strict=True)
        ]
        twice = [tenders[0], tenders[1] | {"gift_card": str(cards[0].id)}]
        with pytest.raises(Invalid) as refused:
            a_ticket(shared_only, till, (0, 6), tenders=twice)
        assert list(refused.value.errors) == ["tenders.1.gift_card"]
        sale = sold(shared_only, till, (0, 6), tenders=tenders)
        for units in (2, 1, 3):
            worth = f"-{units * Decimal('3.40')}"
            back = a_refund(till, sale, (1, units), tenders=[paid("gift", worth)])
            selling.record(back, till_id=till.id)
            if units == 1:
                assert [left_on(card) for card in cards] == [10, Decimal("9.80")]
        assert [left_on(card) for card in cards] == [10, 20]


def test_a_card_that_cannot_pay_changes_nothing(both_levels: House) -> None:
    card = a_card(5, channel=Channel.POS)
    with channels.use_channel(Channel.POS):
        till = a_till()
        before = everything()
        for id, refusal in ((card.id, NotEnoughOnCard), (new_id(), UnknownCard)):
            tenders = [paid("gift", "12.00", gift_card=str(id))]
            body = a_ticket(both_levels, till, (1, 1), tenders=tenders)
            with pytest.raises(refusal):
                selling.record(body, till_id=till.id)
        assert everything() == before


def test_what_the_till_asks(both_levels: House) -> None:
    web = a_card(20)
    till = at_till(both_levels)
    answer = till.send("POST", "gift-cards", {"code": gift_cards.code_for(web.id)})
    if both_levels.level == "omnichannel":
        assert answer.json()["balance"] == "20.00"
        assert UUID(answer.json()["id"]) == GiftCard.objects.get().id
    else:
        assert answer.status_code == 404
        assert answer.json()["why"]["level"] == "cross-channel"
