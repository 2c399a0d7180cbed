"""Stripe Checkout, from the redirect to the refund, against its API on this machine."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from environs import Env
from payments.core import PROVIDER_CACHE

from inventory.ids import new_id
from retail import card_payments
from retail.fulfilment import pickup, returning
from retail.orders.cancelling import cancel
from retail.orders.models import Order
from retail.orders.paying import pay
from retail.orders.taking import take_due
from retail.payments import capturing, providers, reconciling
from retail.payments.capturing import first_payment_id
from retail.payments.cards import choices
from retail.payments.models import Payment
from tests.builders import BOB, bob, parcel_of, shipped, staged
from tests.levels import SIDES
from tests.retail.orders.house import House, a_pickup, placed
from tests.retail.payments.buying import bought
from tests.retail.payments.stripe_house import Stripe, open_stripe

pytestmark = pytest.mark.django_db(databases=SIDES)
SECRET = "whsec_of_a_test"


@pytest.fixture
def stripe(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stripe]:
    with open_stripe() as opened:
        monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_x")
        monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", SECRET)
        monkeypatch.setenv("STRIPE_API_BASE", opened.base)
        settings.PAYMENT_VARIANTS = card_payments.variants(
            Env(), "key", production=True
        )
        yield opened
    PROVIDER_CACHE.pop("stripe", None)


def session_of(stripe: Stripe, payment: Payment) -> dict[str, Any]:
    return stripe.sessions[payment.provider_reference]


def called(payment: Payment, kind: str, *, secret: str = SECRET) -> int:
    """Stripe calls: signed as Stripe signs."""
    about = {"object": {"metadata": {"payment": str(payment.id)}}}
    body = json.dumps({"id": f"evt_{kind}", "type": kind, "data": about})
    at = int(time.time())
    right = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256)
    headers = {"Stripe-Signature": f"t={at},v1={right.hexdigest()}"}
    given = Client().generic("POST", "/payments/stripe/", body, headers=headers)
    return given.status_code


def looked_at(order: Order, payment: Payment) -> tuple[str, str, Decimal]:
    order.refresh_from_db()
    payment.refresh_from_db()
    return order.status, payment.status, payment.captured


def test_without_keys_it_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(card_payments.variants(Env(), "key", production=False)) == ["demo"]
    monkeypatch.delenv("DATABASE_URL", raising=False)
    beside = card_payments.variants(Env(), "key", production=True)
    assert list(beside) == ["demo"]  # a command typed beside the embedded servers
    monkeypatch.setenv("DATABASE_URL", "postgres://db.example/shop")
    assert card_payments.variants(Env(), "key", production=True) == {}
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_x")
    with pytest.raises(Exception, match="STRIPE_WEBHOOK_SECRET"):
        card_payments.variants(Env(), "key", production=True)


def test_paid_on_stripes_page_taken_by_us_and_given_back(
    both_levels: House, stripe: Stripe
) -> None:
    assert [each.token for each in choices()] == ["checkout"]
    order, payment = bought(both_levels, "checkout")
    assert payment.next_action == session_of(stripe, payment)["url"]
    assert looked_at(order, payment) == ("awaiting_payment", "pending", 0)
    begun = stripe.asked[0]
    assert begun["payment_intent_data[capture_method]"] == "manual"
    assert begun["line_items[0][price_data][unit_amount]"] == str(
        int(order.total * 100)
    )
    assert begun["success_url"].endswith(f"/shop/orders/{order.id}/back/")

    assert called(payment, "checkout.session.created") == 200
    assert looked_at(order, payment)[:2] == ("awaiting_payment", "pending")
    stripe.pay(session_of(stripe, payment))
    assert called(payment, "checkout.session.completed", secret="whsec_other") == 400
    assert Client().post("/payments/stripe/", b"{}", "text/plain").status_code == 400
    assert looked_at(order, payment)[0] == "awaiting_payment"
    for kind in ("payment_intent.succeeded", "checkout.session.completed"):
        assert called(payment, kind) == 200
    assert looked_at(order, payment) == ("placed", "authorised", 0)

    shipped(order)
    assert looked_at(order, payment) == ("completed", "captured", order.total)
    stripe.kept.clear()
    assert providers.take(payment).captured == order.total, "a day later"
    returning.take_back(parcel_of(order), by=BOB, event_id=new_id())
    for _ in range(2):
        assert capturing.send_refunds(timezone.now()) == 1
        stripe.kept.clear()  # Stripe forgets keys after a day
    assert providers.look_up(payment).refunded == order.total
    keys = {key for method, _path, key in stripe.calls if method == "POST"}
    assert len(keys) == 3
    assert all(keys), "every call that moves something can be sent again"


def test_what_the_customer_leaves_ends(shared_only: House, stripe: Stripe) -> None:
    order, payment = bought(shared_only, "checkout")
    session_of(stripe, payment)["status"] = "expired"
    assert called(payment, "checkout.session.expired") == 200
    assert looked_at(order, payment)[:2] == ("payment_failed", "failed")


def test_paid_after_the_order_was_cancelled_nothing_is_taken(
    shared_only: House, stripe: Stripe
) -> None:
    order, payment = bought(shared_only, "checkout")
    cancel(order, by="customer:1")
    stripe.pay(session_of(stripe, payment))
    assert called(payment, "checkout.session.completed") == 200
    assert stripe.intent("pi_test_0")["status"] == "canceled"
    assert looked_at(order, payment) == ("cancelled", "void", 0)


def test_stripe_does_not_answer_and_the_list_heals(
    shared_only: House, stripe: Stripe
) -> None:
    stripe.down = True
    order, payment = bought(shared_only, "checkout")
    assert (payment.status, payment.next_action) == ("pending", "")
    assert reconciling.reconcile(timezone.now()).away == ["stripe"]
    assert called(payment, "checkout.session.completed") == 503
    stripe.down = False
    told = providers.look_up(payment)
    stripe.pay(stripe.sessions[told.reference])
    Payment.objects.update(asked_at=payment.made_at - reconciling.SETTLES)
    report = reconciling.reconcile(timezone.now())
    assert report.healed == {str(payment.id): "authorised"}
    assert looked_at(order, payment) == ("placed", "authorised", 0)


def test_what_left_first_takes_the_rest_of_the_order_too(
    shared_only: House, stripe: Stripe
) -> None:
    """A session is captured once: what is not delivered afterwards goes back."""
    gtins = shared_only.gtins
    wish = a_pickup((gtins[0], 2), (gtins[1], 1), payment_method="online")
    order = placed(wish)
    payment = pay(order, payment_id=first_payment_id(order.id), token="checkout")
    stripe.pay(session_of(stripe, payment))
    assert called(payment, "checkout.session.completed") == 200
    bob(pickup.ready, staged(order))
    bob(pickup.hand_over, order, name_checked=True, lines={2: 1})
    take_due(timezone.now())
    assert looked_at(order, payment) == ("placed", "captured", order.total)
    bob(pickup.expire, order)
    bob(pickup.restock, order)
    assert looked_at(order, payment)[0] == "completed"
    assert payment.refunded == Decimal("6.80")


def test_what_stripe_cancels_has_lapsed(shared_only: House, stripe: Stripe) -> None:
    order, payment = bought(shared_only, "checkout")
    stripe.pay(session_of(stripe, payment))
    assert called(payment, "checkout.session.completed") == 200
    stripe.intent("pi_test_0")["status"] = "canceled"
    assert called(payment, "payment_intent.canceled") == 200
    assert looked_at(order, payment) == ("cancelled", "void", 0)
