"""Several orders picked on one walk: each has a tote with a letter."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone

from inventory.ids import derived
from inventory.models import Location, Variant
from retail.channels import atomic
from retail.fulfilment import pickup
from retail.fulfilment.models import PickupEvent, PickupJob, PickupLine
from retail.fulfilment.walking import steps

__all__ = [
    "MOST",
    "Batch",
    "Enough",
    "NotInBatch",
    "Stop",
    "Tote",
    "Want",
    "mine",
    "scanned",
    "take",
]

MOST = 6  # orders on one walk: as many totes as a trolley has room for
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LINK = re.compile(r"/01/(\d{8,14})(?:\D|$)")  # a GS1 Digital Link
BEGIN = ("placed", "accepted")


class NotInBatch(Exception):
    """No order of this walk wants the article."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Enough(Exception):
    """Every order of this walk has all it wants of the article, `title`."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.title = title


@dataclass(frozen=True)
class Tote:
    letter: str
    job: PickupJob
    lines: list[PickupLine]

    @property
    def done(self) -> bool:
        return all(line.picked + line.short == line.quantity for line in self.lines)

    @property
    def units(self) -> int:
        return sum(line.quantity - line.short for line in self.lines)

    @property
    def picked(self) -> int:
        return sum(line.picked for line in self.lines)


@dataclass(frozen=True)
class Want:
    """Units of one article for one tote; `left` are still to be taken."""

    tote: Tote
    line: PickupLine

    @property
    def wanted(self) -> int:
        return self.line.quantity - self.line.short

    @property
    def left(self) -> int:
        return self.wanted - self.line.picked

    @property
    def more(self) -> int:
        return self.line.picked + 1

    @property
    def less(self) -> int:
        return self.line.picked - 1


@dataclass(frozen=True)
class Stop:
    """One article, wherever it goes."""

    variant: Variant
    wants: list[Want] = field(default_factory=list)

    @property
    def left(self) -> int:
        return sum(want.left for want in self.wants)


@dataclass(frozen=True)
class Batch:
    """`stops` in walking order."""

    totes: list[Tote]
    stops: list[Stop]

    @property
    def units(self) -> int:
        return sum(tote.units for tote in self.totes)

    @property
    def picked(self) -> int:
        return sum(tote.picked for tote in self.totes)

    @property
    def todo(self) -> list[Stop]:
        return [stop for stop in self.stops if stop.left]

    @property
    def finished(self) -> list[Stop]:
        return [stop for stop in self.stops if not stop.left]


def take(
    location: Location,
    count: int,
    *,
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> list[PickupJob]:
    """Begin the next orders, the most urgent first: at most `count`, each accepted
    where nobody did yet. The same `event_id` again begins no more. What a colleague
    took meanwhile is passed over: the status decides. A transaction each."""
    at = at or timezone.now()
    begun = set(
        PickupEvent.objects.filter(
            move="start-picking", data__batch=str(event_id), by=by
        ).values_list("job_id", flat=True)
    )
    used = _letters(location, by)
    waiting = (
        PickupJob.objects.filter(location=location, status__in=BEGIN)
        .select_related("location")
        .order_by("ready_by", "placed_at", "id")[: MOST * 4]
    )
    taken: list[PickupJob] = []
    for job in waiting:
        if len(taken) + len(begun) >= min(count, MOST):
            break
        letter = next(each for each in LETTERS if each not in used)
        try:
            taken.append(_begin(job, letter, by=by, event_id=event_id, at=at))
        except pickup.IllegalMove:
            continue
        used.add(letter)
    return taken


def _begin(
    job: PickupJob, letter: str, *, by: str, event_id: UUID, at: datetime
) -> PickupJob:
    with atomic():
        if job.status == "placed":
            accept = derived(event_id, "accept", job.id)
            pickup.accept(job, by=by, event_id=accept, at=at)
        return pickup.start_picking(
            job,
            tote=letter,
            batch=str(event_id),
            by=by,
            event_id=derived(event_id, "start", job.id),
            at=at,
        )


def _letters(location: Location, by: str) -> set[str]:
    """Of the totes that this person has on the trolley or put aside."""
    jobs = PickupJob.objects.filter(
        location=location, picker=by, status__in=["picking", "short"]
    )
    return set(_tote_letters([job.id for job in jobs]).values())


def _tote_letters(job_ids: Sequence[UUID]) -> dict[UUID, str]:
    """As given when they were begun. One query."""
    events = PickupEvent.objects.filter(job_id__in=job_ids, move="start-picking")
    told = events.order_by("at", "id").values_list("job_id", "data")
    return {job_id: data["tote"] for job_id, data in told if data.get("tote")}


def mine(location: Location, by: str) -> Batch:
    """What this person is picking here. Four queries."""
    jobs = list(
        PickupJob.objects.filter(location=location, picker=by, status="picking")
        .select_related("location")
        .order_by("ready_by", "placed_at", "id")
        .prefetch_related(
            Prefetch("lines", PickupLine.objects.order_by("position"), "in_order")
        )
    )
    letters = _tote_letters([job.id for job in jobs])
    # an order that was begun alone has no letter yet: it gets the next free one
    spare = iter(each for each in LETTERS if each not in letters.values())
    totes = [
        Tote(letters.get(job.id) or next(spare), job, job.in_order) for job in jobs
    ]
    totes.sort(key=lambda tote: tote.letter)
    goods = Variant.objects.select_related("product__department").in_bulk(
        [line.variant_id for tote in totes for line in tote.lines]
    )
    stops: dict[UUID, Stop] = {}
    for tote in totes:
        for line in tote.lines:
            if line.quantity > line.short:
                stop = stops.setdefault(line.variant_id, Stop(goods[line.variant_id]))
                stop.wants.append(Want(tote, line))
    walk = sorted(
        stops.values(),
        key=lambda stop: (steps(stop.variant.aisle), stop.variant.product.name),
    )
    return Batch(totes, walk)


def scanned(batch: Batch, text: str) -> Want:
    """Who gets the article that was scanned: the first tote that wants one. Raises
    NotInBatch, Enough."""
    link = LINK.search(text)
    gtin = _bare(link[1] if link else text)
    for stop in batch.stops:
        if gtin and _bare(stop.variant.gtin) == gtin:
            for want in stop.wants:
                if want.left:
                    return want
            raise Enough(stop.variant.product.name)
    raise NotInBatch(text.strip()[:40])


def _bare(text: str) -> str:
    """Barcodes come with or without leading zeros, depending on the scanner."""
    return re.sub(r"\D", "", text).lstrip("0")
