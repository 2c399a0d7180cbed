"""The store's work on a pickup, from accepting it to handing it over.

Every verb opens its own transaction (or joins the caller's), makes one move of
`states.PICKUP_MOVES` and tells the order's side. `event_id` is the caller's: the same
id again has no effect and answers the job. All raise IllegalMove and IdReused.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from inventory.reserving import OutOfStock
from inventory.transferring import NotSameOwner, WrongStep
from retail.channels import shared
from retail.fulfilment import awaiting, promises, slots
from retail.fulfilment.awaiting import NoTransfer, await_transfer, transfer_arrived
from retail.fulfilment.breaking import hold_broken
from retail.fulfilment.counter import (
    NAME_CHECK_AFTER,
    IdentityNeeded,
    NotPaid,
    UnknownCode,
    WrongCode,
    find_by_code,
    hand_over,
    needs_identity,
)
from retail.fulfilment.counter_money import NotDue, pay_at_counter
from retail.fulfilment.models import PickupJob
from retail.fulfilment.moving import IdReused, IllegalMove, NotCollectable, NotYours
from retail.fulfilment.offers import BadOffer, Instead
from retail.fulfilment.picking import (
    LOST,
    BadBags,
    BadLines,
    Incomplete,
    NothingLeft,
    choose,
    pick,
    short,
    stage,
)
from retail.fulfilment.telling import end, let_go, make_move
from retail.fulfilment.wishes_met import (
    ExtendedBefore,
    change_collector,
    change_slot,
    extend,
    on_way,
)

__all__ = [
    "LOST",
    "NAME_CHECK_AFTER",
    "BadBags",
    "BadLines",
    "BadOffer",
    "ExtendedBefore",
    "IdReused",
    "IdentityNeeded",
    "IllegalMove",
    "Incomplete",
    "Instead",
    "NoTransfer",
    "NotCollectable",
    "NotDue",
    "NotPaid",
    "NotSameOwner",
    "NotYours",
    "NothingLeft",
    "OutOfStock",
    "UnknownCode",
    "WrongCode",
    "WrongStep",
    "accept",
    "await_transfer",
    "cancel",
    "change_collector",
    "change_slot",
    "check_in",
    "choose",
    "expire",
    "extend",
    "find_by_code",
    "hand_over",
    "hold_broken",
    "job_at",
    "needs_identity",
    "on_way",
    "pay_at_counter",
    "pick",
    "ready",
    "reject",
    "restock",
    "short",
    "stage",
    "start_picking",
    "transfer_arrived",
]


def job_at(location_id: UUID, id: UUID) -> PickupJob:
    """The pickup, if it is this place's. Raises NotYours."""
    found = (
        PickupJob.objects.filter(id=id, location_id=location_id)
        .select_related("location__pickupsetting")
        .first()
    )
    if found is None:
        raise NotYours
    return found


def accept(
    job: PickupJob, *, by: str, event_id: UUID, at: datetime | None = None
) -> PickupJob:
    return make_move(job, "accept", by=by, event_id=event_id, at=at)


def reject(
    job: PickupJob,
    *,
    reason: str,
    by: str,
    event_id: UUID,
    at: datetime | None = None,
    data: dict[str, Any] | None = None,
) -> PickupJob:
    """The store cannot do it; the customer is asked what to do instead."""

    def effect(moved: PickupJob) -> dict[str, Any]:
        _let_go_unfetched(moved)
        return {"reason": reason, **(data or {})}

    return end(job, "reject", effect, by=by, event_id=event_id, at=at, reason=reason)


def start_picking(
    job: PickupJob,
    *,
    tote: str = "",
    batch: str = "",
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> PickupJob:
    """Whoever starts is the one who walks for it; `tote` is its letter on that walk,
    `batch` the act that began several."""
    return make_move(
        job,
        "start-picking",
        lambda _moved: {"tote": tote, "batch": batch} if tote else {},
        by=by,
        event_id=event_id,
        at=at,
        picker=by[:80],
    )


def ready(
    job: PickupJob, *, by: str, event_id: UUID, at: datetime | None = None
) -> PickupJob:
    at = at or timezone.now()
    return make_move(
        job,
        "ready",
        by=by,
        event_id=event_id,
        at=at,
        ready_at=at,
        # who chose a later hour finds the goods still there
        hold_until=promises.hold_until(job.location, max(at, job.slot_start or at)),
    )


def check_in(
    job: PickupJob,
    *,
    place: str = "",
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> PickupJob:
    at = at or timezone.now()
    return make_move(
        job,
        "check-in",
        by=by,
        event_id=event_id,
        at=at,
        place=place[:60],
        checked_in_at=at,
    )


def expire(
    job: PickupJob, *, by: str, event_id: UUID, at: datetime | None = None
) -> PickupJob:
    """Nobody came, or not for all of it. What is still on its shelf stays held."""
    return make_move(job, "expire", by=by, event_id=event_id, at=at)


def restock(
    job: PickupJob, *, by: str, event_id: UUID, at: datetime | None = None
) -> PickupJob:
    """What was not collected lies in the aisle again; the order's side gives the money
    for it back."""
    return end(job, "restock", let_go, by=by, event_id=event_id, at=at)


def cancel(
    job: PickupJob,
    *,
    reason: str,
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> PickupJob:
    """Not to be prepared any more: what is held, laid aside or asked of another store
    for it may be sold."""

    def effect(moved: PickupJob) -> dict[str, Any]:
        _let_go_unfetched(moved)
        awaiting.call_off(moved)
        return {"reason": reason}

    return end(job, "cancel", effect, by=by, event_id=event_id, at=at, reason=reason)


def _let_go_unfetched(job: PickupJob) -> None:
    """Nobody comes for it. On one database its slot is freed here, before the goods:
    its news, which free it elsewhere, come after them, and an order that holds the slot
    and wants the goods would wait for this one, which waits for the slot."""
    if shared():
        slots.give_back_of(job.id)
    let_go(job)
