"""Customers as a store's staff may look them up."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inventory.ids import new_id
from inventory.places import Channel
from retail import channels
from retail.customers.changing import prefer
from retail.customers.linking import link_known
from retail.customers.models import Customer
from retail.customers.registering import register
from retail.loyalty import points
from retail.orders import baskets
from tests.builders import a_pickup_order, carry, job_of
from tests.retail.fulfilment.working import bob, job_url, noe, page
from tests.retail.orders.house import SIDES, House, open_house

pytestmark = pytest.mark.django_db(databases=SIDES)

PAGE = "/pos/store/customers/"
PHONE = "+33612345678"


def alice_on(channel: Channel) -> Customer:
    with channels.use_channel(channel), channels.atomic():
        customer = register(
            id=new_id(),
            channel=channel,
            first_name="Alice",
            last_name="Martin",
            email="alice@example.org",
            email_verified_at=timezone.now(),
            phone=PHONE,
        )
        points.earn(customer, points=30, reference=f"opening {channel}")
    return customer


def looked_up(text: str) -> str:
    return page(bob().post(PAGE, {"q": text}, follow=True))


@pytest.fixture(params=["cross-channel", "omnichannel"])
def level(request: pytest.FixtureRequest, db: None) -> str:
    open_house(request.param)
    level: str = request.param
    return level


def test_a_store_finds_its_own_customers_masked(level: str) -> None:
    alice = alice_on(Channel.POS)
    text = page(bob().get(PAGE, {"id": str(alice.id)}))
    assert "Alice M." in text
    assert alice.card[-4:] in text
    assert alice.card not in text
    assert PHONE not in text
    assert "Martin" not in text
    assert "alice@example.org" not in text
    assert "worth €1.00" in text
    for asked in (alice.card, PHONE, "ali mart", "Alice@example.org"):
        assert "Alice M." in looked_up(asked)


def test_apart_the_web_customer_is_a_stranger(db: None) -> None:
    open_house("cross-channel")
    alice = alice_on(Channel.WEBSHOP)
    by_name = looked_up("alice")
    assert "is not known in this store" in by_name
    assert "Why does the store not know me?" in by_name
    by_card = looked_up(alice.card)
    assert "Why is my card not recognised here?" in by_card
    assert bob().get(PAGE, {"id": str(alice.id)}).status_code == 404


def test_together_both_records_are_one_person(db: None) -> None:
    open_house("omnichannel")
    alice_on(Channel.POS)
    web = alice_on(Channel.WEBSHOP)
    with channels.use_channel(Channel.POS), channels.atomic():
        link_known(by="system", at=timezone.now())
    text = looked_up(web.card)
    assert "worth €2.00" in text
    assert 'class="key web"' in text
    assert 'class="key store"' in text
    assert "Why" not in text


def test_what_waits_and_what_is_gathered_on_the_web(
    both_levels: House, django_assert_num_queries: Any
) -> None:
    """Together both are shown, with what the web customer prefers; apart, where their
    stores are told of no customer, a word says so."""
    web, store = alice_on(Channel.WEBSHOP), alice_on(Channel.POS)
    order = a_pickup_order(both_levels, (0, 1), customer=web)
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        baskets.put(baskets.basket_for(customer=web), both_levels.gtins[1], 2)
        prefer(web, language="en", usual_store="M01", receives="collect", unwanted=[])
    carry()
    together = both_levels.level == "omnichannel"
    if together:
        with channels.use_channel(Channel.POS), channels.atomic():
            link_known(by="system", at=timezone.now())
    clients, alias = [bob(), bob("M02")], channels.database_for(Channel.POS)
    for client in clients:  # the session and the dial are read for the first time
        client.get(PAGE)
    with django_assert_num_queries(15 if together else 7, using=alias):
        here = page(clients[0].get(PAGE, {"id": str(store.id)}))
    there = page(clients[1].get(PAGE, {"id": str(store.id)}))
    job = job_url(job_of(order).id)
    assert (job in here, order.number in here, order.number in there) == (together,) * 3
    assert job not in there
    assert (f"?gtin={both_levels.gtins[1]}" in here) is together
    assert ("Usual store" in here) is together
    assert ("Letters: English" in here) is together
    assert ("No order is known by its customer here" in here) is not together
    assert ("Only the webshop knows it." in here) is not together
    assert "+30" in here


def test_nobody_leafs_through_the_customers(level: str) -> None:
    alice_on(Channel.POS)
    text = looked_up("al")
    assert "Alice" not in text
    assert "Three signs at least" in text


@pytest.mark.parametrize("chosen", ["x", "00000000-0000-7000-8000-000000000000"])
def test_nobody_of_that_id(level: str, chosen: str) -> None:
    assert bob().get(PAGE, {"id": chosen}).status_code == 404


def test_who_may_not_look(level: str) -> None:
    assert Client().post(PAGE, {"q": "alice"}).status_code == 302
    assert noe().post(PAGE, {"q": "alice"}).status_code == 302


def test_signs_that_no_database_keeps(level: str, subtests: pytest.Subtests) -> None:
    for typed in ["ali\x00ce", "a\x00@b.fr", "06\x0012345678", "\u202eabc"]:
        with subtests.test(typed=typed):
            assert bob().post(PAGE, {"q": typed}).status_code == 200
