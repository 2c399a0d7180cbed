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
from inventory.models import Location
from retail.channels import Channel
from retail.fulfilment import pickup
from retail.fulfilment.models import PickupJob, PickupLine
from retail.fulfilment.moving import PICKUP, write_event
from retail.fulfilment.sourcing import KIND, owns
from retail.fulfilment.states import PICKUP_MOVES, PickupStatus
from retail.fulfilment.telling import tell_moved
from retail.messages.handlers import TooEarly
from retail.messages.outbox import tell

__all__ = [
    "NotOurs",
    "on_cancel_requested",
    "on_check_in_requested",
    "on_choice_made",
    "on_pickup_requested",
]


class NotOurs(Exception):
    """The pickup is asked of a place whose stock lies in another database."""


def on_pickup_requested(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.requested`: the job, under the promise's id, and its goods.

    Reserving again what placing reserved has no effect; where nothing was reserved yet
    (databases apart) the goods may have gone, and the store refuses.
    """
    if PickupJob.objects.filter(id=subject).exists():
        return
    location = Location.objects.get(id=payload["location"])
    if not owns(location):
        raise NotOurs
    job = _new_job(payload, subject, location, at)
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
        tell_moved(job, "place", by="system", at=at)


def _new_job(
    payload: Mapping[str, Any], id: UUID, location: Location, at: datetime
) -> PickupJob:
    job = PickupJob.objects.create(
        id=id,
        origin=location.channel,
        order_id=UUID(payload["order"]),
        order_number=payload["order_number"],
        order_origin=payload["order_origin"],
        location=location,
        status=PickupStatus.PLACED,
        customer_name=payload["customer_name"][:80],
        due=Decimal(payload["due"]),
        currency=payload["currency"],
        code_hash=payload["code_hash"],
        version=1,
        placed_at=datetime.fromisoformat(payload["placed_at"]),
        ready_by=parse_datetime(payload["ready_by"]) if payload["ready_by"] else None,
    )
    PickupLine.objects.bulk_create(
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
    )
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
    return job


def on_cancel_requested(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.cancel_requested`. Done, or refused where the goods are gone.
    Raises TooEarly."""
    job = _locked(subject)
    if job.status in PICKUP_MOVES["cancel"].sources:
        pickup.cancel(
            job,
            reason=payload.get("reason") or "customer",
            by=payload["by"],
            event_id=derived(subject, "cancel"),
            at=at,
        )
    elif job.status != PickupStatus.CANCELLED:
        _refuse(job, "cancel", by="system", at=at)


def on_choice_made(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.choice_made`: go on without what is short, or put all back.
    Raises TooEarly."""
    job = _locked(subject)
    event_id = derived(subject, "choice", payload["choice"], payload["at"])
    if job.status != PickupStatus.SHORT:
        _refuse(job, payload["choice"], by="system", at=at)
    elif payload["choice"] == "drop":
        due = payload.get("due")
        pickup.choose(
            job,
            by=payload["by"],
            event_id=event_id,
            due=None if due is None else Decimal(due),
            at=at,
        )
    else:
        pickup.cancel(
            job,
            reason=payload["choice"],
            by=payload["by"],
            event_id=derived(subject, "cancel"),
            at=at,
        )


def on_check_in_requested(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.check_in_requested`. Raises TooEarly."""
    job = _locked(subject)
    if job.status in PICKUP_MOVES["check-in"].sources:
        pickup.check_in(
            job,
            place=payload["place"],
            by=payload["by"],
            event_id=derived(subject, "check-in", payload["at"]),
            at=at,
        )
    elif job.status != PickupStatus.CHECKED_IN:
        _refuse(job, "check_in", by="system", at=at)


def _locked(job_id: UUID) -> PickupJob:
    found = (
        PickupJob.objects.select_for_update(of=("self",))
        .select_related("location")
        .filter(id=job_id)
        .first()
    )
    if found is None:
        raise TooEarly(job_id)
    return found


def _refuse(job: PickupJob, asked: str, *, by: str, at: datetime) -> None:
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
