"""A shop that sells, without a provider's keys: nothing is paid online, and nobody
pretends."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from retail.orders.models import Order
from retail.payments.checks import takes_money
from retail.payments.reconciling import reconcile
from tests.calling import a_shop, an_order, refused
from tests.levels import SIDES, apart
from tests.retail.orders.house import NOON, House
from tests.signing_in import a_head, sign_in
from tests.webshop.visiting import order, parcel, put, text_of, wish

__all__ = ["apart"]
pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture(autouse=True)
def nobody(settings: Any) -> None:
    settings.PAYMENT_VARIANTS = {}


def test_nothing_is_paid_online_and_the_store_still_takes_orders(
    apart: House, client: Client
) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    put(client, apart.gtins[0])
    page = text_of(client.get("/shop/checkout/"))
    assert "Nothing can be paid online at the moment" in page
    assert 'value="approve"' not in page
    told = client.post("/shop/checkout/", wish(client, **parcel()))
    assert told.status_code == 422
    online = an_order((apart.gtins[0], 1), payment={"method": "online"})
    body = refused(
        a_shop().put(f"orders/{wish(client)['order']}/", online), 400, "invalid"
    )
    assert list(body["errors"]) == ["payment.method"]
    assert not Order.objects.exists()
    assert order(client, apart).status == "placed"


def test_the_office_says_so_and_there_is_nothing_to_compare(
    apart: House, client: Client
) -> None:
    assert reconcile(NOON).differences == []
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, "office", a_head())
    assert "Nobody takes money online" in text_of(client.get("/office/money/"))
    assert client.get("/bank/nobody/").status_code == 404


def test_the_check_of_a_deployment(settings: Any) -> None:
    assert [each.id for each in takes_money(None)] == ["payments.W001"]
    settings.PAYMENT_VARIANTS = {"demo": ("", {})}
    assert [each.id for each in takes_money(None)] == ["payments.E001"]
    settings.PAYMENT_VARIANTS = {"stripe": ("", {})}
    assert takes_money(None) == []
