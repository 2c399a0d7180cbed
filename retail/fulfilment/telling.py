"""A pickup's move, its event and the news of it to the order's side, in one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from inventory import reserving
from retail.channels import Channel, atomic
from retail.fulfilment.models import PickupJob
from retail.fulfilment.moving import PICKUP, move
from retail.fulfilment.sourcing import KIND
from retail.messages.outbox import tell

__all__ = ["Effect", "end", "full_state", "let_go", "make_move", "tell_moved"]

Effect = Callable[[PickupJob], dict[str, Any]]


def make_move(
    job: PickupJob,
    name: str,
    effect: Effect | None = None,
    *,
    by: str,
    event_id: UUID,
    at: datetime | None = None,
    **changes: Any,
) -> PickupJob:
    """`moving.move` in a transaction of its own, and its news. A move that was made
    before is not told again: its news went out with it."""
    at = at or timezone.now()
    with atomic():
        moved, now = move(
            PICKUP,
            job,
            name,
            by=by,
            event_id=event_id,
            at=at,
            effect=effect,
            **changes,
        )
        if now:
            tell_moved(moved, name, by=by, at=at)
    return moved


def end(
    job: PickupJob,
    name: str,
    effect: Effect,
    *,
    by: str,
    event_id: UUID,
    at: datetime | None = None,
    **changes: Any,
) -> PickupJob:
    """A move after which nobody works on the pickup any more."""
    at = at or timezone.now()
    return make_move(
        job, name, effect, by=by, event_id=event_id, at=at, finished_at=at, **changes
    )


def let_go(job: PickupJob) -> dict[str, Any]:
    """An effect: what is still held for the pickup may be sold to others."""
    reserving.release(kind=KIND, reference=str(job.id))
    return {}


def tell_moved(job: PickupJob, name: str, *, by: str, at: datetime) -> None:
    """Tell the order's side the whole state, with its version: it needs no earlier
    message to understand this one, and takes no older one after it."""
    tell(
        Channel(job.order_origin),
        "pickup.moved",
        subject=job.id,
        payload={**full_state(job), "move": name, "by": by, "at": at.isoformat()},
        origin=Channel(job.origin),
        at=at,
    )


def full_state(job: PickupJob) -> dict[str, Any]:
    return {
        "version": job.version,
        "status": job.status,
        "reason": job.reason,
        "ready_by": _iso(job.ready_by),
        "ready_at": _iso(job.ready_at),
        "hold_until": _iso(job.hold_until),
        "due": str(job.due),
        "paid": str(job.paid),
        "lines": [
            {
                "position": line.position,
                "quantity": line.quantity,
                "picked": line.picked,
                "short": line.short,
                "collected": line.collected,
            }
            for line in job.lines.order_by("position")
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
