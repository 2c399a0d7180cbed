"""The work on a parcel, of the warehouse or of a store that sends.

Every verb
opens its own transaction (or joins the caller's) and makes one move of
`states.SHIP_MOVES`; the same `event_id` again has no effect. All raise IllegalMove and
IdReused.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from inventory import reserving
from inventory.ids import derived
from inventory.models import LocationKind
from retail.channels import atomic
from retail.fulfilment.models import Fulfilment, ShipJob, ShipLine
from retail.fulfilment.moving import (
    SHIP,
    IdReused,
    IllegalMove,
    NotYours,
    move,
    write_event,
)
from retail.fulfilment.picking import BadLines, Incomplete
from retail.fulfilment.returning import take_back
from retail.fulfilment.sourcing import KIND
from retail.fulfilment.states import ShipStatus
from retail.fulfilment.telling_parcels import tell_parcel
from retail.fulfilment.tracking import BadTracking, checked

__all__ = [
    "BadLines",
    "BadTracking",
    "IdReused",
    "IllegalMove",
    "Incomplete",
    "NotYours",
    "begin",
    "cancel",
    "deliver",
    "job_at",
    "pack",
    "pick",
    "ship",
    "start_picking",
    "take_back",
]

Effect = Callable[[ShipJob], dict[str, Any]]


def job_at(location_id: UUID, id: UUID) -> ShipJob:
    """The parcel, if it is this place's. Raises NotYours."""
    found = (
        ShipJob.objects.filter(id=id, location_id=location_id)
        .select_related("location")
        .first()
    )
    if found is None:
        raise NotYours
    return found


def begin(fulfilment: Fulfilment, *, at: datetime) -> ShipJob:
    """The job of a promise to ship, under its id. Inside `requesting.dispatch`."""
    order = fulfilment.order
    job = ShipJob.objects.create(
        id=fulfilment.id,
        origin=fulfilment.location.channel,
        order_id=order.id,
        order_number=order.number,
        location=fulfilment.location,
        status=ShipStatus.PLACED,
        customer_name=f"{order.first_name} {order.last_name}".strip(),
        address=fulfilment.address,
        version=1,
        placed_at=at,
    )
    ShipLine.objects.bulk_create(
        ShipLine(
            id=derived(job.id, "ship-line", line.order_line.position),
            origin=job.origin,
            job=job,
            position=line.order_line.position,
            variant_id=line.variant_id,
            gtin=line.order_line.gtin,
            title=line.order_line.title,
            quantity=line.quantity - line.dropped,
        )
        for line in fulfilment.lines.select_related("order_line")
    )
    write_event(
        SHIP,
        job,
        "place",
        before="",
        by="system",
        event_id=derived(job.id, "place"),
        at=at,
        data={},
    )
    if job.location.kind == LocationKind.STORE:
        # a till leaves alone what is set apart, and nobody asks a parcel's customer
        reserving.mark_picked(kind=KIND, reference=str(job.id), quantities=_all_of(job))
    tell_parcel(job, by="system", at=at)
    return job


def _all_of(job: ShipJob) -> dict[UUID, int]:
    return dict(job.lines.values_list("variant_id", "quantity"))


def start_picking(
    job: ShipJob, *, by: str, event_id: UUID, at: datetime | None = None
) -> ShipJob:
    return _make_move(job, "start-picking", by=by, event_id=event_id, at=at)


def pick(
    job: ShipJob,
    quantities: Mapping[int, int],
    *,
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> ShipJob:
    """{position: units that lie in the box in all}. Raises BadLines."""

    def effect(moved: ShipJob) -> dict[str, Any]:
        lines = {line.position: line for line in moved.lines.all()}
        bad = [
            position
            for position, units in quantities.items()
            if position not in lines or not 0 <= units <= lines[position].quantity
        ]
        if bad:
            raise BadLines(bad)
        for position, units in quantities.items():
            lines[position].picked = units
        ShipLine.objects.bulk_update(lines.values(), ["picked"])
        if moved.location.kind != LocationKind.STORE:
            reserving.mark_picked(
                kind=KIND,
                reference=str(moved.id),
                quantities={line.variant_id: line.picked for line in lines.values()},
            )
        return {"picked": {str(p): units for p, units in quantities.items()}}

    return _make_move(job, "pick", effect, by=by, event_id=event_id, at=at)


def pack(
    job: ShipJob, *, by: str, event_id: UUID, at: datetime | None = None
) -> ShipJob:
    """Raises Incomplete."""

    def effect(moved: ShipJob) -> dict[str, Any]:
        missing = {
            line.position: line.quantity - line.picked
            for line in moved.lines.all()
            if line.quantity > line.picked
        }
        if missing:
            raise Incomplete(missing)
        return {}

    return _make_move(job, "pack", effect, by=by, event_id=event_id, at=at)


def ship(
    job: ShipJob,
    *,
    tracking: str = "",
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> ShipJob:
    """The goods leave: out of stock, the money is kept, points are earned. Raises
    BadTracking."""
    number = checked(tracking)

    def effect(moved: ShipJob) -> dict[str, Any]:
        reserving.claim(kind=KIND, reference=str(moved.id), by=by, at=at)
        return {"tracking": number}

    return _make_move(
        job,
        "ship",
        effect,
        by=by,
        event_id=event_id,
        at=at,
        tracking=number,
    )


def deliver(
    job: ShipJob, *, by: str, event_id: UUID, at: datetime | None = None
) -> ShipJob:
    at = at or timezone.now()
    return _make_move(job, "deliver", by=by, event_id=event_id, at=at, finished_at=at)


def cancel(
    job: ShipJob,
    *,
    reason: str,
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> ShipJob:
    """The goods go back to the shelf; the order's side gives back what was paid."""
    at = at or timezone.now()

    def effect(moved: ShipJob) -> dict[str, Any]:
        reserving.release(kind=KIND, reference=str(moved.id))
        return {"reason": reason}

    return _make_move(
        job, "cancel", effect, by=by, event_id=event_id, at=at, finished_at=at
    )


def _make_move(
    job: ShipJob,
    name: str,
    effect: Effect | None = None,
    *,
    by: str,
    event_id: UUID,
    at: datetime | None = None,
    **changes: Any,
) -> ShipJob:
    at = at or timezone.now()
    with atomic():
        moved, now = move(
            SHIP, job, name, by=by, event_id=event_id, at=at, effect=effect, **changes
        )
        if now:
            tell_parcel(moved, by=by, at=at)
    return moved
