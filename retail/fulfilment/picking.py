"""Filling the bag: what was found, what is missing, what was decided about it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Sum
from django.utils import timezone

from inventory import reserving, stock
from inventory.ids import derived
from inventory.models import Location, Reservation, ReservationState
from retail.channels import atomic
from retail.fulfilment import offers as offering
from retail.fulfilment import setting
from retail.fulfilment.models import PickupJob, PickupLine
from retail.fulfilment.offers import Instead
from retail.fulfilment.sourcing import KIND
from retail.fulfilment.states import PICKUP_MOVES
from retail.fulfilment.telling import make_move

__all__ = [
    "LOST",
    "MOST_BAGS",
    "BadBags",
    "BadLines",
    "Incomplete",
    "NothingLeft",
    "choose",
    "lines_at",
    "lost",
    "pick",
    "short",
    "short_of_holds",
    "stage",
]

# reasons of a short line that say that the units are not in the store at all
LOST = frozenset({"missing", "damaged", "out_of_date"})
MOST_BAGS = 30


class BadBags(Exception):
    """Nobody carries so many bags, or none."""


class BadLines(Exception):
    """Positions that the pickup does not have, or more units than it asks for."""

    def __init__(self, positions: list[int]) -> None:
        super().__init__(positions)
        self.positions = positions


class Incomplete(Exception):
    """Units are neither picked nor short yet: `missing` is {position: units}."""

    def __init__(self, missing: dict[int, int]) -> None:
        super().__init__(missing)
        self.missing = missing


class NothingLeft(Exception):
    """Every unit is short: there is nothing to go on with, only to cancel."""


def pick(
    job: PickupJob,
    quantities: Mapping[int, int],
    *,
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> PickupJob:
    """{position: units that lie in the bag in all}. Raises BadLines."""

    def effect(moved: PickupJob) -> dict[str, Any]:
        lines = lines_at(moved, quantities)
        bad = [
            position
            for position, units in quantities.items()
            if not 0 <= units <= lines[position].quantity - lines[position].short
        ]
        if bad:
            raise BadLines(bad)
        for position, units in quantities.items():
            lines[position].picked = units
        PickupLine.objects.bulk_update(lines.values(), ["picked"])
        reserving.mark_picked(
            kind=KIND,
            reference=str(moved.id),
            quantities={
                line.variant_id: line.picked
                for line in lines.values()
                if line.quantity > line.short
            },
        )
        return {"picked": {str(p): units for p, units in quantities.items()}}

    return make_move(job, "pick", effect, by=by, event_id=event_id, at=at)


def short(
    job: PickupJob,
    quantities: Mapping[int, int],
    *,
    reason: str,
    offers: Sequence[Instead] = (),
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> PickupJob:
    """{position: units that are missing in all}; the customer is asked what to do.

    The missing units are held no longer; where `reason` is one of LOST they leave the
    stock too, because they are not there, and the web stops to offer the article here.
    `offers` are laid aside until the customer chose. Raises BadLines, BadOffer,
    OutOfStock for an offer that is not free.
    """
    at = at or timezone.now()

    def effect(moved: PickupJob) -> dict[str, Any]:
        lines = lines_at(moved, quantities)
        bad = [
            position
            for position, units in quantities.items()
            if not lines[position].short < units
            or units > lines[position].quantity - lines[position].picked
        ]
        if bad or not quantities:
            raise BadLines(bad)
        for position, units in quantities.items():
            lines[position].short = units
        PickupLine.objects.bulk_update(lines.values(), ["short"])
        freed = reserving.release(
            kind=KIND,
            reference=str(moved.id),
            quantities=_beyond_need(moved, lines.values()),
        )
        if reason in LOST:
            lost(moved.location, freed, reason=reason, cause=event_id, by=by, at=at)
        return {
            "reason": reason,
            "short": {str(p): n for p, n in quantities.items()},
            "offers": offering.make(moved, offers, event_id=event_id, at=at),
        }

    return make_move(
        job, "short", effect, by=by, event_id=event_id, at=at, reason=reason
    )


def _held(job: PickupJob) -> dict[UUID, int]:
    """{variant_id: units held for the pickup}."""
    holds = Reservation.objects.filter(
        kind=KIND, reference=str(job.id), state=ReservationState.HELD
    )
    return dict(holds.values_list("variant_id").annotate(units=Sum("quantity")))


def _beyond_need(job: PickupJob, lines: Iterable[PickupLine]) -> dict[UUID, int]:
    """{variant_id: units} that are held and not wanted any more. Not simply what is
    missing: of that, a till may have sold a part already."""
    need: Counter[UUID] = Counter()
    for line in lines:
        need[line.variant_id] += line.quantity - line.short
    return {
        variant_id: units - need[variant_id]
        for variant_id, units in _held(job).items()
        if units > need[variant_id]
    }


def lost(
    location: Location,
    freed: Mapping[UUID, int],
    *,
    reason: str,
    cause: UUID,
    by: str,
    at: datetime,
) -> None:
    """Units that the books have and nobody finds: the books follow, and nothing of
    these articles is promised here until somebody counts or a day has gone."""
    if not freed:
        return
    stock.adjust(
        location,
        {variant_id: -units for variant_id, units in freed.items()},
        reason=reason,
        reference=str(cause),
        by=by,
        at=at,
    )
    for variant_id in freed:
        setting.block(location, variant_id, at=at)


def short_of_holds(
    job: PickupJob, *, cause: str, by: str, at: datetime | None = None
) -> None:
    """What is held for the pickup no longer becomes short, reason "sold". Nothing to do
    where all is held, or where no store works on it: paying finds out."""
    with atomic():
        job = PickupJob.objects.select_for_update(of=("self",)).get(id=job.id)
        if job.status not in PICKUP_MOVES["short"].sources:
            return
        held = _held(job)
        missing = {
            line.position: line.quantity - held.get(line.variant_id, 0)
            for line in job.lines.all()
            if line.quantity - line.short > held.get(line.variant_id, 0)
        }
        if missing:
            short(
                job,
                missing,
                reason="sold",
                by=by,
                event_id=derived(job.id, cause, job.version),
                at=at,
            )


def choose(
    job: PickupJob,
    *,
    take: Mapping[int, int] | None = None,
    by: str,
    event_id: UUID,
    due: Decimal | None = None,
    at: datetime | None = None,
) -> PickupJob:
    """The customer goes on without what is short, and takes what was offered instead:
    {position of the missing line: units}. `due` is what is then to be paid in all.
    What is not taken goes back to the shelf. Raises NothingLeft, BadOffer."""
    at = at or timezone.now()

    def effect(moved: PickupJob) -> dict[str, Any]:
        made = offering.take(moved, take or {}, at=at)
        if not made and not moved.lines.filter(quantity__gt=F("short")).exists():
            raise NothingLeft
        if due is not None:
            # never below what was paid: the order's side gives that back
            moved.due = max(due, moved.paid)
            moved.save(update_fields=["due"])
        return {
            "due": str(moved.due),
            "taken": {str(line.position): line.quantity for line in made},
        }

    return make_move(job, "choose", effect, by=by, event_id=event_id, at=at, reason="")


def stage(
    job: PickupJob,
    *,
    shelf: str,
    bags: int = 1,
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> PickupJob:
    """The bags stand on their shelf. Raises Incomplete, BadBags."""
    if not 1 <= bags <= MOST_BAGS:
        raise BadBags

    def effect(moved: PickupJob) -> dict[str, Any]:
        missing = {
            line.position: line.quantity - line.picked - line.short
            for line in moved.lines.all()
            if line.quantity > line.picked + line.short
        }
        if missing:
            raise Incomplete(missing)
        return {"shelf": shelf, "bags": bags}

    return make_move(
        job,
        "stage",
        effect,
        by=by,
        event_id=event_id,
        at=at,
        shelf=shelf[:20],
        bags=bags,
    )


def lines_at(job: PickupJob, positions: Iterable[int]) -> dict[int, PickupLine]:
    """The job's lines by position. Raises BadLines for a position it does not have."""
    lines = {line.position: line for line in job.lines.all()}
    unknown = [position for position in positions if position not in lines]
    if unknown:
        raise BadLines(unknown)
    return lines
