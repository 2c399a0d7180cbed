"""Offers and codes at the till: what the device took off is what is offered."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from inventory.places import Channel
from pos import offers, selling
from pos.models import TicketLine
from retail import books, channels
from retail.promotions.coupons import CouponRefused
from tests.levels import SIDES
from tests.pos.counter import at_till
from tests.pos.tills import a_ticket, a_till
from tests.retail.orders.house import House, everything
from tests.retail.promotions.offers import THREE_FOR_TWO, a_coupon, an_offer

pytestmark = pytest.mark.django_db(databases=SIDES)


def three_jars(house: House, till, promotion, off: str = "3.40", **more):
    """Three jars of which one is free, as the device writes them."""
    total = f"{10.20 - float(off):.2f}"
    line = {
        "gtin": house.gtins[0],
        "quantity": 3,
        "unit_price": "3.40",
        "total": total,
        "tax_rate": "0.0550",
        "offers": [{"promotion": str(promotion), "amount": off}],
    }
    tender = {"method": "card", "amount": total, "given": total, "change": "0.00"}
    return a_ticket(house, till, lines=[line], tenders=[tender], total=total, **more)


def test_the_line_keeps_what_was_taken_off(
    both_levels: House, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with channels.use_channel(Channel.POS):
        till = a_till()
        offer = an_offer(THREE_FOR_TWO, channel=Channel.POS)
        body = three_jars(both_levels, till, offer.id)
        # a transaction of three statements: one asks what is offered
        with django_assert_num_queries(5, using=channels.current().database):
            ticket, _ = selling.record(body, till_id=till.id)
        line = TicketLine.objects.get(ticket=ticket)
        assert (line.discount, line.total) == (line.unit_price, ticket.total)
        assert [each["name"] for each in line.offers] == ["Remise"]
        assert f"\noffer=1|{offer.id}|3.40\n" in ticket.canonical
        alias = channels.current().database
    assert [each for each in books.check([alias]) if not each.holds] == []


@pytest.mark.parametrize("off", ["3.39", "10.20"])
def test_a_till_gives_no_more_and_no_less_than_is_offered(
    apart: House, off: str
) -> None:
    with channels.use_channel(Channel.POS):
        till = a_till()
        offer = an_offer(THREE_FOR_TWO, channel=Channel.POS)
        body = three_jars(apart, till, offer.id, off)
        before = everything()
        with pytest.raises(offers.OffersChanged):
            selling.record(body, till_id=till.id)
        assert everything() == before


def test_an_offer_of_the_web_at_a_till(both_levels: House) -> None:
    offer = an_offer(THREE_FOR_TWO, channel=Channel.WEBSHOP)
    with channels.use_channel(Channel.POS):
        till = a_till()
        body = three_jars(both_levels, till, offer.id)
        if channels.shared():
            selling.record(body, till_id=till.id)
        else:
            with pytest.raises(offers.OffersChanged):
                selling.record(body, till_id=till.id)


def test_a_code_is_used_by_the_ticket_once(apart: House) -> None:
    coupon = a_coupon("CAISSE", most=1, rule=THREE_FOR_TWO, channel=Channel.POS)
    with channels.use_channel(Channel.POS):
        till = a_till()
        body = three_jars(apart, till, coupon.promotion_id, coupons=["CAISSE"])
        ticket, _ = selling.record(body, till_id=till.id)
        assert selling.record(body, till_id=till.id) == (ticket, False)
        coupon.refresh_from_db()
        assert (coupon.used, coupon.uses.get().reference) == (1, ticket.id)
        again = three_jars(apart, till, coupon.promotion_id, coupons=["CAISSE"])
        with pytest.raises(CouponRefused):
            selling.record(again, till_id=till.id)


def test_what_the_till_asks(both_levels: House) -> None:
    an_offer(THREE_FOR_TWO, channel=Channel.POS, stores=["M01"])
    an_offer(channel=Channel.POS, stores=["M02"])
    a_coupon("WEB")
    till = at_till(both_levels)
    [offer] = till.get("offers").json()["offers"]
    assert offer["rule"] == THREE_FOR_TWO
    assert till.get("bootstrap").json()["offers"] == [offer]
    answer = till.get("coupons", code="web")
    if both_levels.level == "omnichannel":
        assert answer.json()["code"] == "WEB"
    else:
        assert (answer.status_code, answer.json()["reason"]) == (409, "unknown")
        assert answer.json()["why"]["level"] == "cross-channel"
