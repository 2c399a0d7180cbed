"""What is to do at a place: its jobs in the lanes of their states."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Prefetch, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inventory.models import Location, LocationKind
from retail.fulfilment import transfer_list
from retail.fulfilment.models import (
    PickupJob,
    PickupLine,
    ShipEvent,
    ShipJob,
    ShipLine,
)
from retail.fulfilment.states import (
    PICKUP_MOVES,
    PICKUP_OPEN,
    SHIP_MOVES,
    SHIP_OPEN,
    legal,
)

__all__ = ["Card", "Lane", "lanes", "parcels_open", "stamp"]

MOST = 200  # cards on a board; nobody reads more, and the oldest come first
MOST_SENT = 60  # of what has left, the newest
SENT = timedelta(days=14)  # how long a parcel that left stays on the board
# no parcel is sent so long after it was ordered: keeps the search within its index
ORDERED = timedelta(days=60)

# lane → the states of its cards
PICKUP_LANES: dict[str, tuple[str, ...]] = {
    "new": ("placed", "accepted"),
    "picking": ("picking",),
    "waiting": ("short", "awaiting_transfer"),
    "staged": ("staged",),
    "ready": ("ready", "checked_in", "partly_collected"),
    "expired": ("expired",),
}
SHIP_LANES: dict[str, tuple[str, ...]] = {
    "new": ("placed",),
    "picking": ("picking",),
    "packed": ("packed",),
    "sent": ("shipped",),
}
TITLES: dict[str, Promise] = {
    "new": _("New"),
    "picking": _("Picking"),
    "waiting": _("Waiting for others"),
    "staged": _("Staged"),
    "ready": _("Ready"),
    "expired": _("To put back"),
    "packed": _("Packed"),
    "sent": _("Shipped"),
}


@dataclass(frozen=True)
class Card:
    """One job on the board; `moves` are those that are legal now."""

    job: PickupJob | ShipJob
    lines: list[PickupLine] | list[ShipLine]
    moves: list[str]
    units: int
    promised: datetime | None


@dataclass(frozen=True)
class Lane:
    """`name` is for code, `title` for people; the most urgent card comes first."""

    name: str
    title: Promise
    cards: list[Card] = field(default_factory=list)

    @property
    def always(self) -> bool:
        """Whether its place is kept while it is empty."""
        return self.name not in {"waiting", "expired", "sent"}

    @property
    def jobs(self) -> list[PickupJob | ShipJob]:
        return [card.job for card in self.cards]


def lanes(location: Location, *, parcels: bool | None = None) -> list[Lane]:
    """The board of a store (pickups) or a warehouse (parcels), or of the parcels that a
    store sends: jobs with their lines, oldest promise first. Two queries, four where
    parcels are sent."""
    if _packs(location, parcels):
        return _laned(SHIP_LANES, _parcels(location))
    return _laned(PICKUP_LANES, _pickups(location))


def _packs(location: Location, parcels: bool | None) -> bool:
    return location.kind == LocationKind.WAREHOUSE if parcels is None else parcels


def parcels_open(location: Location) -> int:
    """Parcels that a store still has to send. One query."""
    return ShipJob.objects.filter(location=location, status__in=SHIP_OPEN).count()


def stamp(location: Location, *, parcels: bool | None = None) -> str:
    """Changes whenever the board does: for conditional requests. One query."""
    if _packs(location, parcels):
        jobs: QuerySet[Any] = ShipJob.objects.filter(
            location=location, status__in=SHIP_OPEN
        )
        moved = jobs.union(_sent(location).order_by())
    else:
        return _store_stamp(location)
    rows = moved.order_by("id").values_list("id", "version")
    return str(hash(tuple(rows)))


def _store_stamp(location: Location) -> str:
    """Of the pickups and the parcels, and of the transfers that somebody here has to do
    with."""
    jobs = PickupJob.objects.filter(location=location, status__in=PICKUP_OPEN)
    parcels = ShipJob.objects.filter(location=location, status__in=SHIP_OPEN)
    version = Cast("version", CharField())
    rows = (
        jobs.values_list("id", version)
        .union(parcels.values_list("id", version))
        .union(transfer_list.under_way(location).values_list("id", "status"))
        .order_by("id")
    )
    return str(hash(tuple(rows)))


def _sent(location: Location) -> QuerySet[ShipJob]:
    """Parcels on their way, which somebody may still call delivered or back."""
    now = timezone.now()
    left = ShipEvent.objects.filter(job=OuterRef("id"), move="ship", at__gte=now - SENT)
    return ShipJob.objects.filter(
        Exists(left),
        location=location,
        status="shipped",
        placed_at__gte=now - ORDERED,
    )


def _pickups(location: Location) -> Iterable[Card]:
    jobs = (
        PickupJob.objects.filter(location=location, status__in=PICKUP_OPEN)
        .order_by("ready_by", "placed_at", "id")
        .prefetch_related(
            Prefetch("lines", PickupLine.objects.order_by("position"), "in_order")
        )[:MOST]
    )
    for job in jobs:
        lines: list[PickupLine] = job.in_order
        yield Card(
            job=job,
            lines=lines,
            moves=legal(PICKUP_MOVES, job.status),
            units=sum(line.quantity - line.short for line in lines),
            promised=job.ready_by,
        )


def _parcels(location: Location) -> Iterable[Card]:
    in_order = Prefetch("lines", ShipLine.objects.order_by("position"), "in_order")
    open_jobs = (
        ShipJob.objects.filter(location=location, status__in=SHIP_OPEN)
        .order_by("placed_at", "id")
        .prefetch_related(in_order)[:MOST]
    )
    sent = (_sent(location).order_by("-placed_at", "id").prefetch_related(in_order))[
        :MOST_SENT
    ]
    for job in [*open_jobs, *sent]:
        lines: list[ShipLine] = job.in_order  # type: ignore[attr-defined]
        yield Card(
            job=job,
            lines=lines,
            moves=legal(SHIP_MOVES, job.status),
            units=sum(line.quantity for line in lines),
            promised=None,
        )


def _laned(names: dict[str, tuple[str, ...]], cards: Iterable[Card]) -> list[Lane]:
    found = {name: Lane(name, TITLES[name]) for name in names}
    of_status = {status: name for name, states in names.items() for status in states}
    for card in cards:
        found[of_status[card.job.status]].cards.append(card)
    return list(found.values())
