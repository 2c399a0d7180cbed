"""To the bank and back, as a customer goes."""

import pytest
from django.conf import settings
from django.utils import timezone

from retail.bank import ledger
from retail.bank.models import Charge
from retail.payments.models import Payment
from tests.calling import a_caller, a_shop
from tests.levels import SIDES
from tests.retail.orders.test_api import a_parcel
from tests.webshop.visiting import parcel, put, text_of, wish

pytestmark = pytest.mark.django_db(databases=SIDES)


def test_the_bank_asks_before_the_order_is_placed(both_levels, shop):
    put(shop, both_levels.gtins[0], 1)
    to_bank = shop.post("/shop/checkout/", wish(shop, **parcel(payment="ask")))
    charge = Charge.objects.get()
    assert to_bank["Location"] == f"/bank/{charge.page}/"
    back = charge.back.removeprefix(settings.SITE_URL)

    waits = shop.get(back, follow=True)
    assert "We wait for your bank." in text_of(waits)
    assert to_bank["Location"] in waits.content.decode()
    ledger.answer(charge, yes=True, at=timezone.now())
    assert "Order received." in text_of(shop.get(back, follow=True))
    charge.refresh_from_db()
    assert charge.status == "authorised"
    shop.get(back)
    assert Payment.objects.get().reserved == charge.amount


def test_another_card_while_the_bank_waits(shared_only, shop):
    put(shop, shared_only.gtins[0], 1)
    shop.post("/shop/checkout/", wish(shop, **parcel(payment="ask")))
    page = shop.get(Charge.objects.get().back.removeprefix(settings.SITE_URL))
    order = page["Location"]
    other = shop.get(order).context["payment_id"]
    given = {"payment": str(other), "token": "approve"}
    assert "Order received." in text_of(shop.post(f"{order}pay/", given, follow=True))
    first = Charge.objects.get(status="asked")
    ledger.answer(first, yes=True, at=timezone.now())
    shop.get(f"{order}back/")
    seen = text_of(shop.get(order))
    assert "Reserved by your bank" in seen
    assert "Paid" not in seen
    assert sum(each.held for each in Payment.objects.all()) == first.amount


def test_programs_are_told_where_the_customer_goes_on(both_levels):
    caller, id = a_shop(), "018f0000-0000-7000-8000-000000000001"
    body = a_parcel((both_levels.gtins[0], 1), paid="ask")
    placed = caller.put(f"orders/{id}/", body)
    assert placed.status_code == 201
    assert placed.json()["status"] == "awaiting_payment"
    assert placed.json()["payments"][0]["status"] == "pending"
    assert "/bank/" in placed.json()["next_action"]["url"]
    assert caller.put(f"orders/{id}/", body).json() == placed.json()
    seen = a_caller("office").get(f"orders/{id}/").json()
    assert seen["next_action"] is None, "the customer's own page"

    paid = caller.post(f"orders/{id}/payments/", {"token": "approve"})
    assert (paid.status_code, paid.json()["status"]) == (200, "placed")
    assert paid.json()["next_action"] is None
