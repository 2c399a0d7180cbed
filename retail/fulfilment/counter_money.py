"""What is still due for a pickup, taken by a till of its store."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from inventory.ids import derived
from inventory.models import Location
from retail.channels import Channel
from retail.fulfilment.counter import not_collectable
from retail.fulfilment.models import PickupJob
from retail.fulfilment.moving import PICKUP, NotYours, done_before, write_event
from retail.fulfilment.states import PICKUP_MOVES
from retail.messages.outbox import tell

__all__ = ["NotDue", "pay_at_counter"]

# a part may have been handed over before the rest became due
PAYABLE = PICKUP_MOVES["cancel"].sources | {"partly_collected"}


class NotDue(Exception):
    """What was paid is not what is due; `due` is."""

    def __init__(self, due: Decimal) -> None:
        super().__init__(due)
        self.due = due


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
    if job.status not in PAYABLE:
        raise not_collectable(job)
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
