"""Telling those who wait, once what they wait for is to be had.

What is asked is what the product's page asks: the places that send, and each store's
own rows or, apart, its feed, of which one too old promises nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from retail.alerts.asking import LASTS
from retail.alerts.models import StockAlert
from retail.alerts.notices import BACK, KINDS, write
from retail.channels import atomic
from retail.fulfilment.offering import offer
from retail.fulfilment.shippers import to_send
from retail.notices.models import Notice

__all__ = ["KEPT", "STEP", "forget", "tell"]

STEP = 200  # things looked at together
KEPT = timedelta(days=30)  # told, so that a letter can be looked into
UNANSWERED = timedelta(days=7)  # a question whether it was they


def tell(now: datetime | None = None) -> int:
    """Writes the letters that are due; answers how many. At most eight queries for each
    `STEP` things that somebody waits for, three more where some are back. Not inside a
    transaction."""
    now = now or timezone.now()
    told, last = 0, UUID(int=0)
    waiting = StockAlert.objects.filter(told_at=None, confirmed_at__isnull=False)
    while True:
        things = list(
            waiting.filter(variant__gt=last)
            .order_by("variant")
            .values_list("variant", flat=True)
            .distinct()[:STEP]
        )
        if not things:
            return told
        told += _tell(things, now)
        last = things[-1]


def _tell(things: Sequence[UUID], now: datetime) -> int:
    parcels = to_send(things)
    there = {
        (place.location.id, variant)
        for place in offer(things, now=now)
        if place.soonest() is not None
        for variant, units in place.free.items()
        if units > 0
    }
    waiting = StockAlert.objects.filter(
        variant__in=things, told_at=None, confirmed_at__isnull=False
    )
    back = [
        id
        for id, location, variant in waiting.values_list("id", "location", "variant")
        if ((location, variant) in there if location else parcels.get(variant, 0) > 0)
    ]
    if not back:
        return 0
    with atomic():
        # another sweep that tells some of them now has them locked
        alerts = list(waiting.filter(id__in=back).select_for_update(skip_locked=True))
        StockAlert.objects.filter(id__in=[a.id for a in alerts]).update(told_at=now)
        write(BACK, alerts, at=now)
    return len(alerts)


def forget(now: datetime | None = None) -> int:
    """What was told, never confirmed or asked for too long ago, with its letters. Four
    queries in a transaction of its own."""
    now = now or timezone.now()
    # whatever is old in one of these ways was asked for that long ago
    found = StockAlert.objects.filter(asked_at__lt=now - UNANSWERED)
    old = (
        found.filter(told_at__lt=now - KEPT)
        | found.filter(confirmed_at=None, asked_at__lt=now - UNANSWERED)
        | found.filter(told_at=None, asked_at__lt=now - LASTS)
    )
    with atomic():
        ids = list(old.values_list("id", flat=True)[:1000])
        if ids:
            Notice.objects.filter(subject__in=ids, kind__in=KINDS).delete()
            StockAlert.objects.filter(id__in=ids).delete()
    return len(ids)
