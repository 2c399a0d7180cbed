"""Signs in the tills' tickets that somebody should look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Q
from django.db.models.functions import TruncDate

from pos.clocks import STRANGE
from pos.models import Ticket, TicketKind
from pos.receipts import number_of


@dataclass(frozen=True)
class BusyCard:
    """One customer on many tickets of one till in one day, the last of them `at`.
    `sellers` are first names; `own`: one of them is the customer, as far as an e-mail
    address tells."""

    at: datetime
    till: str
    place: str
    customer: str
    tickets: int
    sellers: tuple[str, ...]
    own: bool = False


@dataclass(frozen=True)
class OddClock:
    """A ticket whose time is not that of its arrival."""

    number: str
    till: str
    place: str
    seller: str
    claimed: datetime
    arrived: datetime


@dataclass(frozen=True)
class FromTills:
    cards: list[BusyCard]
    clocks: list[OddClock]


def signs(
    *, since: datetime, tickets: int, own: Mapping[UUID, Iterable[UUID]], most: int
) -> FromTills:
    """Of tickets that arrived since then: customers on more than `tickets` sales of one
    till in one day, and employees' `own` customer rows on any that they rang up
    themselves; and clocks that are off. Two queries."""
    return FromTills(_cards(since, tickets, own, most), _clocks(since, most))


def _cards(
    since: datetime, tickets: int, own: Mapping[UUID, Iterable[UUID]], most: int
) -> list[BusyCard]:
    themselves = Q(pk__in=[])
    for employee, customers in own.items():
        themselves |= Q(employee_id=employee, customer_id__in=list(customers))
    found = (
        Ticket.objects.filter(
            kind=TicketKind.SALE, received_at__gte=since, customer_id__isnull=False
        )
        .values("till__name", "till__location__name", "customer_id", "customer_name")
        .annotate(
            day=TruncDate("received_at"),
            at=Max("received_at"),
            n=Count("id"),
            by_themselves=Count("id", filter=themselves),
            sellers=ArrayAgg("employee_name", distinct=True),
        )
        .filter(Q(n__gt=tickets) | Q(by_themselves__gt=0))
        .order_by("-by_themselves", "-n", "-at")[:most]
    )
    return [
        BusyCard(
            at=each["at"],
            till=each["till__name"],
            place=each["till__location__name"],
            customer=each["customer_name"],
            tickets=each["n"],
            sellers=tuple(each["sellers"]),
            own=each["by_themselves"] > 0,
        )
        for each in found
    ]


def _clocks(since: datetime, most: int) -> list[OddClock]:
    found = (
        Ticket.objects.filter(STRANGE, received_at__gte=since)
        .select_related("till__location")
        .order_by("-received_at")[:most]
    )
    return [
        OddClock(
            number=number_of(each),
            till=each.till.name,
            place=each.till.location.name,
            seller=each.employee_name,
            claimed=each.sold_at,
            arrived=each.received_at,
        )
        for each in found
    ]
