"""The store's side of the post: what the order's side asks for, done or refused.

Where databases are one, the same handlers run inline in the asker's transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

from inventory import reserving
from inventory.ids import derived
from inventory.inserting import insert, together, unwritten
from inventory.models import Location
from retail.channels import Channel, atomic
from retail.fulfilment import pickup
from retail.fulfilment.models import Fulfilment, PickupJob, PickupLine
from retail.fulfilment.moving import PICKUP, write_event
from retail.fulfilment.offers import BadOffer
from retail.fulfilment.sourcing import KIND, owns
from retail.fulfilment.states import PICKUP_MOVES, PickupStatus
from retail.fulfilment.telling import tell_moved
from retail.messages.handlers import TooEarly
from retail.messages.outbox import tell

__all__ = [
    "NotOurs",
    "locked",
    "on_cancel_requested",
    "on_choice_made",
    "on_pickup_requested",
    "refuse",
]


_PLACE = """
SELECT l.*, EXISTS (SELECT 1 FROM retail_pickupjob WHERE id = %s) AS asked_before
FROM inventory_location l WHERE l.id = %s
"""


class NotOurs(Exception):
    """The pickup is asked of a place whose stock lies in another database."""


def on_pickup_requested(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.requested`: the job, under the promise's id, and its goods.

    Where the asker `held` them here, in the same transaction, they are the job's; where
    nothing was reserved yet (databases apart) the goods may have gone, and the store
    refuses.
    """
    location = _place_of(payload, subject)
    if location is None:
        return
    if not owns(location):
        raise NotOurs
    job, lines = _new_job(payload, subject, location, at)
    if payload.get("held"):
        tell_moved(job, "place", by="system", at=at, lines=lines)
        return
    quantities = {line["variant"]: line["quantity"] for line in payload["lines"]}
    try:
        reserving.reserve(
            location,
            {UUID(variant): units for variant, units in quantities.items()},
            kind=KIND,
            reference=str(subject),
            at=at,
        )
    except reserving.OutOfStock as short:
        pickup.reject(
            job,
            reason="out_of_stock",
            by="system",
            event_id=derived(subject, "reject"),
            at=at,
            data={
                "lines": [
                    {
                        "variant": str(line.variant_id),
                        "wanted": line.wanted,
                        "free": line.free,
                    }
                    for line in short.lines
                ]
            },
        )
    else:
        tell_moved(job, "place", by="system", at=at, lines=lines)


def _place_of(payload: Mapping[str, Any], subject: UUID) -> Location | None:
    """Where the pickup is asked of; None where its job is there already."""
    for promise in unwritten(Fulfilment):
        if promise.id == subject:  # it is new, so nobody was asked before
            return promise.location
    (location,) = Location.objects.raw(_PLACE, [subject, payload["location"]])
    asked_before = location.asked_before  # type: ignore[attr-defined]
    return None if asked_before else location


def _new_job(
    payload: Mapping[str, Any], id: UUID, location: Location, at: datetime
) -> tuple[PickupJob, list[PickupLine]]:
    job = PickupJob(
        id=id,
        origin=location.channel,
        order_id=UUID(payload["order"]),
        order_number=payload["order_number"],
        order_origin=payload["order_origin"],
        location=location,
        status=PickupStatus.PLACED,
        customer_name=payload["customer_name"][:80],
        due=Decimal(payload["due"]),
        # a message that was made before this was told has none
        worth=Decimal(payload.get("worth", 0)),
        currency=payload["currency"],
        code_hash=payload["code_hash"],
        collector_name=payload.get("collector_name", "")[:80],
        collector_hash=payload.get("collector_hash", ""),
        slot_start=_moment(payload.get("slot_start")),
        slot_end=_moment(payload.get("slot_end")),
        version=1,
        placed_at=datetime.fromisoformat(payload["placed_at"]),
        ready_by=_moment(payload["ready_by"]),
    )
    lines = [
        PickupLine(
            id=derived(id, "pickup-line", line["position"]),
            origin=location.channel,
            job=job,
            position=line["position"],
            variant_id=line["variant"],
            gtin=line["gtin"],
            title=line["title"],
            quantity=line["quantity"],
        )
        for line in payload["lines"]
    ]
    with together():
        insert([job])
        insert(lines)
        write_event(
            PICKUP,
            job,
            "place",
            before="",
            by="system",
            event_id=derived(id, "place"),
            at=at,
            data={},
        )
    return job, lines


def on_cancel_requested(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.cancel_requested`. Done, or refused where the goods are gone.
    Raises TooEarly."""
    job = locked(subject)
    if job.status in PICKUP_MOVES["cancel"].sources:
        pickup.cancel(
            job,
            reason=payload.get("reason") or "customer",
            by=payload["by"],
            event_id=derived(subject, "cancel"),
            at=at,
        )
    elif job.status != PickupStatus.CANCELLED:
        refuse(job, "cancel", by="system", at=at)


def on_choice_made(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.choice_made`: go on without what is short, with or without
    what the store had offered instead, or put all back. Raises TooEarly."""
    job = locked(subject)
    if job.status != PickupStatus.SHORT:
        refuse(job, payload["choice"], by="system", at=at)
    elif payload["choice"] in ("drop", "substitute"):
        _go_on(job, payload, at)
    else:
        pickup.cancel(
            job,
            reason=payload["choice"],
            by=payload["by"],
            event_id=derived(subject, "cancel"),
            at=at,
        )


def _go_on(job: PickupJob, payload: Mapping[str, Any], at: datetime) -> None:
    """Refused where what was offered is not there any more, or was never: the customer
    is asked again, without it."""
    due = payload.get("due")
    try:
        with atomic():
            pickup.choose(
                job,
                take={int(n): units for n, units in payload.get("take", {}).items()},
                by=payload["by"],
                event_id=derived(job.id, "choice", payload["choice"], payload["at"]),
                due=None if due is None else Decimal(due),
                at=at,
            )
    except (BadOffer, reserving.HoldGone, reserving.OutOfStock):
        refuse(job, payload["choice"], by="system", at=at)


def locked(job_id: UUID) -> PickupJob:
    found = (
        PickupJob.objects.select_for_update(of=("self",))
        .select_related("location")
        .filter(id=job_id)
        .first()
    )
    if found is None:
        raise TooEarly(job_id)
    return found


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None


def refuse(job: PickupJob, asked: str, *, by: str, at: datetime) -> None:
    tell(
        Channel(job.order_origin),
        "pickup.refused",
        subject=job.id,
        payload={
            "asked": asked,
            "status": job.status,
            "by": by,
            "at": at.isoformat(),
        },
        origin=Channel(job.origin),
        at=at,
    )
