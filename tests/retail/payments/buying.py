"""A parcel paid by one of the demonstration's cards, and the bank's calls about it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from retail.bank.calling import call_back
from retail.bank.models import Charge, Event
from retail.orders.models import Order
from retail.orders.paying import pay
from retail.payments.capturing import first_payment_id
from retail.payments.models import Payment
from tests.builders import shipped
from tests.retail.orders.house import House, a_parcel, placed

CALLS = "/payments/demo/"


def bought(house: House, card: str, *, units: int = 1) -> tuple[Order, Payment]:
    order = placed(a_parcel((house.gtins[0], units)))
    payment = pay(order, payment_id=first_payment_id(order.id), token=card)
    order.refresh_from_db()
    return order, payment


def sent(house: House) -> tuple[Order, Payment]:
    """Its parcel left, and the money for it was taken."""
    order, payment = bought(house, "approve")
    shipped(order)
    payment.refresh_from_db()
    return order, payment


def charge_of(payment: Payment) -> Charge:
    return Charge.objects.get(id=payment.id)


def secret() -> bytes:
    found: bytes = settings.PAYMENT_VARIANTS["demo"][1]["secret"]
    return found


def the_bank_calls() -> list[tuple[str, str]]:
    """Whatever it still has to say, as if its time had come: [(kind, what was answered)]."""
    heard: list[tuple[str, str]] = []
    client = Client()

    def send(body: bytes, headers: Any) -> int:
        given = client.generic("POST", CALLS, body, headers=headers)
        event = Event.objects.get(id=headers["webhook-id"])
        said = given.json().get("heard", str(given.status_code))
        heard.append((event.kind.removeprefix("payment."), said))
        return given.status_code

    while (due := Event.objects.filter(times__gt=0)).exists():
        due.update(due_at=timezone.now())
        call_back(timezone.now(), secret=secret(), send=send)
    return heard
