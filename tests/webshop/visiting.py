"""What a visitor of the shop does, in words."""

from __future__ import annotations

import re
from contextlib import ExitStack
from typing import Any
from uuid import UUID

from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inventory.ids import new_id
from retail.channels import database_for
from retail.customers.models import Customer
from retail.orders.models import Order
from retail.staff.models import Account
from tests.retail.orders.house import House
from tests.signing_in import sign_in_customer

ANN = {"email": "ann@example.org", "first_name": "Ann"}
HOME = {"line1": "3 rue des Capucins", "postcode": "69001", "city": "Lyon"}


def text_of(response: Any) -> str:
    return response.content.decode()


def put(client: Client, gtin: str, quantity: object = 1) -> Any:
    given = {"gtin": gtin, "quantity": quantity}
    return client.post("/shop/basket/put/", given, follow=True)


def signed_in(client: Client, email: str = "alice@example.org") -> Account:
    account = Account.objects.create_customer(email=email)
    sign_in_customer(client, account)
    return account


def customer_of(account: Account) -> Customer:
    return Customer.objects.get(account_id=account.id)


def page_of(client: Client) -> dict[str, str]:
    """The hidden fields of a fresh checkout page."""
    page = text_of(client.get("/shop/checkout/"))
    return {
        name: re.search(rf'name="{name}" value="([^"]+)"', page)[1]  # type: ignore[index]
        for name in ("order", "seen")
    }


def wish(client: Client, **changes: Any) -> dict[str, Any]:
    """Ann collects in M01 and pays there, unless told otherwise."""
    first = {"method": "collect", "store": "M01", "payment": "at_store", **ANN}
    return {**page_of(client), **first, **changes}


def order(client: Client, house: House, **changes: Any) -> Order:
    put(client, house.gtins[0])
    answer = client.post("/shop/checkout/", wish(client, **changes))
    assert answer.status_code == 302, text_of(answer)
    return Order.objects.get(id=UUID(answer["Location"].split("/")[3]))


def parcel(**changes: Any) -> dict[str, Any]:
    return {"method": "ship", "payment": "approve", **HOME, **changes}


def asked(client: Client, url: str) -> dict[str, int]:
    """How many queries a page asked of head office's and of the webshop's database;
    of the stores' it asks none. A page is opened twice: the first visit may write."""
    client.get(url)
    side = dict.fromkeys(("default", "webshop", "pos", "shared"), 0)
    with ExitStack() as stack:
        seen = {
            alias: stack.enter_context(CaptureQueriesContext(connections[alias]))
            for alias in side
        }
        assert client.get(url).status_code == 200
    for alias, captured in seen.items():
        side[alias] = len(captured)
        for query in captured.captured_queries:
            print(alias, query["sql"][:150])  # shown where a pin breaks
    here = database_for("webshop")
    found = {"default": side.pop("default"), "side": side.pop(here)}
    assert not any(side.values()), side
    return found


def any_id() -> UUID:
    return new_id()
