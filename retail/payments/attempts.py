"""A payment as django-payments' providers see it, and what they say of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from payments import PaymentStatus

from inventory.money import ZERO
from retail.payments.models import Payment

__all__ = ["Attempt", "Told"]


@dataclass(frozen=True)
class Told:
    """What a provider says of one payment, `id`, now: a status of django-payments, and
    money moved so far. `url` is where the customer goes on while it is `input`."""

    id: UUID | None
    status: str
    reference: str
    captured: Decimal = ZERO
    refunded: Decimal = ZERO
    currency: str = "EUR"
    url: str = ""
    at: datetime | None = None


@dataclass
class Attempt:
    """What django-payments calls a payment, without a table: our own row is written
    once the provider has answered (`orders.booking`)."""

    id: UUID
    order_id: UUID
    variant: str
    total: Decimal
    currency: str
    transaction_id: str = ""
    status: str = PaymentStatus.WAITING
    message: str = ""
    captured_amount: Decimal = ZERO
    description: str = ""
    attrs: SimpleNamespace = field(default_factory=SimpleNamespace)

    @classmethod
    def of(cls, payment: Payment) -> Attempt:
        """One query for the order, none where it came with the payment."""
        return cls(
            id=payment.id,
            order_id=payment.order_id,
            variant=payment.provider,
            total=payment.amount,
            currency=payment.currency,
            transaction_id=payment.provider_reference,
            captured_amount=payment.captured,
            description=payment.order.number,
        )

    @property
    def pk(self) -> UUID:
        return self.id

    @property
    def token(self) -> str:
        return str(self.id)

    def get_success_url(self) -> str:
        """Where the provider sends the customer back to, whatever they answered there:
        the page asks the provider itself."""
        path = reverse("shop_order_back", args=[self.order_id])
        return f"{settings.SITE_URL.rstrip('/')}{path}"

    get_failure_url = get_process_url = get_success_url

    def change_status(self, status: str, message: str = "") -> None:
        self.status, self.message = status, message

    def save(self, **_given: Any) -> None:
        """Nothing: see the class."""
