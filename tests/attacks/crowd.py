"""Everybody who may ask for an address, each in a browser or with a key of their own,
and something of each kind to ask for."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client

from inventory import counting
from inventory.ids import new_id
from inventory.models import CountKind
from inventory.places import Channel
from pos import shifts
from pos.models import Till
from retail.channels import atomic, use_channel
from retail.customers import addresses
from retail.fulfilment.models import ShipJob
from retail.staff.models import Account, Employee, Role, Scope
from tests.builders import a_location, carry, job_of
from tests.calling import Caller, a_caller, a_shop, a_store, an_office, an_order
from tests.pos.tills import a_till, sold
from tests.retail.orders.house import House
from tests.signing_in import PASSWORD, a_device, a_head, an_employee, sign_in
from tests.webshop.visiting import HOME, customer_of, order, parcel, signed_in

__all__ = ["ROLES", "Crowd", "gather"]

# `stranger` is another customer, `colleague` a cashier of another store; the last four
# are keys of other systems.
ROLES = (
    "anonymous", "customer", "stranger", "cashier", "colleague", "manager",
    "warehouse", "head_office", "shop", "till", "store", "office",
)  # fmt: skip


@dataclass
class Crowd:
    """`callers` by role; `things` are the words in braces that an address may hold."""

    callers: dict[str, Caller]
    things: dict[str, str]


def gather(house: House) -> Crowd:
    """Alice has ordered for store M01 and a parcel of the warehouse, a till of M01 has
    sold something, and another system has ordered. Call with the webshop pinned."""
    customer, stranger = browser(), browser()
    account = signed_in(customer)
    signed_in(stranger, "zoe@example.org")
    collected = order(customer, house)
    sent = order(customer, house, **parcel())
    alice = customer_of(account)
    with atomic():
        address = addresses.keep(alice, id=new_id(), **HOME)
    shop, own = a_shop(), str(new_id())
    made = shop.put(f"orders/{own}/", an_order((house.gtins[0], 1)))
    assert made.status_code == 201, made.content
    carry()
    ines = an_employee("Inès", location="M01")
    cashier, till = at_a_till("M01", 1, ines)
    colleague, _ = at_a_till("M02", 1, an_employee("Hugo", location="M02"))
    samir = a_manager("M01")
    manager, _ = at_a_till("M01", 2, samir)
    sign_in(manager, "office", samir)
    with use_channel(Channel.POS):
        ticket = sold(house, till, employee=str(ines.id))
    things = {
        "gtin": house.gtins[0],
        "card": alice.card,
        "order": str(collected.id),
        "job": str(job_of(collected).id),
        "parcel": str(ShipJob.objects.get(order_id=sent.id).id),
        "own": own,
        "address": str(address.id),
        "count": a_count("M01"),
        "stock_count": a_count("W01"),
        "till": str(till.id),
        "ticket": str(ticket.id),
        "none": str(new_id()),
    }
    clients = {
        "anonymous": browser(),
        "customer": customer,
        "stranger": stranger,
        "cashier": cashier,
        "colleague": colleague,
        "manager": manager,
        "warehouse": in_the_warehouse(),
        "head_office": browser(),
    }
    sign_in(clients["head_office"], "office", a_head())
    keys = {
        "shop": shop,
        "till": a_caller(
            Scope.TILL, channel=Channel.POS, location="M01", till_id=till.id
        ),
        "store": a_store("M01"),
        "office": an_office(),
    }
    people = {role: Caller(client=client) for role, client in clients.items()}
    return Crowd(callers={**people, **keys}, things=things)


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def at_a_till(code: str, number: int, employee: Employee) -> tuple[Client, Till]:
    """Somebody who has opened a till of that store."""
    with use_channel(Channel.POS):
        till = a_till(code, number=number, opened=False)
        shifts.open_shift(
            till, employee_id=employee.id, employee_name=employee.first_name
        )
    device, token = a_device(code, till_id=till.id)
    client = browser()
    sign_in(client, "pos", employee, device=device, token=token)
    return client, till


def a_manager(code: str) -> Employee:
    """Who works in a store and has a login for the office too."""
    account = Account.objects.create_staff(login="samir", password=PASSWORD)
    return an_employee("Samir", role=Role.MANAGER, location=code, account=account)


def in_the_warehouse() -> Client:
    client = browser()
    device, token = a_device("W01")
    noe = an_employee("Noé", role=Role.WAREHOUSE, location="W01")
    sign_in(client, "warehouse", noe, device=device, token=token)
    return client


def a_count(code: str) -> str:
    channel = Channel.WEBSHOP if code.startswith("W") else Channel.POS
    with use_channel(channel), atomic():
        begun = counting.open_count(
            a_location(code), id=new_id(), kind=CountKind.SHELF, label="A", by="test"
        )
    return str(begun.id)
