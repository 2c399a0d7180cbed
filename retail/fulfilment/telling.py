"""A pickup's move, its event and the news of it to the order's side, in one."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from inventory import reserving
from inventory.models import Transfer, TransferStatus
from retail.channels import Channel, atomic
from retail.channels.crashing import crash_point
from retail.fulfilment import offers
from retail.fulfilment.models import PickupJob, PickupLine
from retail.fulfilment.moving import (
    PICKUP,
    IllegalMove,
    done_before,
    move,
    write_event,
)
from retail.fulfilment.sourcing import KIND
from retail.fulfilment.states import PICKUP_MOVES, PickupStatus, legal
from retail.messages.outbox import tell

__all__ = [
    "Effect",
    "end",
    "full_state",
    "let_go",
    "make_move",
    "make_note",
    "tell_moved",
]

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
    crash_point("after_move")
    return moved


def make_note(
    job: PickupJob,
    name: str,
    *,
    states: Iterable[str],
    by: str,
    event_id: UUID,
    at: datetime | None = None,
    data: dict[str, Any],
    **changes: Any,
) -> PickupJob:
    """An event that moves nothing (`states.PICKUP_NOTES`), what it changes, and its
    news, in a transaction of its own. Raises IllegalMove outside of `states`, IdReused.
    """
    at = at or timezone.now()
    with atomic():
        locked = PickupJob.objects.select_for_update(of=("self",)).get(id=job.id)
        if done_before(PICKUP, locked, name, event_id):
            return locked
        if locked.status not in states:
            raise IllegalMove(
                move=name,
                status=locked.status,
                allowed=legal(PICKUP_MOVES, locked.status),
            )
        PickupJob.objects.filter(id=job.id).update(version=F("version") + 1, **changes)
        locked.refresh_from_db()
        write_event(
            PICKUP,
            locked,
            name,
            before=locked.status,
            by=by,
            event_id=event_id,
            at=at,
            data=data,
        )
        tell_moved(locked, name, by=by, at=at)
    return locked


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
    """An effect: what is still held or laid aside for the pickup may be sold again."""
    reserving.release(kind=KIND, reference=str(job.id))
    offers.let_go(job)
    return {}


def tell_moved(
    job: PickupJob,
    name: str,
    *,
    by: str,
    at: datetime,
    lines: Iterable[PickupLine] | None = None,
) -> None:
    """Tell the order's side the whole state, with its version: it needs no earlier
    message to understand this one, and takes no older one after it. `lines` are the
    job's, where the caller has just written them."""
    tell(
        Channel(job.order_origin),
        "pickup.moved",
        subject=job.id,
        payload={
            **full_state(job, lines),
            "move": name,
            "by": by,
            "at": at.isoformat(),
        },
        origin=Channel(job.origin),
        at=at,
    )


def full_state(
    job: PickupJob, lines: Iterable[PickupLine] | None = None
) -> dict[str, Any]:
    """`offers` are the open ones, `position` that of the missing line; a line that
    `replaces` another is one that the order's side may not know yet. `awaiting` names
    the store that the missing goods come from. One query, two where the job waits."""
    return {
        "version": job.version,
        "status": job.status,
        "reason": job.reason,
        "ready_by": _iso(job.ready_by),
        "ready_at": _iso(job.ready_at),
        "hold_until": _iso(job.hold_until),
        "slot_start": _iso(job.slot_start),
        "slot_end": _iso(job.slot_end),
        "on_way_at": _iso(job.on_way_at),
        "extended_at": _iso(job.extended_at),
        # how the order's side knows that the named collector is the newest one
        "collector_hash": job.collector_hash,
        "bags": job.bags,
        "due": str(job.due),
        "paid": str(job.paid),
        "awaiting": _awaiting(job),
        "offers": _offers(job),
        "lines": [
            {
                "position": line.position,
                "variant": str(line.variant_id),
                "gtin": line.gtin,
                "title": line.title,
                "quantity": line.quantity,
                "picked": line.picked,
                "short": line.short,
                "collected": line.collected,
                "replaces": line.replaces,
            }
            for line in lines or job.lines.order_by("position")
        ],
    }


def _offers(job: PickupJob) -> list[dict[str, Any]]:
    if job.status != PickupStatus.SHORT:
        return []
    return [
        {
            "position": offer.position,
            "variant": str(offer.variant_id),
            "gtin": offer.gtin,
            "title": offer.title,
            "quantity": offer.quantity,
        }
        for offer in offers.open_ones(job)
    ]


def _awaiting(job: PickupJob) -> str:
    if job.status != PickupStatus.AWAITING_TRANSFER:
        return ""
    names = Transfer.objects.filter(
        reference=str(job.id), status__in=[TransferStatus.ASKED, TransferStatus.SENT]
    ).values_list("source__name", flat=True)
    return names.first() or ""


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
