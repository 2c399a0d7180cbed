"""What the office is told about tickets: one customer on many, clocks that are off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inventory.places import Channel
from pos import clocks, selling
from pos.models import Ticket, Till
from pos.tickets import stamp
from retail import channels
from retail.customers.models import Customer
from retail.fulfilment import pickup
from retail.promotions.models import Promotion
from retail.staff.models import Account, Employee, Role
from tests.builders import a_ready_pickup, bob, paid_at_counter
from tests.levels import SIDES
from tests.pos.test_offers import three_jars
from tests.pos.tills import INES, a_ticket, a_till, chloe
from tests.retail.orders.house import House
from tests.retail.promotions.offers import THREE_FOR_TWO, an_offer
from tests.signing_in import PASSWORD, a_head, sign_in

pytestmark = pytest.mark.django_db(databases=SIDES)
PAGE = "/office/watch/"


def sell(house: House, till: Till, customer: Customer, times: int, **more: Any) -> None:
    for _ticket in range(times):
        more.setdefault("sold_at", stamp(timezone.now()))
        body = a_ticket(house, till, customer=str(customer.id), **more)
        selling.record(body, till_id=till.id)


def test_head_office_reads_cards_clocks_and_hand_overs(
    apart: House, django_assert_num_queries: Any
) -> None:
    head = Client(headers={"Accept-Language": "en"})
    sign_in(head, "office", a_head())
    quiet = head.get(PAGE).content.decode()
    assert "No customer stands on unusually many tickets" in quiet
    assert "Every ticket came when its till said" in quiet
    assert "Every pickup was handed over against its code" in quiet
    order = a_ready_pickup(apart)
    paid_at_counter(order)
    bob(pickup.hand_over, order, name_checked=True, reason="phone_empty")
    with channels.use_channel(Channel.POS):
        till = a_till()
        many, few = chloe(), chloe(phone="+33639980104")
        sell(apart, till, many, 4)
        sell(apart, till, few, 3)
        strange = stamp(timezone.now() + timedelta(minutes=11))
        sell(apart, till, many, 1, sold_at=strange)
    with django_assert_num_queries(5, using="pos"):  # two are the menu's
        told = head.get(PAGE).content.decode()
    assert told.count("<td>Inès</td>") == 2
    assert "By a checked name" in told
    assert "The phone is empty, or not here: 1" in told
    assert "M01-1-8" in told
    assert "M01-1-7" not in told


def test_a_colleague_on_their_own_ticket(apart: House) -> None:
    head = Client(headers={"Accept-Language": "en"})
    sign_in(head, "office", a_head())
    account = Account.objects.create_staff(
        login="ines", password=PASSWORD, contact_email="Ines@example.org"
    )
    Employee.objects.create(
        id=INES, account=account, first_name="Inès", role=Role.CASHIER
    )
    with channels.use_channel(Channel.POS):
        till = a_till()
        own = chloe()
        Customer.objects.filter(id=own.id).update(email="ines@example.org")
        sell(apart, till, own, 1)
    assert "Themselves" in head.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("minutes", "believed"),
    [(9, True), (11, False), (-60, True), (-12 * 24 * 60, False)],
)
def test_how_far_a_clock_is_believed(minutes: int, believed: bool) -> None:
    now = timezone.now()
    claimed = now + timedelta(minutes=minutes)
    moment = clocks.moment_of(claimed, arrived=now)
    assert moment == (claimed if believed else now)


def test_a_wrong_clock_opens_no_offer(apart: House) -> None:
    """An offer that is over: the till says it is last month."""
    now = timezone.now()
    with channels.use_channel(Channel.POS):
        till = a_till()
        offer = an_offer(THREE_FOR_TWO, channel=Channel.POS)
        Promotion.objects.filter(id=offer.id).update(
            starts_at=now - timedelta(days=30), ends_at=now - timedelta(days=20)
        )
        claimed = stamp(now - timedelta(days=25))
        body = three_jars(apart, till, offer.id, sold_at=claimed)
        with pytest.raises(selling.offers.OffersChanged):
            selling.record(body, till_id=till.id)
        assert not Ticket.objects.exists()
