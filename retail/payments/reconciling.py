"""Our payments and each provider's own list, side by side.

What is safe is put right: news that never came is booked, money for an order that wants
none goes back, a refund that never arrived is sent again. The rest is kept as a
`Difference` until it is gone or a person has dealt with it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from payments import PaymentStatus as Said

from inventory.money import ZERO
from retail.orders.booking import WrongSum, book
from retail.orders.taking import follow, to_follow
from retail.payments import providers
from retail.payments.capturing import send_refunds_of
from retail.payments.models import Payment, PaymentMethod, PaymentStatus
from retail.payments.providers import Told
from retail.settlement import differing
from retail.settlement.differing import Found
from retail.settlement.models import Kind

__all__ = ["LOOKS_BACK", "SETTLES", "Report", "reconcile"]

logger = logging.getLogger(__name__)

# Payments younger than this may still be on their way.
SETTLES = timedelta(minutes=2)
# Longer than a bank keeps an authorisation.
LOOKS_BACK = timedelta(days=10)
# A customer has left a page of their bank that was open for so long.
STUCK = timedelta(hours=24)
# Payments that are asked for by their ids at once: a statement takes 65,535 values.
TOGETHER = 10_000
RESERVED = PaymentStatus.AUTHORISED
OPEN = {Said.WAITING, Said.INPUT}


@dataclass
class Report:
    """`compared` payments, `healed` {payment id: what was done}, `differences` that are
    open now, `away` providers that did not answer."""

    compared: int = 0
    healed: dict[str, str] = field(default_factory=dict)
    differences: list[Found] = field(default_factory=list)
    away: list[str] = field(default_factory=list)


def reconcile(now: datetime, *, since: timedelta = LOOKS_BACK) -> Report:
    """Of all providers that are set up. Asks them, so never inside a transaction; the
    webshop is pinned, for web orders alone are paid online. Again without effect."""
    report = Report()
    for provider in settings.PAYMENT_VARIANTS:
        try:
            told = list(providers.provider_of(provider).listed(now - since))
        except (providers.NoAnswer, providers.Refused):
            report.away.append(provider)
            continue
        found = list(_compared(provider, told, now, since, report))
        differing.keep(provider, found, at=now)
        report.differences += found
    return report


def _compared(
    provider: str,
    listed: Iterable[Told],
    now: datetime,
    since: timedelta,
    report: Report,
) -> Iterator[Found]:
    theirs = {each.id or each.reference: each for each in listed}
    ids = [each for each in theirs if isinstance(each, UUID)]
    online = Payment.objects.select_related("order").filter(
        provider=provider, method=PaymentMethod.ONLINE
    )
    asked = online.filter(asked_at__gte=now - since, asked_at__lte=now - SETTLES)
    ours = {each.id: each for each in asked}
    rest = [id for id in ids if id not in ours]
    for start in range(0, len(rest), TOGETHER):
        some = online.filter(id__in=rest[start : start + TOGETHER])
        ours |= {each.id: each for each in some}
    for id, told in theirs.items():
        report.compared += 1
        payment = ours.pop(id, None) if isinstance(id, UUID) else None
        if payment is None:
            yield from _unknown_here(provider, str(id), told)
        elif payment.asked_at is None or payment.asked_at <= now - SETTLES:
            yield from _differences(payment, told, now, report)
    for payment in ours.values():
        report.compared += 1
        yield from _unknown_there(payment, now, report)


def _unknown_here(provider: str, id: str, told: Told) -> Iterator[Found]:
    """Money of ours that no order knows: what became of the order is for a person."""
    held = told.captured - told.refunded
    if held > 0 or told.status == Said.PREAUTH:
        yield Found(id, Kind.MISSING_HERE, "", None, held)


def _unknown_there(payment: Payment, now: datetime, report: Report) -> Iterator[Found]:
    """Asked for, but not on the list: it never arrived, or we hold money that nobody
    paid."""
    if payment.captured > 0 or payment.status == RESERVED:
        held = payment.captured or payment.amount
        yield _found(payment, Kind.MISSING_THERE, held, None)
    elif payment.status == PaymentStatus.PENDING:
        told = Told(payment.id, Said.ERROR, "")
        _heal(payment, told, now, report)


def _differences(
    payment: Payment, told: Told, now: datetime, report: Report
) -> Iterator[Found]:
    reserved = payment.status == RESERVED
    news = payment.captured == 0 and told.captured > told.refunded
    held = told.status == Said.PREAUTH
    over = payment.status == PaymentStatus.PENDING and told.status not in OPEN
    if news or over or held != reserved:
        told = _heal(payment, told, now, report)
        payment.refresh_from_db()
    if to_follow(payment):
        told = _followed(payment, told, now, report)
        payment.refresh_from_db()
    if told.refunded < payment.refunded and send_refunds_of(payment):
        report.healed[str(payment.id)] = "refunded"
        told = _again(payment, told)
    wanted = max(payment.captured, payment.to_take)
    if told.captured != wanted:
        yield _found(payment, Kind.CAPTURED, wanted, told.captured)
    elif told.refunded != payment.refunded:
        yield _found(payment, Kind.REFUNDED, payment.refunded, told.refunded)
    waits = payment.status == PaymentStatus.PENDING and payment.made_at < now - STUCK
    if waits or (told.status == Said.PREAUTH) != (payment.status == RESERVED):
        yield _found(payment, Kind.STUCK, payment.captured, told.captured)


def _followed(payment: Payment, told: Told, now: datetime, report: Report) -> Told:
    """Has the provider take, or let go, what our books say."""
    try:
        followed = follow(payment, at=now)
    except (providers.NoAnswer, providers.Refused, WrongSum) as error:
        logger.warning("payment %s: %s", payment.id, type(error).__name__)
    else:
        report.healed[str(payment.id)] = str(followed.status)
    return _again(payment, told)


def _heal(payment: Payment, told: Told, now: datetime, report: Report) -> Told:
    """Books what was told, and asks again how things stand then."""
    try:
        booked = book(payment, told, at=now)
    except (providers.NoAnswer, providers.Refused, WrongSum) as error:
        logger.warning("payment %s: %s", payment.id, type(error).__name__)
    else:
        report.healed[str(payment.id)] = str(booked.status)
    return _again(payment, told)


def _again(payment: Payment, told: Told) -> Told:
    try:
        return providers.look_up(payment)
    except (providers.NoAnswer, providers.Refused):
        return told


def _found(
    payment: Payment, kind: Kind, ours: Decimal | None, theirs: Decimal | None
) -> Found:
    return Found(
        str(payment.id),
        kind,
        payment.order.number,
        ours,
        ZERO if theirs is None else theirs,
    )
