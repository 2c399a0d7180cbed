"""The store's side of the post, about coming for the goods: on the way, here, later, at
another hour, somebody else. Each handler may be offered its message twice or late."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from inventory.ids import derived
from retail.fulfilment import deadlines, pickup, wishes_met
from retail.fulfilment.answering import locked, refuse
from retail.fulfilment.states import PICKUP_MOVES, PICKUP_OPEN, PickupStatus
from retail.fulfilment.telling import make_note

__all__ = [
    "on_check_in_requested",
    "on_collector_changed",
    "on_due_told",
    "on_extend_requested",
    "on_slot_changed",
    "on_way_told",
]


def on_check_in_requested(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.check_in_requested`. Raises TooEarly."""
    job = locked(subject)
    if job.status in PICKUP_MOVES["check-in"].sources:
        pickup.check_in(
            job,
            place=payload["place"],
            by=payload["by"],
            event_id=derived(subject, "check-in", payload["at"]),
            at=at,
        )
    elif job.status != PickupStatus.CHECKED_IN:
        refuse(job, "check_in", by="system", at=at)


def on_way_told(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.on_way_told`. Where it comes too late there is nobody to
    answer: the customer is told of the end by its own news. Raises TooEarly."""
    job = locked(subject)
    said_at = datetime.fromisoformat(payload["at"])
    if job.on_way_at is not None and job.on_way_at >= said_at:
        return  # an older word than the one that counts
    if job.status in wishes_met.WAITING:
        wishes_met.on_way(
            job,
            minutes=payload["minutes"],
            place=payload["place"],
            by=payload["by"],
            event_id=derived(subject, "on-way", payload["at"]),
            at=said_at,
        )


def on_due_told(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.due_told`: so much is still to be paid before the goods leave.
    Of a pickup that has ended the order's side learns by its own news. Raises TooEarly.
    """
    job = locked(subject)
    if job.status in PICKUP_OPEN:
        make_note(
            job,
            "due",
            states=PICKUP_OPEN,
            by=payload["by"],
            event_id=derived(subject, "due", payload["at"]),
            at=at,
            data={"due": payload["due"]},
            due=job.paid + Decimal(payload["due"]),
        )


def on_extend_requested(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.extend_requested`: the store, who knows its hours, says until
    when. Raises TooEarly."""
    job = locked(subject)
    may = job.status in PICKUP_MOVES["extend"].sources and job.extended_at is None
    if may and job.hold_until is not None:
        wishes_met.extend(
            job,
            until=deadlines.extended_until(job.location, job.hold_until),
            by=payload["by"],
            event_id=derived(subject, "extend"),
            at=at,
        )
    else:
        refuse(job, "extend", by="system", at=at)


def on_collector_changed(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.collector_changed`. Raises TooEarly."""
    job = locked(subject)
    if job.status in wishes_met.BEFORE_COUNTER:
        wishes_met.change_collector(
            job,
            name=payload["collector_name"],
            collector_hash=payload["collector_hash"],
            code_hash=payload["code_hash"],
            by=payload["by"],
            event_id=derived(subject, "change-collector", payload["at"]),
            at=at,
        )
    else:
        refuse(job, "collector", by="system", at=at)


def on_slot_changed(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.slot_changed`. Raises TooEarly."""
    job = locked(subject)
    if job.status in wishes_met.BEFORE_COUNTER:
        wishes_met.change_slot(
            job,
            slot_start=datetime.fromisoformat(payload["slot_start"]),
            slot_end=datetime.fromisoformat(payload["slot_end"]),
            by=payload["by"],
            event_id=derived(subject, "change-slot", payload["at"]),
            at=at,
        )
    else:
        refuse(job, "slot", by="system", at=at)
