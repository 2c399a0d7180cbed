"""The one door to whoever takes money online. Never called inside a transaction: a
provider takes seconds, and what it did is not undone with our rows.

Providers are django-payments' (`PAYMENT_VARIANTS`): `get_form` begins, `capture`,
`release` and `refund` move money. What a provider must do besides stands in `Provider`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, cast
from uuid import UUID

from django.conf import settings
from payments import PaymentError, RedirectNeeded
from payments.core import provider_factory

from retail.payments.attempts import Attempt, Told
from retail.payments.models import Payment

__all__ = [
    "Event",
    "NoAnswer",
    "Provider",
    "Refused",
    "Told",
    "WrongCall",
    "begin",
    "chosen",
    "give_back",
    "let_go",
    "look_up",
    "provider_of",
    "take",
    "takes_once",
]


class NoAnswer(PaymentError):
    """Nobody knows whether it was done: asked again by the same id, or found by the
    provider's call or list."""


class Refused(PaymentError):
    """The provider does not do it; no money has moved by this call."""


class WrongCall(Exception):
    """Whoever called is not the provider, or repeats what it said long ago."""


@dataclass(frozen=True)
class Event:
    """A call of the provider: about which payment of ours. What became of it is looked
    up, so that the order of calls means nothing. `payment` None: about no payment."""

    id: str
    payment: UUID | None


class Provider(Protocol):
    """Beyond django-payments. Each act is idempotent by the payment's id (a refund by
    its own) and raises NoAnswer or Refused. `takes_once`: the first capture lets go of
    what is left."""

    takes_once: bool

    def get_form(self, payment: Attempt, data: Mapping[str, str] | None = None) -> Any:
        """Raises RedirectNeeded where the customer goes on elsewhere; else the
        attempt's status says what came of it."""

    def capture(self, payment: Attempt, amount: Decimal | None = None) -> Decimal:
        """Takes until `amount` is taken in all: again, or after more, without effect.
        Answers what is taken in all."""

    def release(self, payment: Attempt) -> None:
        """Lets go of what is authorised and not taken."""

    def refund(
        self, payment: Attempt, amount: Decimal | None = None, *, id: UUID | None = None
    ) -> Decimal: ...

    def told(self, payment: Attempt) -> Told:
        """As the provider knows it now."""

    def listed(self, since: datetime) -> Iterable[Told]:
        """All payments begun since then, of this house."""

    def event_in(
        self, body: bytes, headers: Mapping[str, str], at: datetime
    ) -> Event: ...  # raises WrongCall


def chosen() -> str:
    """Who takes new payments; empty where nobody does: nothing is paid online then."""
    return next(iter(settings.PAYMENT_VARIANTS), "")


def provider_of(variant: str) -> Provider:
    """Raises Refused: a provider that is not set up any more."""
    if variant not in settings.PAYMENT_VARIANTS:
        raise Refused(f"no provider {variant}")
    return cast(Provider, provider_factory(variant))


def begin(payment: Payment, *, token: str) -> Told:
    """Has the provider authorise the payment, by what the customer chose. Raises
    NoAnswer, Refused."""
    provider, attempt = _of(payment)
    try:
        provider.get_form(attempt, {"token": token})
    except RedirectNeeded as elsewhere:
        return Told(
            id=payment.id,
            status="input",
            reference=attempt.transaction_id,
            url=str(elsewhere),
        )
    return Told(
        id=payment.id,
        status=attempt.status,
        reference=attempt.transaction_id,
        captured=attempt.captured_amount,
    )


def look_up(payment: Payment) -> Told:
    """Raises NoAnswer, Refused (it knows no such payment)."""
    provider, attempt = _of(payment)
    return provider.told(attempt)


def take(payment: Payment) -> Told:
    """Takes until `to_take` is taken in all, as it is asked for now: a later, greater
    sum contains it. Raises NoAnswer, Refused."""
    provider, attempt = _of(payment)
    taken = provider.capture(attempt, payment.to_take)
    more = not provider.takes_once and taken < payment.amount
    status = "preauth" if more else "confirmed"
    return Told(payment.id, status, attempt.transaction_id, captured=taken)


def takes_once(variant: str) -> bool:
    """Whether all that will ever be taken must be taken the first time."""
    return variant in settings.PAYMENT_VARIANTS and provider_of(variant).takes_once


def let_go(payment: Payment) -> None:
    """No more is wanted of it. Raises NoAnswer, Refused."""
    provider, attempt = _of(payment)
    provider.release(attempt)


def give_back(payment: Payment, amount: Decimal, *, id: UUID) -> None:
    """Raises NoAnswer, Refused."""
    provider, attempt = _of(payment)
    provider.refund(attempt, amount, id=id)


def _of(payment: Payment) -> tuple[Provider, Attempt]:
    return provider_of(payment.provider), Attempt.of(payment)
