"""Asking to be told when something is to be had again, and taking it back.

Nobody learns from an answer whether an address is known, waits for something, or has
asked too often: all of it looks the same to who types it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from inventory.ids import new_id
from inventory.models import Location, Variant
from inventory.places import Origin
from retail.alerts.models import StockAlert
from retail.alerts.notices import CONFIRM, write
from retail.customers.models import Customer
from retail.customers.own_rows import held

__all__ = [
    "LASTS",
    "MOST",
    "ask",
    "ask_by_letter",
    "confirm",
    "end",
    "waiting_at",
    "waiting_of",
]

MOST = 30  # that one address waits for at a time
LETTERS = 3  # that ask one address to confirm, in a day
DAY = timedelta(days=1)
LASTS = timedelta(days=180)  # after that nobody remembers having asked


def waiting_of(customer: Customer) -> QuerySet[StockAlert]:
    """What this customer waits for, the newest first."""
    return _shown(StockAlert.objects.filter(customer=customer))


def waiting_at(email: str) -> QuerySet[StockAlert]:
    """What this address waits for, confirmed or not, the newest first."""
    return _shown(StockAlert.objects.filter(email=email).exclude(email=""))


def _shown(found: QuerySet[StockAlert]) -> QuerySet[StockAlert]:
    return (
        found.filter(told_at=None)
        .select_related("variant__product__department", "location")
        .order_by("-asked_at", "id")
    )


def ask(
    customer: Customer,
    variant: Variant,
    location: Location | None,
    *,
    language: str,
    at: datetime | None = None,
) -> bool:
    """They are told once. In a transaction; again, it changes nothing. False where they
    wait for as many things as anybody may, or have no address. Raises NotYourRow,
    AlreadyErased."""
    at = at or timezone.now()
    email = held(customer).email
    if not email or waiting_at(email).count() >= MOST:
        return False
    _keep(email, variant, location, customer=customer, language=language, at=at)
    same = StockAlert.objects.filter(
        email=email, variant=variant, location=location, told_at=None
    )
    # what was asked by letter before is theirs too
    same.filter(customer=None).update(confirmed_at=at, customer=customer)
    return True


def ask_by_letter(
    email: str,
    variant: Variant,
    location: Location | None,
    *,
    language: str,
    at: datetime | None = None,
) -> None:
    """A letter asks that address whether it was they; they are told once they said so.
    In a transaction. No letter where one is out for this very thing, where `LETTERS`
    went to the address within a day, or it waits for too much."""
    at = at or timezone.now()
    email = email.strip().lower()
    asked = StockAlert.objects.filter(email=email, confirmed_at=None)
    if asked.filter(asked_at__gt=at - DAY).count() >= LETTERS:
        return
    if waiting_at(email).count() >= MOST:
        return
    kept = _keep(email, variant, location, customer=None, language=language, at=at)
    if kept is not None:
        write(CONFIRM, [kept], at=at)


def _keep(
    email: str,
    variant: Variant,
    location: Location | None,
    *,
    customer: Customer | None,
    language: str,
    at: datetime,
) -> StockAlert | None:
    """None where they wait for it already."""
    made = StockAlert(
        id=new_id(),
        origin=Origin.WEBSHOP,
        customer=customer,
        email=email,
        language=language,
        variant=variant,
        location=location,
        asked_at=at,
        confirmed_at=at if customer else None,
    )
    StockAlert.objects.bulk_create([made], ignore_conflicts=True)
    return made if StockAlert.objects.filter(id=made.id).exists() else None


def confirm(id: UUID, *, at: datetime | None = None) -> bool:
    """It was they. It is then of the customer who has proven the same address, if there
    is one. In a transaction. Whether it waited for this."""
    asked = StockAlert.objects.filter(id=id, confirmed_at=None).exclude(email="")
    found = asked.select_for_update().first()
    if found is None:
        return False
    customer = Customer.objects.filter(
        origin=Origin.WEBSHOP, email=found.email, email_verified_at__isnull=False
    ).first()
    asked.update(confirmed_at=at or timezone.now(), customer=customer)
    return True


def end(alerts: QuerySet[StockAlert]) -> int:
    """They are not told. In a transaction; answers how many there were."""
    return StockAlert.objects.filter(id__in=alerts.values("id")).delete()[0]
