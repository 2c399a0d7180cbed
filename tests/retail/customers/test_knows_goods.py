"""The office page asked for an order and for a product, at each level."""

import pytest
from django.utils import translation

from inventory.places import Channel
from retail import channels
from retail.customers import knows
from tests.builders import carry
from tests.retail.customers.people import SIDES
from tests.retail.orders.house import a_parcel, a_pickup, alice, open_house, placed

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def tables(answer: knows.Answer) -> dict[str, set[str]]:
    return {
        side.alias: {group.table.removeprefix("retail_") for group in side.groups}
        for side in answer.sides
    }


def test_a_parcel_concerns_the_site_only() -> None:
    house = open_house("multichannel")
    with channels.use_channel(Channel.WEBSHOP):
        order = placed(a_parcel((house.gtins[0], 1)), customer=alice())
        answer = knows.ask(order.number.lower())
    assert answer.finding == "Only the site knows this order."
    assert tables(answer)["pos"] == set()
    assert answer.sides[1].missing[0] == "The stores have not heard of this order."


def test_linked_the_store_knows_its_part() -> None:
    house = open_house("cross-channel")
    with channels.use_channel(Channel.WEBSHOP):
        order = placed(a_pickup((house.gtins[0], 1)), customer=alice())
        before = knows.ask(order.number)
        carry()
        answer = knows.ask(order.number)
    assert before.finding == "Only the site knows this order."
    assert answer.finding == "The site has the order, the store has its part of it."
    found = tables(answer)
    assert {"order", "fulfilment", "payment", "outboxmessage"} <= found["webshop"]
    assert {"pickupjob", "inboxmessage"} <= found["pos"]
    assert not {"order", "payment"} & found["pos"]
    assert "Not who ordered" in answer.sides[1].missing[0]


def test_joined_one_database_has_it_all() -> None:
    house = open_house("omnichannel")
    with channels.use_channel(Channel.WEBSHOP):
        order = placed(a_pickup((house.gtins[0], 1)), customer=alice())
        answer = knows.ask(order.number)
    assert answer.finding == "One database has the whole order."
    assert {"order", "pickupjob"} <= tables(answer)["shared"]
    assert answer.sides[2].missing == []


@pytest.mark.parametrize(
    ("level", "finding"),
    [
        ("multichannel", "Each side counts its own stock and sees no other."),
        ("cross-channel", "The site works with a copy of the stores’ stock."),
        ("omnichannel", "One stock for everybody, as it is now."),
    ],
)
def test_a_product_is_counted_where_it_lies(level: str, finding: str) -> None:
    house = open_house(level)
    with channels.use_channel(Channel.WEBSHOP):
        answer = knows.ask(house.gtins[0])
    assert (answer.kind, answer.finding) == ("product", finding)
    copied = "storeavailability" in tables(answer)["webshop"]
    assert copied == (level == "cross-channel")
