"""The bank of the demonstration, asked as any provider far away."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from payments import PaymentStatus, RedirectNeeded
from payments.core import BasicProvider

from retail.bank import ledger
from retail.bank.cards import Card
from retail.bank.models import Charge, ChargeStatus
from retail.payments.attempts import Attempt, Told
from retail.payments.providers import Event, NoAnswer, Refused, WrongCall
from retail.webhooks.signing import WrongSignature, verified

__all__ = ["DemoProvider"]

STATUS = {
    ChargeStatus.ASKED: PaymentStatus.INPUT,
    ChargeStatus.AUTHORISED: PaymentStatus.PREAUTH,
    ChargeStatus.CAPTURED: PaymentStatus.CONFIRMED,
    ChargeStatus.DECLINED: PaymentStatus.REJECTED,
    ChargeStatus.RELEASED: PaymentStatus.CANCELLED,
}


class DemoProvider(BasicProvider):
    takes_once = False

    def __init__(self, secret: bytes) -> None:
        super().__init__(capture=False)
        self.secret = secret

    def get_form(self, payment: Attempt, data: Mapping[str, str] | None = None) -> Any:
        with _refusals():
            charge = ledger.authorise(
                payment.id,
                amount=payment.total,
                currency=payment.currency,
                card=(data or {}).get("token", ""),
                back=payment.get_success_url(),
                at=timezone.now(),
            )
        payment.transaction_id = _reference(charge.id)
        if charge.card == Card.LOSE:
            raise NoAnswer("the line was cut")
        if charge.card == Card.MUDDLE:
            payment.change_status(PaymentStatus.WAITING)
            return
        payment.change_status(STATUS[ChargeStatus(charge.status)])
        payment.captured_amount = charge.captured
        if charge.status == ChargeStatus.ASKED:
            raise RedirectNeeded(_page(charge))

    def capture(self, payment: Attempt, amount: Decimal | None = None) -> Decimal:
        with _refusals():
            charge, moved = ledger.capture(
                payment.id, in_all=amount or payment.total, at=timezone.now()
            )
        payment.transaction_id = _reference(charge.id)
        if moved and charge.card == Card.LOSE:
            raise NoAnswer("the line was cut")
        return charge.captured

    def release(self, payment: Attempt) -> None:
        with _refusals():
            ledger.release(payment.id, at=timezone.now())

    def refund(
        self, payment: Attempt, amount: Decimal | None = None, *, id: UUID | None = None
    ) -> Decimal:
        wanted = payment.captured_amount if amount is None else amount
        with _refusals():
            ledger.refund(
                payment.id, id=id or payment.id, amount=wanted, at=timezone.now()
            )
        return wanted

    def told(self, payment: Attempt) -> Told:
        charge = Charge.objects.filter(id=payment.id).first()
        if charge is None:
            raise Refused("unknown")
        return _told(charge)

    def listed(self, since: datetime) -> Iterable[Told]:
        return map(_told, ledger.listed(since))

    def event_in(self, body: bytes, headers: Mapping[str, str], at: datetime) -> Event:
        try:
            id = verified(self.secret, headers=headers, body=body, at=at)
        except WrongSignature as error:
            raise WrongCall from error
        # signed by the bank, hence of the bank's own shape
        return Event(id=id, payment=UUID(json.loads(body)["data"]["payment"]))


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except ledger.Refused as error:
        raise Refused(error.why) from error


def _told(charge: Charge) -> Told:
    return Told(
        id=charge.id,
        status=STATUS[ChargeStatus(charge.status)],
        reference=_reference(charge.id),
        captured=charge.captured,
        refunded=charge.refunded,
        currency=charge.currency,
        url=_page(charge) if charge.status == ChargeStatus.ASKED else "",
        at=charge.made_at,
    )


def _page(charge: Charge) -> str:
    path = reverse("bank_asks", args=[charge.page])
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def _reference(id: UUID) -> str:
    return f"demo-{id.hex}"
