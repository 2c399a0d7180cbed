"""At the counter: the code, the money still due, and the goods that leave."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from inventory import reserving
from inventory.ids import derived
from inventory.models import Location
from retail.channels import Channel, atomic
from retail.fulfilment import codes
from retail.fulfilment.models import PickupJob, PickupLine
from retail.fulfilment.moving import (
    PICKUP,
    NotCollectable,
    NotYours,
    done_before,
    write_event,
)
from retail.fulfilment.sourcing import KIND
from retail.fulfilment.states import PICKUP_MOVES, legal
from retail.fulfilment.telling import end
from retail.messages.outbox import tell

__all__ = [
    "NAME_CHECK_AFTER",
    "NotDue",
    "NotPaid",
    "UnknownCode",
    "WrongCode",
    "find_by_code",
    "hand_over",
    "pay_at_counter",
]

# After so many wrong codes a person must look at a proof of the name.
NAME_CHECK_AFTER = 5


class UnknownCode(Exception):
    """No pickup of this store has such a code."""


class WrongCode(Exception):
    """Not this pickup's code; `left` more may be tried before the name is checked."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


class NotPaid(Exception):
    """`due` is to be paid before the goods leave."""

    def __init__(self, due: Decimal) -> None:
        super().__init__(due)
        self.due = due


class NotDue(Exception):
    """What was paid is not what is due; `due` is."""

    def __init__(self, due: Decimal) -> None:
        super().__init__(due)
        self.due = due


def find_by_code(location: Location, code: str) -> PickupJob:
    """The pickup of this store that the code fetches, also when it is too early or was
    fetched before: `hand_over` says so. Raises UnknownCode, also for a code of another
    store. One query, by a keyed hash that the asker cannot make."""
    found = (
        PickupJob.objects.filter(
            location=location, code_hash=codes.code_hash(code, location.id)
        )
        .select_related("location")
        .order_by("-placed_at")
        .first()
    )
    if found is None:
        raise UnknownCode
    return found


def hand_over(
    job: PickupJob,
    *,
    code: str | None = None,
    name_checked: bool = False,
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> PickupJob:
    """The goods leave: against the code, or when somebody checked the collector's name.

    Opens its own transactions and must not be called inside one, because a wrong code
    is counted although it is refused. Raises NotCollectable (too early, or used),
    WrongCode, NotPaid, IdReused.
    """
    if not done_before(PICKUP, job, "hand-over", event_id):
        now = PickupJob.objects.get(id=job.id)
        if now.status not in PICKUP_MOVES["hand-over"].sources:
            raise _not_collectable(now)
        if code is not None or not name_checked:
            _check_code(now, code or "", name_checked=name_checked)

    def effect(moved: PickupJob) -> dict[str, Any]:
        if moved.paid < moved.due:
            raise NotPaid(moved.due - moved.paid)
        PickupLine.objects.filter(job=moved).update(collected=F("picked"))
        leaving = {
            line.variant_id: line.picked for line in moved.lines.all() if line.picked
        }
        reserving.claim(
            kind=KIND, reference=str(moved.id), by=by, at=at, quantities=leaving
        )
        # what was held beyond what was picked goes back to the shelf
        reserving.release(kind=KIND, reference=str(moved.id))
        return {"name_checked": name_checked}

    return end(job, "hand-over", effect, by=by, event_id=event_id, at=at)


def _not_collectable(job: PickupJob) -> NotCollectable:
    return NotCollectable(
        move="hand-over", status=job.status, allowed=legal(PICKUP_MOVES, job.status)
    )


def _check_code(job: PickupJob, code: str, *, name_checked: bool) -> None:
    """Counts a wrong code for good, in a transaction of its own. Raises WrongCode."""
    if job.code_fails >= NAME_CHECK_AFTER and not name_checked:
        raise WrongCode(left=0)
    if codes.same(codes.code_hash(code, job.location_id), job.code_hash):
        return
    with atomic():
        PickupJob.objects.filter(id=job.id).update(code_fails=F("code_fails") + 1)
        fails = PickupJob.objects.values_list("code_fails", flat=True).get(id=job.id)
    raise WrongCode(left=max(NAME_CHECK_AFTER - fails, 0))


def pay_at_counter(
    order_id: UUID,
    *,
    location: Location,
    amount: Decimal,
    ticket_id: UUID,
    by: str,
    at: datetime | None = None,
) -> PickupJob:
    """A till took what was due for this order's pickup: the whole of it, once.

    Inside the ticket's transaction; the same ticket again has no effect. Raises
    NotYours (no such pickup in this store), NotCollectable (ended), NotDue.
    """
    at = at or timezone.now()
    jobs = PickupJob.objects.filter(order_id=order_id, location=location)
    job = jobs.select_for_update(of=("self",)).order_by("-placed_at").first()
    if job is None:
        raise NotYours
    event_id = derived(ticket_id, "pay")
    if done_before(PICKUP, job, "pay", event_id):
        return job
    if job.status not in PICKUP_MOVES["cancel"].sources:
        raise _not_collectable(job)
    if amount != job.due - job.paid or amount <= 0:
        raise NotDue(job.due - job.paid)
    PickupJob.objects.filter(id=job.id).update(
        paid=F("paid") + amount, version=F("version") + 1
    )
    job.refresh_from_db()
    write_event(
        PICKUP,
        job,
        "pay",
        before=job.status,
        by=by,
        event_id=event_id,
        at=at,
        data={"amount": str(amount), "ticket": str(ticket_id)},
    )
    tell(
        Channel(job.order_origin),
        "pickup.paid",
        subject=job.id,
        payload={
            "order": str(order_id),
            "amount": str(amount),
            "left": str(job.due - job.paid),
            "ticket": str(ticket_id),
            "by": by,
            "at": at.isoformat(),
        },
        origin=Channel(job.origin),
        at=at,
    )
    return job
