"""Stripe Checkout: the customer pays on Stripe's pages, so that no card number is ever
near us. What was authorised there is taken by us (`capture_method: manual`).

A payment's reference is its Checkout session. Each call that moves something carries an
idempotency key of ours, so that it may be sent again; Stripe keeps those for a day at
least, and what is older is looked up before anything is done.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn
from uuid import UUID

import stripe
from payments import PaymentStatus, RedirectNeeded
from payments.stripe import StripeProviderV3

from inventory.money import ZERO
from retail.payments.attempts import Attempt, Told
from retail.payments.providers import Event, NoAnswer, Refused, WrongCall

__all__ = ["StripeCheckout"]

TOLERANCE = 300  # seconds
PATIENCE = 8  # seconds
WITH_MONEY = ["payment_intent.latest_charge"]
INTENT = {
    "requires_capture": PaymentStatus.PREAUTH,
    "succeeded": PaymentStatus.CONFIRMED,
    "processing": PaymentStatus.WAITING,
    "canceled": PaymentStatus.CANCELLED,
}


class StripeCheckout(StripeProviderV3):
    takes_once = True  # a session has no multicapture unless Stripe grants it

    def __init__(self, api_key: str, endpoint_secret: str, api_base: str) -> None:
        super().__init__(
            api_key=api_key, endpoint_secret=endpoint_secret, capture=False
        )
        self.client = stripe.StripeClient(
            api_key,
            base_addresses={"api": api_base},
            max_network_retries=1,
            http_client=stripe.RequestsClient(timeout=PATIENCE),
        )

    def get_form(
        self, payment: Attempt, data: Mapping[str, str] | None = None
    ) -> NoReturn:
        session = self.create_session(payment)
        payment.transaction_id = session["id"]
        raise RedirectNeeded(session["url"])

    def create_session(self, payment: Attempt) -> Any:
        """The same again gives the session of the first time."""
        ours = {"payment": str(payment.id)}
        asked: Any = {
            "mode": "payment",
            "line_items": self.get_line_items(payment),
            "success_url": payment.get_success_url(),
            "cancel_url": payment.get_failure_url(),
            "client_reference_id": payment.token,
            "metadata": ours,
            "payment_intent_data": {"capture_method": "manual", "metadata": ours},
        }
        with _errors():
            return self.client.v1.checkout.sessions.create(
                asked, {"idempotency_key": f"{payment.id}:checkout"}
            )

    def get_line_items(self, payment: Attempt) -> list[dict[str, Any]]:
        """One line: what an order holds is no matter of Stripe's."""
        price = {
            "currency": payment.currency.lower(),
            "unit_amount": self.convert_amount(payment.currency, payment.total),
            "product_data": {"name": payment.description},
        }
        return [{"quantity": 1, "price_data": price}]

    def capture(self, payment: Attempt, amount: Decimal | None = None) -> Decimal:
        # again, a day later or more: Stripe has forgotten the key
        intent = self._intent(payment)
        if intent["status"] == "succeeded":
            return _euros(intent["amount_received"])
        wanted = amount or payment.total
        cents = self.convert_amount(payment.currency, wanted)
        with _errors():
            taken = self.client.v1.payment_intents.capture(
                intent["id"],
                {"amount_to_capture": cents},
                {"idempotency_key": f"{payment.id}:capture:{cents}"},
            )
        return _euros(taken["amount_received"])

    def release(self, payment: Attempt) -> None:
        session = self._session(payment)
        with _errors():
            if session["status"] == "open":
                self.client.v1.checkout.sessions.expire(session["id"])
            elif session["payment_intent"]:
                self.client.v1.payment_intents.cancel(session["payment_intent"]["id"])

    def refund(
        self, payment: Attempt, amount: Decimal | None = None, *, id: UUID | None = None
    ) -> Decimal:
        wanted = payment.captured_amount if amount is None else amount
        intent = self._intent(payment)["id"]
        with _errors():
            # a key is forgotten after a day, and money given back twice is gone
            made = self.client.v1.refunds.list({"payment_intent": intent, "limit": 100})
            for each in made.auto_paging_iter():
                if _ours(each).get("refund") == str(id):
                    return wanted
            self.client.v1.refunds.create(
                {
                    "payment_intent": intent,
                    "amount": self.convert_amount(payment.currency, wanted),
                    "metadata": {"payment": str(payment.id), "refund": str(id)},
                },
                {"idempotency_key": f"{id or payment.id}:refund"},
            )
        return wanted

    def told(self, payment: Attempt) -> Told:
        return _told(self._session(payment))

    def listed(self, since: datetime) -> Iterable[Told]:
        with _errors():
            found = self.client.v1.checkout.sessions.list(
                {
                    "created": {"gte": int(since.timestamp())},
                    "limit": 100,
                    "expand": [f"data.{each}" for each in WITH_MONEY],
                }
            )
            for session in found.auto_paging_iter():
                if "payment" in _ours(session):
                    yield _told(session)

    def event_in(self, body: bytes, headers: Mapping[str, str], at: datetime) -> Event:
        try:
            stripe.WebhookSignature.verify_header(
                body.decode(),
                headers.get("Stripe-Signature", ""),
                self.endpoint_secret,
                TOLERANCE,
            )
        except (stripe.SignatureVerificationError, ValueError) as error:
            raise WrongCall from error
        # signed by Stripe, hence of Stripe's own shape
        event = json.loads(body)
        about = event["data"]["object"].get("metadata") or {}
        return Event(id=event["id"], payment=_uuid(about.get("payment", "")))

    def _session(self, payment: Attempt) -> Any:
        if not payment.transaction_id.startswith("cs_"):
            # begun, and its answer was lost
            payment.transaction_id = self.create_session(payment)["id"]
        with _errors():
            return self.client.v1.checkout.sessions.retrieve(
                payment.transaction_id, {"expand": WITH_MONEY}
            )

    def _intent(self, payment: Attempt) -> Any:
        """Raises Refused where nothing was authorised."""
        intent = self._session(payment)["payment_intent"]
        if not intent:
            raise Refused("nothing was authorised")
        return intent


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise NoAnswer(type(error).__name__) from error
    except stripe.StripeError as error:
        status = error.http_status or 500
        if status >= 500 or status == 409:  # 409: the same is being done right now
            raise NoAnswer(type(error).__name__) from error
        raise Refused(str(error.code or type(error).__name__)) from error


def _told(session: Any) -> Told:
    intent, status = session["payment_intent"], PaymentStatus.INPUT
    captured = refunded = ZERO
    if session["status"] == "expired":
        status = PaymentStatus.CANCELLED
    elif session["status"] == "complete" and intent:
        status = INTENT.get(intent["status"], PaymentStatus.WAITING)
        captured = _euros(intent["amount_received"])
        charge = intent["latest_charge"]
        refunded = _euros(charge["amount_refunded"]) if charge else ZERO
    return Told(
        id=_uuid(session["client_reference_id"] or ""),
        status=status,
        reference=session["id"],
        captured=captured,
        refunded=refunded,
        currency=session["currency"].upper(),
        url=session["url"] or "",
        at=datetime.fromtimestamp(session["created"], UTC),
    )


def _ours(thing: Any) -> dict[str, str]:
    """What we wrote on it; nothing where another program made it."""
    kept = thing["metadata"]
    return dict(kept.to_dict()) if kept else {}


def _euros(cents: int) -> Decimal:
    return Decimal(cents) / 100


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
