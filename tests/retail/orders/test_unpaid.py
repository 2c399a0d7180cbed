"""Orders that wait for their money: so many at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings as house_settings
from django.db import connections
from django.test.utils import CaptureQueriesContext

from inventory.ids import new_id
from inventory.places import Channel
from retail import channels
from retail.orders.cancelling import cancel
from retail.orders.models import Order
from retail.orders.unpaid import TooManyUnpaid, mark_of
from tests.calling import a_shop, an_order, refused
from tests.levels import SIDES
from tests.retail.orders.house import (
    House,
    a_parcel,
    a_pickup,
    alice,
    everything,
    placed,
)
from tests.webshop.visiting import order as ordered
from tests.webshop.visiting import parcel, put, text_of, wish

HERE = mark_of("192.0.2.7")


@pytest.fixture(autouse=True)
def two_of_one_and_three_from_here(settings: Any) -> None:
    settings.LIMITS = replace(house_settings.LIMITS, unpaid=2, unpaid_from_address=3)


@pytest.fixture
def parcels(house: House) -> Any:
    return lambda **changes: a_parcel((house.gtins[0], 1), **changes)


@pytest.mark.django_db(databases=SIDES)
class TestOneAfterTheOther:
    def test_a_person_has_so_many_and_paying_or_cancelling_makes_room(
        self, house: House, parcels: Any
    ) -> None:
        first = placed(parcels())
        placed(parcels(email="Alice@Example.org"))
        before = everything()
        with pytest.raises(TooManyUnpaid) as over:
            placed(parcels())
        assert (over.value.most, over.value.own) == (2, True)
        assert everything() == before
        placed(parcels(email="bob@example.org"))
        placed(a_pickup((house.gtins[0], 1)))  # paid in the store: holds nothing unpaid
        cancel(first, by="customer")
        placed(parcels())

    def test_whatever_address_a_customer_types(self, parcels: Any) -> None:
        customer = alice()
        for name in ("one", "two"):
            placed(parcels(email=f"{name}@example.org"), customer=customer)
        with pytest.raises(TooManyUnpaid):
            placed(parcels(email="three@example.org"), customer=customer)

    def test_an_address_has_so_many_and_is_forgotten_when_it_is_paid(
        self, parcels: Any
    ) -> None:
        for n in range(3):
            one = placed(parcels(email=f"{n}@example.org"), visitor=HERE)
        with pytest.raises(TooManyUnpaid) as over:
            placed(parcels(email="x@example.org"), visitor=HERE)
        assert (over.value.most, over.value.own) == (3, False)
        placed(parcels(email="x@example.org"), visitor=mark_of("192.0.2.8"))
        placed(parcels(email="y@example.org"))  # another system's says nothing
        assert one.visitor == HERE
        cancel(one, by="customer")
        assert Order.objects.get(id=one.id).visitor == ""

    def test_two_statements_and_none_where_nothing_waits(
        self, house: House, parcels: Any, settings: Any
    ) -> None:
        alias = channels.current().database

        def statements(wanted: Any) -> int:
            with CaptureQueriesContext(connections[alias]) as asked:
                placed(wanted, visitor=HERE)
            return len(asked)

        counted = statements(parcels())
        at_store = statements(a_pickup((house.gtins[0], 1)))
        settings.LIMITS = replace(settings.LIMITS, unpaid=0, unpaid_from_address=0)
        assert statements(parcels()) == counted - 2
        assert statements(a_pickup((house.gtins[0], 1))) == at_store

    def test_the_interface_and_the_checkout_say_so(
        self, house: House, parcels: Any, client: Any
    ) -> None:
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        for _again in range(2):
            placed(parcels(email="ann@example.org"))
        asked = an_order(
            (house.gtins[0], 1), email="ann@example.org", payment={"method": "online"}
        )
        told = a_shop().put(f"orders/{new_id()}/", asked)
        assert refused(told, 409, "too-many-unpaid")["most"] == 2
        put(client, house.gtins[0])
        page = client.post("/shop/checkout/", wish(client, **parcel()))
        assert page.status_code == 409
        assert "Orders of yours wait for their payment" in text_of(page)
        ordered(client, house)  # paid in the store


def test_addresses_of_one_household_are_one() -> None:
    assert mark_of("2001:db8:1:2::5") == mark_of("2001:db8:1:2:ffff::1")
    assert mark_of("2001:db8:1:3::5") != mark_of("2001:db8:1:2::5")
    assert mark_of("192.0.2.7") != mark_of("192.0.2.8")
    assert mark_of("unknown") == ""


@pytest.mark.django_db(databases=SIDES, transaction=True)
def test_six_at_once_are_two(apart: House) -> None:
    start = Barrier(6)

    def one(_n: int) -> bool:
        try:
            with channels.use_channel(Channel.WEBSHOP):
                start.wait()
                placed(a_parcel((apart.gtins[0], 1)))
        except TooManyUnpaid:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(one, range(6)))
    assert done.count(True) == 2
