"""The order's side of the news: what a place did with a promise, and what follows.

News may come late, twice or in any order: each carries the whole state and a version,
only a newer one is taken, and the end is the same.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

from retail.fulfilment import feed, sourcing
from retail.fulfilment.models import Fulfilment, FulfilmentLine, ShipJob
from retail.fulfilment.states import FulfilmentStatus, PickupStatus, ShipStatus
from retail.messages.handlers import TooEarly
from retail.orders import dropping, returns
from retail.orders.moving import locked, note
from retail.orders.settling import dropped_value, kept, settle
from retail.payments import capturing

__all__ = [
    "SHORT",
    "mirror_parcel",
    "on_pickup_moved",
    "on_pickup_paid",
    "on_pickup_refused",
]

SHORT = "short"  # the reason of a choice about missing units; others are refusals

TO_CHOOSE = frozenset({PickupStatus.REJECTED, PickupStatus.SHORT})
# after these, whatever was asked of the place has its answer
LAST_WORDS = frozenset(
    {
        PickupStatus.COLLECTED,
        PickupStatus.REJECTED,
        PickupStatus.EXPIRED,
        PickupStatus.RESTOCKED,
        PickupStatus.CANCELLED,
    }
)
# the customer knows of missing units, and the work went on without them
GOES_ON = frozenset(
    {
        PickupStatus.PICKING,
        PickupStatus.STAGED,
        PickupStatus.READY,
        PickupStatus.CHECKED_IN,
        PickupStatus.COLLECTED,
    }
)


def on_pickup_moved(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.moved`. The store's first answer ends the claim on the feed.
    Raises TooEarly."""
    fulfilment = _locked(subject)
    if payload["version"] <= fulfilment.job_version:
        return
    status, by = payload["status"], payload["by"]
    first = fulfilment.job_version == 0
    fulfilment.job_version = payload["version"]
    fulfilment.status = (
        FulfilmentStatus.CUSTOMER_CHOICE if status in TO_CHOOSE else status
    )
    fulfilment.reason = SHORT if status == PickupStatus.SHORT else payload["reason"]
    fulfilment.ready_by = _moment(payload["ready_by"])
    fulfilment.hold_until = _moment(payload["hold_until"])
    if _answers(fulfilment.requested, status):
        fulfilment.requested = ""
    fulfilment.changed_at = at
    fulfilment.save(
        update_fields=[
            "job_version",
            "status",
            "reason",
            "ready_by",
            "hold_until",
            "requested",
            "changed_at",
        ]
    )
    if first and not sourcing.owns(fulfilment.location):
        feed.unclaim(
            fulfilment.location,
            {line.variant_id: line.quantity for line in fulfilment.lines.all()},
            taken=status != PickupStatus.REJECTED,
        )
    if status == PickupStatus.SHORT:
        # what the customer is asked about: `choosing.missing` reads it
        note(
            locked(fulfilment.order_id),
            "short",
            by=by,
            at=at,
            key=f"{fulfilment.id}:{fulfilment.job_version}",
            data={"short": {n["position"]: n["short"] for n in payload["lines"]}},
        )
    if status in GOES_ON:
        short = {line["position"]: line["short"] for line in payload["lines"]}
        if any(short.values()):
            dropping.drop(fulfilment, short, by=by, at=at)
    if status == PickupStatus.COLLECTED:
        _fulfilled(
            fulfilment,
            {line["position"]: line["collected"] for line in payload["lines"]},
        )
    settle(fulfilment.order_id, by=by, at=at)


def on_pickup_paid(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.paid`: a till took what was due. Raises TooEarly."""
    fulfilment = _locked(subject)
    left = Decimal(payload["left"])
    Fulfilment.objects.filter(id=fulfilment.id, due__gt=left).update(
        due=left, changed_at=at
    )
    capturing.paid_at_store(
        fulfilment.order_id,
        amount=Decimal(payload["amount"]),
        reference=payload["ticket"],
        at=at,
    )
    settle(fulfilment.order_id, by=payload["by"], at=at)


def on_pickup_refused(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.refused`: what was `asked` cannot be done, because the pickup
    is `status` already. Nothing is open any more; the diary says why."""
    fulfilment = _locked(subject)
    answered = Fulfilment.objects.filter(
        id=fulfilment.id, requested=payload["asked"]
    ).update(requested="", changed_at=at)
    if answered:
        note(
            locked(fulfilment.order_id),
            f"{payload['asked']}_refused",
            by=payload["by"],
            at=at,
            key=f"{fulfilment.id}:{payload['at']}",
            data={"reason": payload["status"]},
        )
        settle(fulfilment.order_id, at=at)


def mirror_parcel(
    job: ShipJob,
    *,
    by: str,
    at: datetime,
    returned: Mapping[int, int] | None = None,
) -> None:
    """The same for a parcel, whose place shares the order's database at every level.
    `returned` is {position: units} that came back with this move."""
    fulfilment = _locked(job.id)
    fulfilment.status = FulfilmentStatus(job.status)
    fulfilment.job_version = job.version
    fulfilment.tracking = job.tracking
    if _answers(fulfilment.requested, job.status):
        fulfilment.requested = ""
    fulfilment.changed_at = at
    fulfilment.save(
        update_fields=["status", "job_version", "tracking", "requested", "changed_at"]
    )
    if job.status == ShipStatus.SHIPPED:
        _fulfilled(fulfilment, {line.position: line.picked for line in job.lines.all()})
    if returned:
        _returned(fulfilment, returned, by=by, at=at)
        return
    settle(fulfilment.order_id, by=by, at=at)


def _returned(
    fulfilment: Fulfilment, units: Mapping[int, int], *, by: str, at: datetime
) -> None:
    """{position: units} came back from the customer."""
    order = locked(fulfilment.order_id)
    before = dropped_value(order) + returns.returned_value(order)
    for line in fulfilment.lines.select_related("order_line"):
        FulfilmentLine.objects.filter(id=line.id).update(
            returned=units.get(line.order_line.position, 0)
        )
    after = dropped_value(order) + returns.returned_value(order)
    note(
        order,
        "returned",
        by=by,
        at=at,
        key=fulfilment.id,
        data={"units": {str(position): n for position, n in units.items()}},
    )
    settled = settle(order.id, by=by, at=at)
    returns.correct_points(
        settled,
        fulfilment,
        kept=kept(settled),
        back=returns.points_paid(order, after) - returns.points_paid(order, before),
        at=at,
    )


def _locked(fulfilment_id: UUID) -> Fulfilment:
    found = (
        Fulfilment.objects.select_for_update(of=("self",))
        .select_related("location")
        .filter(id=fulfilment_id)
        .first()
    )
    if found is None:
        raise TooEarly(fulfilment_id)
    return found


def _answers(requested: str, status: str) -> bool:
    """Whether a state of the job answers what was asked of the place. News that was
    already on its way when the customer asked does not."""
    if status in LAST_WORDS:
        return True
    if requested == "drop":
        return status in GOES_ON
    return requested == "check_in" and status == PickupStatus.CHECKED_IN


def _fulfilled(fulfilment: Fulfilment, units: Mapping[int, int]) -> None:
    """{position: units} are with the customer, or on their way."""
    for line in fulfilment.lines.select_related("order_line"):
        FulfilmentLine.objects.filter(id=line.id).update(
            fulfilled=units[line.order_line.position]
        )


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
