"""A person whose name is nowhere else, what they do, and where it can be read."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connections

from inventory.ids import new_id
from inventory.places import Channel
from pos.models import Ticket
from retail import channels
from retail.customers.models import Customer
from retail.customers.registering import register
from retail.orders.cancelling import cancel
from retail.orders.models import Order
from retail.staff.models import Account
from tests.builders import a_parcel_order, a_pickup_order, carry, shipped
from tests.pos.tills import a_till, sold
from tests.retail.customers.people import PROVEN
from tests.retail.orders.house import House, a_pickup, placed

NAME, MAIL, PHONE = "Zénobie", "zenobie@example.net", "+33639980177"
WORDS = (NAME, "Quennevelle", MAIL, PHONE, "1987-06-05", "69283", "quatre-vents")
STREET = {"line1": "9 rue des Quatre-Vents", "postcode": "69283", "city": "Lyon"}


def on_web(**changes: Any) -> Customer:
    account = Account.objects.create_customer(email=changes.get("email", MAIL))
    known = {
        "id": new_id(),
        "first_name": NAME,
        "last_name": "Quennevelle",
        "email": MAIL,
        "email_verified_at": PROVEN,
        "phone": PHONE,
        "birth_date": date(1987, 6, 5),
        "postcode": "69283",
    }
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        return register(
            channel=Channel.WEBSHOP, account_id=account.id, **{**known, **changes}
        )


def in_store(**changes: Any) -> Customer:
    known = {
        "id": new_id(),
        "first_name": NAME,
        "last_name": "Quennevelle",
        "phone": PHONE,
        "by": "employee:1 Bob",
    }
    with channels.use_channel(Channel.POS), channels.atomic():
        return register(channel=Channel.POS, **{**known, **changes})


def a_day(house: House, customer: Customer) -> tuple[Order, Order, Order]:
    """She has something sent, orders a pickup, orders another without signing in, and
    cancels both: (parcel, pickup, guest's)."""
    known = {"first_name": NAME, "last_name": "Quennevelle", "phone": PHONE}
    parcel = shipped(a_parcel_order(house, customer=customer))
    pickup = a_pickup_order(house, customer=customer, collector=f"{NAME} Q.")
    guest = placed(a_pickup((house.gtins[0], 1), email=MAIL, collector=NAME, **known))
    carry()
    for order in (pickup, guest):
        order.refresh_from_db()
        cancel(order, by=order.maker)
        carry()
    return parcel, pickup, guest


def a_ticket_of(house: House, customer: Customer) -> Ticket:
    with channels.use_channel(Channel.POS):
        return sold(house, a_till(), customer=str(customer.id))


def named_in(alias: str, words: tuple[str, ...] = WORDS) -> list[str]:
    """Tables of that database with one of the words in the text of a row."""
    found = []
    with connections[alias].cursor() as cursor:
        for table in connections[alias].introspection.table_names():
            if table.startswith("match_"):
                continue  # a comparison's own, gone at the end of its transaction
            cursor.execute(
                f"SELECT count(*) FROM {table} t WHERE t::text ~* %s",  # noqa: S608
                ["|".join(words).replace("+", r"\+")],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found
