"""Filling the bag: what was found, what is missing, what was decided about it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Sum
from django.utils import timezone

from inventory import reserving, stock
from inventory.ids import derived
from inventory.models import Reservation, ReservationState
from retail.channels import atomic
from retail.fulfilment.models import PickupJob, PickupLine
from retail.fulfilment.sourcing import KIND
from retail.fulfilment.states import PICKUP_MOVES
from retail.fulfilment.telling import make_move

__all__ = [
    "LOST",
    "BadLines",
    "Incomplete",
    "NothingLeft",
    "choose",
    "hold_broken",
    "pick",
    "short",
    "stage",
]

# reasons of a short line that say that the units are not in the store at all
LOST = frozenset({"missing", "damaged", "out_of_date"})


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
        lines = _lines(moved, quantities)
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
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> PickupJob:
    """{position: units that are missing in all}; the customer is asked what to do.

    The missing units are held no longer; where `reason` is one of LOST they leave the
    stock too, because they are not there. Raises BadLines.
    """

    def effect(moved: PickupJob) -> dict[str, Any]:
        lines = _lines(moved, quantities)
        bad = [
            position
            for position, units in quantities.items()
            if not lines[position].short < units
            or units > lines[position].quantity - lines[position].picked
        ]
        if bad or not quantities:
            raise BadLines(bad)
        newly = {
            lines[position].variant_id: units - lines[position].short
            for position, units in quantities.items()
        }
        for position, units in quantities.items():
            lines[position].short = units
        PickupLine.objects.bulk_update(lines.values(), ["short"])
        freed = reserving.release(kind=KIND, reference=str(moved.id), quantities=newly)
        if reason in LOST and freed:
            stock.adjust(
                moved.location,
                {variant: -units for variant, units in freed.items()},
                reason=reason,
                reference=str(event_id),
                by=by,
                at=at,
            )
        return {"reason": reason, "short": {str(p): n for p, n in quantities.items()}}

    return make_move(
        job, "short", effect, by=by, event_id=event_id, at=at, reason=reason
    )


def hold_broken(job_id: UUID, *, by: str, at: datetime | None = None) -> None:
    """A till sold goods that were held for this pickup: what is held no longer becomes
    short. Nothing to do where no store has been asked yet: paying finds out. Inside
    the sale's transaction."""
    at = at or timezone.now()
    with atomic():
        job = PickupJob.objects.select_for_update().filter(id=job_id).first()
        if job is None or job.status not in PICKUP_MOVES["short"].sources:
            return
        held = dict(
            Reservation.objects.filter(
                kind=KIND, reference=str(job_id), state=ReservationState.HELD
            )
            .values_list("variant_id")
            .annotate(units=Sum("quantity"))
        )
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
                event_id=derived(job.id, "hold-broken", job.version),
                at=at,
            )


def choose(
    job: PickupJob,
    *,
    by: str,
    event_id: UUID,
    due: Decimal | None = None,
    at: datetime | None = None,
) -> PickupJob:
    """The customer goes without what is short; `due` is what is then to be paid in
    all. Raises NothingLeft."""

    def effect(moved: PickupJob) -> dict[str, Any]:
        if not moved.lines.filter(quantity__gt=F("short")).exists():
            raise NothingLeft
        if due is not None:
            # never below what was paid: the order's side gives that back
            moved.due = max(due, moved.paid)
            moved.save(update_fields=["due"])
        return {"due": str(moved.due)}

    return make_move(job, "choose", effect, by=by, event_id=event_id, at=at, reason="")


def stage(
    job: PickupJob,
    *,
    shelf: str,
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> PickupJob:
    """The bag stands on its shelf. Raises Incomplete."""

    def effect(moved: PickupJob) -> dict[str, Any]:
        missing = {
            line.position: line.quantity - line.picked - line.short
            for line in moved.lines.all()
            if line.quantity > line.picked + line.short
        }
        if missing:
            raise Incomplete(missing)
        return {"shelf": shelf}

    return make_move(
        job, "stage", effect, by=by, event_id=event_id, at=at, shelf=shelf[:20]
    )


def _lines(job: PickupJob, positions: Mapping[int, int]) -> dict[int, PickupLine]:
    """The job's lines by position. Raises BadLines."""
    lines = {line.position: line for line in job.lines.all()}
    unknown = [position for position in positions if position not in lines]
    if unknown:
        raise BadLines(unknown)
    return lines
