"""What the bank does with money, each act idempotent by the merchant's id and in a
transaction of its own."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import F

from retail.bank.cards import Card
from retail.bank.models import Charge, ChargeStatus, Event, Repayment
from retail.channels import head_office_atomic

__all__ = [
    "LAPSES",
    "Refused",
    "answer",
    "authorise",
    "be_silent",
    "capture",
    "forget_all",
    "lapse",
    "listed",
    "refund",
    "release",
]

# How long a bank keeps money for a merchant who does not take it.
LAPSES = timedelta(days=7)
CURRENCY = "EUR"
AT_ONCE = timedelta(seconds=1)
LATE = timedelta(seconds=12)
LESS_LATE = timedelta(seconds=4)

FIRST = {
    Card.APPROVE: ChargeStatus.AUTHORISED,
    Card.LOSE: ChargeStatus.AUTHORISED,
    Card.ASK: ChargeStatus.ASKED,
    Card.MUDDLE: ChargeStatus.AUTHORISED,
}


class Refused(Exception):
    """The bank does not do this: `why` is a word, for the merchant's log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def authorise(
    id: UUID, *, amount: Decimal, currency: str, card: str, back: str, at: datetime
) -> Charge:
    """Keeps the money for the merchant, or declines, or has the cardholder asked at the
    charge's page. A card that this bank never gave out is declined. Raises Refused
    (another amount under the same id, no such money)."""
    if amount <= 0 or currency != CURRENCY:
        raise Refused("amount")
    known = card in FIRST
    made = Charge(
        id=id,
        page=secrets.token_urlsafe(32),
        # what somebody typed who has no card is not kept
        card=card if known else Card.DECLINE,
        amount=amount,
        currency=currency,
        status=FIRST[Card(card)] if known else ChargeStatus.DECLINED,
        back=back,
        made_at=at,
        authorised_until=at + LAPSES,
    )
    with head_office_atomic():
        Charge.objects.bulk_create([made], ignore_conflicts=True)
        charge = Charge.objects.get(id=id)
        if charge.amount != amount or charge.currency != currency:
            raise Refused("id reused")
        if charge.page == made.page:
            _told_of_beginning(charge, at)
    return charge


def _told_of_beginning(charge: Charge, at: datetime) -> None:
    if charge.card == Card.MUDDLE:
        _tell(charge, ChargeStatus.ASKED, at, after=LATE, times=2)
        _tell(charge, ChargeStatus.AUTHORISED, at, after=LESS_LATE, times=2)
    elif charge.status != ChargeStatus.ASKED:
        _tell(charge, charge.status, at)


def answer(charge: Charge, *, yes: bool, at: datetime) -> Charge:
    """The cardholder's own word at the bank's page; the first one counts."""
    said = ChargeStatus.AUTHORISED if yes else ChargeStatus.DECLINED
    with head_office_atomic():
        asked = Charge.objects.filter(id=charge.id, status=ChargeStatus.ASKED)
        if asked.update(status=said, authorised_until=at + LAPSES):
            _tell(charge, said, at)
    charge.refresh_from_db()
    return charge


def capture(id: UUID, *, in_all: Decimal, at: datetime) -> tuple[Charge, bool]:
    """Takes of what was authorised until so much is taken `in_all`: `(charge, whether
    it moved just now)`. The same asked again, or less, moves nothing. Raises Refused."""
    with head_office_atomic():
        charge = _locked(id)
        if 0 < in_all <= charge.captured:
            return charge, False
        if charge.status != ChargeStatus.AUTHORISED or not 0 < in_all <= charge.amount:
            raise Refused(charge.status)
        if charge.authorised_until is not None and charge.authorised_until < at:
            raise Refused("lapsed")
        charge.captured = in_all
        if charge.captured == charge.amount:
            charge.status = ChargeStatus.CAPTURED
        charge.save(update_fields=["status", "captured"])
        _tell(charge, ChargeStatus.CAPTURED, at)
    return charge, True


def release(id: UUID, *, at: datetime) -> Charge:
    """The merchant wants no more of it. Raises Refused where all was taken."""
    with head_office_atomic():
        charge = _locked(id)
        if charge.status in {ChargeStatus.AUTHORISED, ChargeStatus.ASKED}:
            _end(charge, at)
        elif charge.captured == charge.amount:
            raise Refused(charge.status)
    return charge


def lapse(at: datetime) -> int:
    """What no merchant took in time is the cardholder's again; answers how many."""
    with head_office_atomic():
        kept = Charge.objects.filter(
            status=ChargeStatus.AUTHORISED, authorised_until__lt=at
        )
        over = list(kept.select_for_update(skip_locked=True)[:500])
        for charge in over:
            _end(charge, at)
    return len(over)


def _end(charge: Charge, at: datetime) -> None:
    taken = charge.captured > 0
    charge.status = ChargeStatus.CAPTURED if taken else ChargeStatus.RELEASED
    charge.save(update_fields=["status"])
    _tell(charge, ChargeStatus.RELEASED, at)


def refund(charge_id: UUID, *, id: UUID, amount: Decimal, at: datetime) -> Charge:
    """Gives so much of it back. Raises Refused (more than was taken, another amount
    under the same id)."""
    with head_office_atomic():
        charge = _locked(charge_id)
        before = Repayment.objects.filter(id=id).first()
        if before is not None:
            if (before.charge_id, before.amount) != (charge_id, amount):
                raise Refused("id reused")
            return charge
        if not 0 < amount <= charge.captured - charge.refunded:
            raise Refused("amount")
        Repayment.objects.create(id=id, charge=charge, amount=amount, at=at)
        Charge.objects.filter(id=charge_id).update(refunded=F("refunded") + amount)
        _tell(charge, "refunded", at)
    charge.refresh_from_db()
    return charge


def listed(since: datetime) -> Iterable[Charge]:
    """The merchant's statement: every charge made since then, oldest first."""
    return Charge.objects.filter(made_at__gte=since).order_by("made_at", "id")


def forget_all() -> None:
    """A demo begins anew."""
    Charge.objects.all().delete()


def be_silent() -> None:
    """Whatever was to be told is known."""
    Event.objects.update(times=0)


def _locked(id: UUID) -> Charge:
    charge = Charge.objects.select_for_update().filter(id=id).first()
    if charge is None:
        raise Refused("unknown")
    return charge


def _tell(
    charge: Charge,
    kind: str,
    at: datetime,
    *,
    after: timedelta = AT_ONCE,
    times: int = 1,
) -> None:
    Event.objects.create(
        charge=charge, kind=f"payment.{kind}", at=at, due_at=at + after, times=times
    )
