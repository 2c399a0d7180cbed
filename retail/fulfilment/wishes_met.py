"""The store does what a customer wished about coming: later, soon, at another hour, or
somebody else."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from retail.fulfilment import promises
from retail.fulfilment.models import PickupJob
from retail.fulfilment.states import PICKUP_OPEN, PickupStatus
from retail.fulfilment.telling import make_move, make_note

__all__ = [
    "BEFORE_COUNTER",
    "WAITING",
    "ExtendedBefore",
    "change_collector",
    "change_slot",
    "extend",
    "on_way",
]

# nobody stands at the counter yet, and nothing has left
BEFORE_COUNTER = frozenset(PICKUP_OPEN) - {
    PickupStatus.CHECKED_IN,
    PickupStatus.PARTLY_COLLECTED,
    PickupStatus.EXPIRED,
}
WAITING = frozenset({PickupStatus.READY, PickupStatus.PARTLY_COLLECTED})


class ExtendedBefore(Exception):
    """The bags are kept longer once, not twice."""


def extend(
    job: PickupJob,
    *,
    until: datetime,
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> PickupJob:
    """The bags wait until then. Opens its own transaction. Raises IllegalMove,
    ExtendedBefore."""
    at = at or timezone.now()

    def effect(moved: PickupJob) -> dict[str, Any]:
        if moved.extended_at is not None:
            raise ExtendedBefore
        before = moved.hold_until
        moved.extended_at, moved.hold_until = at, until
        moved.save(update_fields=["extended_at", "hold_until"])
        return {"before": before.isoformat() if before else None}

    return make_move(job, "extend", effect, by=by, event_id=event_id, at=at)


def on_way(
    job: PickupJob,
    *,
    minutes: int,
    place: str = "",
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> PickupJob:
    """Somebody will be here in some minutes. Raises IllegalMove."""
    at = at or timezone.now()
    return make_note(
        job,
        "on-way",
        states=WAITING,
        by=by,
        event_id=event_id,
        at=at,
        data={"minutes": minutes, "place": place[:60]},
        on_way_at=at,
        **({"place": place[:60]} if place else {}),
    )


def change_collector(
    job: PickupJob,
    *,
    name: str,
    collector_hash: str,
    code_hash: str,
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> PickupJob:
    """Another person collects; an older collector's code opens nothing from now on.
    Raises IllegalMove."""
    return make_note(
        job,
        "collector",
        states=BEFORE_COUNTER,
        by=by,
        event_id=event_id,
        at=at,
        data={"named": bool(name)},
        collector_name=name[:80],
        collector_hash=collector_hash,
        code_hash=code_hash,
    )


def change_slot(
    job: PickupJob,
    *,
    slot_start: datetime,
    slot_end: datetime,
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> PickupJob:
    """The customer means to come then: an earlier hour is prepared for, and until a
    later one the goods wait. Raises IllegalMove."""
    changes: dict[str, Any] = {}
    if job.ready_by is not None and slot_start < job.ready_by:
        changes["ready_by"] = slot_start
    if job.hold_until is not None:
        until = promises.hold_until(job.location, slot_start)
        changes["hold_until"] = max(job.hold_until, until)
    return make_note(
        job,
        "slot",
        states=BEFORE_COUNTER,
        by=by,
        event_id=event_id,
        at=at,
        data={"slot_start": slot_start.isoformat()},
        slot_start=slot_start,
        slot_end=slot_end,
        **changes,
    )
