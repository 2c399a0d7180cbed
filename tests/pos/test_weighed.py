"""What is sold by weight: grams on the line, the price of a kilo, one rounding."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from inventory.models import Variant
from inventory.places import Channel
from pos import returning
from pos.models import Return, TicketLine, Till
from pos.payloads import Invalid
from pos.selling import record
from retail import books, channels
from retail.orders import baskets
from tests.builders import stock_of
from tests.inventory.goods import stocked
from tests.levels import SIDES
from tests.pos.counter import at_till
from tests.pos.tills import a_refund, a_ticket, a_till, by_card, cash, seal
from tests.retail.orders.house import House
from tests.retail.promotions.offers import an_offer

pytestmark = pytest.mark.django_db(databases=SIDES)

APPLES = "2100012000000"
OF_982 = "2100012009829"


@pytest.fixture
def house(both_levels: House) -> House:
    """The second article, at 12 € a kilo, is weighed."""
    for channel in Channel:
        with channels.use_channel(channel):
            goods = Variant.objects.filter(gtin__in=[both_levels.gtins[1], APPLES])
            goods.update(unit="gram", gtin=APPLES)
    with channels.use_channel(Channel.POS), channels.atomic():
        id = both_levels.variants[both_levels.gtins[1]]
        stocked(both_levels.location("M01"), {id: 5000})
    both_levels.variants[APPLES] = both_levels.variants.pop(both_levels.gtins[1])
    both_levels.gtins[1] = APPLES
    return both_levels


@pytest.fixture
def till(house: House) -> Iterator[Till]:
    with channels.use_channel(Channel.POS):
        yield a_till()


def a_bag(house: House, till: Till, grams: int = 482, **changes: Any) -> Any:
    """At 12 € a kilo; 482 g come to 5.784."""
    total = changes.pop("total", "5.78")
    line = {
        "gtin": APPLES,
        "quantity": grams,
        "unit": "gram",
        "unit_price": "12.00",
        "total": total,
        "tax_rate": "0.0550",
    }
    return a_ticket(
        house,
        till,
        lines=[line | changes],
        tenders=[by_card(Decimal(total))],
        total=total,
    )


def test_grams_leave_the_stock_and_one_rounding_makes_the_sum(
    house: House, till: Till
) -> None:
    before = stock_of(house, "M01", 1)[0]
    ticket, _ = record(a_bag(house, till), till_id=till.id)
    line = TicketLine.objects.get(ticket=ticket)
    assert (line.quantity, line.unit, line.total) == (482, "gram", Decimal("5.78"))
    assert stock_of(house, "M01", 1)[0] == before - 482
    assert f"line=1|{APPLES}|482|12.00|5.78|0.0550" in ticket.canonical
    alias = channels.current().database
    found = {each.check.name for each in books.check([alias]) if not each.holds}
    assert "ticket-total-is-its-lines" not in found
    assert "chain-unbroken" not in found


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"total": "5.79"}, "lines.0.total"),
        ({"grams": 100_000, "total": "1200.00"}, "lines.0.quantity"),
        ({"unit": "stone"}, "lines.0.unit"),
    ],
)
def test_what_is_no_weight(
    house: House, till: Till, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        a_bag(house, till, **changes)
    assert field in refusal.value.errors


def test_a_piece_is_not_weighed_nor_a_weight_counted(house: House, till: Till) -> None:
    piece = a_bag(house, till, gtin=house.gtins[0])
    counted = a_bag(house, till, grams=1, unit="piece", total="12.00")
    for payload in (piece, counted):
        with pytest.raises(Invalid) as refusal:
            record(payload, till_id=till.id)
        assert list(refusal.value.errors) == ["lines.0.unit"]


def test_a_bag_is_one_of_its_goods_to_an_offer(house: House, till: Till) -> None:
    rule = {"kind": "percent", "percent": "10", "goods": {"gtins": [APPLES]}}
    offer = an_offer(rule, channel=Channel.POS)
    off = [{"promotion": str(offer.id), "amount": "0.58"}]
    ticket, _ = record(a_bag(house, till, total="5.20", offers=off), till_id=till.id)
    assert ticket.lines.get().discount == Decimal("0.58")


def test_part_of_a_bag_comes_back(house: House, till: Till) -> None:
    sale, _ = record(a_bag(house, till), till_id=till.id)
    sold = stock_of(house, "M01", 1)[0]
    for grams, worth in ((200, "-2.40"), (282, "-3.38")):
        payload = a_refund(till, sale, (1, grams))
        payload["lines"][0] |= {"unit": "gram", "total": worth}
        payload |= {"total": worth, "tenders": [by_card(Decimal(worth))]}
        record(seal(payload), till_id=till.id)
    assert stock_of(house, "M01", 1)[0] == sold + 482
    assert sum(each.value for each in Return.objects.all()) == sale.total
    more = a_refund(till, sale, (1, 1))
    more["lines"][0] |= {"unit": "gram", "total": "-0.01"}
    more |= {"total": "-0.01", "tenders": [cash(Decimal("-0.01"))]}
    with pytest.raises(returning.NotReturnable):
        record(seal(more), till_id=till.id)


def test_a_label_tells_the_weight(house: House) -> None:
    counter = at_till(house)
    (found,) = counter.get("products", q=OF_982).json()["results"]
    assert (found["gtin"], found["weighed"], found["grams"]) == (APPLES, True, 982)
    (bare,) = counter.get("products", q=APPLES).json()["results"]
    assert (bare["weighed"], bare["grams"]) == (True, None)


def test_the_web_sells_no_weight(house: House) -> None:
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        basket = baskets.basket_for(session="a")
        with pytest.raises(baskets.UnknownProduct):
            baskets.put(basket, APPLES)
