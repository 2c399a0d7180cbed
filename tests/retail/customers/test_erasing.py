"""Erasing: what names a person is gone from every database, the rows stay."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connections

from inventory.ids import new_id
from inventory.places import Channel
from retail import channels
from retail.customers import erasing
from retail.customers.models import Customer
from retail.customers.registering import register
from retail.loyalty.models import LoyaltyAccount
from retail.orders.cancelling import cancel
from retail.orders.models import Order
from retail.staff.models import Account
from tests.builders import a_parcel_order, a_pickup_order, carry, shipped
from tests.levels import apart, both_levels, shared_only
from tests.retail.customers.people import PROVEN
from tests.retail.orders.house import SIDES, House, a_pickup, placed

pytestmark = pytest.mark.django_db(databases=SIDES)
__all__ = ["apart", "both_levels", "shared_only"]

NAME, MAIL, PHONE = "Zénobie", "zenobie@example.net", "+33639980177"


def zenobie(**known: object) -> Customer:
    account = Account.objects.create_customer(email=MAIL)
    with channels.atomic():
        return register(
            id=new_id(),
            channel=Channel.WEBSHOP,
            first_name=NAME,
            last_name="Quennevelle",
            email=MAIL,
            email_verified_at=PROVEN,
            phone=PHONE,
            birth_date=date(1987, 6, 5),
            postcode="69283",
            account_id=account.id,
            **known,
        )


WORDS = (NAME, MAIL, PHONE, "Quennevelle", "1987-06-05", "69283")


def found_in(alias: str, *, words: tuple[str, ...] = WORDS) -> list[str]:
    """Tables of that database with a row in whose text one of the words is."""
    tables = []
    with connections[alias].cursor() as cursor:
        for table in connections[alias].introspection.table_names():
            cursor.execute(
                f"SELECT count(*) FROM {table} t WHERE t::text ~* %s",  # noqa: S608
                ["|".join(words).replace("+", r"\+")],
            )
            if cursor.fetchone()[0]:
                tables.append(table)
    return tables


def a_day(house: House) -> tuple[Customer, Order, Order]:
    """She has something sent, orders a pickup and cancels it, and orders once without
    signing in."""
    customer = zenobie()
    known = {"email": MAIL, "first_name": NAME, "last_name": "Quennevelle"}
    parcel = shipped(a_parcel_order(house, customer=customer))
    pickup = a_pickup_order(house, customer=customer, collector=NAME)
    guest = placed(
        a_pickup((house.gtins[0], 1), **known, phone=PHONE, collector=f"{NAME} Q."),
    )
    carry()
    for order in (pickup, guest):
        order.refresh_from_db()
        cancel(order, by=order.maker)
        carry()
    return customer, parcel, guest


def test_names_are_gone_and_rows_are_kept(both_levels: House) -> None:
    customer, parcel, guest = a_day(both_levels)
    orders = Order.objects.count()
    total = Order.objects.get(id=parcel.id).total
    assert len(found_in(channels.open_databases()[0])) >= 4
    made = erasing.erase(customer, by="test")

    assert [each.customer_id for each in made] == [customer.id]
    # events and tickets are append only: the copier wipes them, in `replay`
    here = channels.current().database
    assert set(found_in(here)) <= {"retail_orderevent", "retail_pickupevent"}
    assert found_in("default") == []
    after = Customer.objects.get(id=customer.id)
    assert after.erased_at is not None
    assert after.card.startswith("E-")
    assert Order.objects.count() == orders
    assert Order.objects.get(id=parcel.id).total == total
    assert (
        Order.objects.get(id=guest.id).email == f"erased-{customer.id}@erased.invalid"
    )
    assert LoyaltyAccount.objects.get(customer=customer).balance > 0
    assert not Account.objects.exists()
