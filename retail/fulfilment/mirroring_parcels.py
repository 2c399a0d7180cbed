"""The order's side of a parcel's news: its place shares the order's database at every
level, so it is told within the parcel's own move."""

from collections.abc import Mapping
from datetime import datetime

from retail.fulfilment.customer_notices import parcel_left
from retail.fulfilment.mirroring import fulfilled, promise_of
from retail.fulfilment.models import Fulfilment, FulfilmentLine, ShipJob
from retail.fulfilment.states import FulfilmentStatus, ShipStatus
from retail.orders import returns
from retail.orders.moving import locked, note
from retail.orders.settling import settle
from retail.orders.value import kept, points_owed

__all__ = ["mirror_parcel"]

OVER = frozenset({ShipStatus.CANCELLED, ShipStatus.SHIPPED})


def mirror_parcel(
    job: ShipJob,
    *,
    by: str,
    at: datetime,
    returned: Mapping[int, int] | None = None,
) -> None:
    """The promise follows its parcel, and what follows from that is done.
    `returned` is {position: units} that came back with this move."""
    fulfilment = promise_of(job.id)
    fulfilment.status = FulfilmentStatus(job.status)
    fulfilment.job_version = job.version
    fulfilment.tracking = job.tracking
    if job.status in OVER:
        fulfilment.requested = ""
    fulfilment.changed_at = at
    fulfilment.save(
        update_fields=["status", "job_version", "tracking", "requested", "changed_at"]
    )
    if job.status == ShipStatus.SHIPPED:
        fulfilled(fulfilment, {line.position: line.picked for line in job.lines.all()})
    if returned:
        _returned(fulfilment, returned, by=by, at=at)
        return
    settle(fulfilment.order_id, by=by, at=at)
    if job.status == ShipStatus.SHIPPED:
        parcel_left(fulfilment, at=at)


def _returned(
    fulfilment: Fulfilment, units: Mapping[int, int], *, by: str, at: datetime
) -> None:
    """{position: units} came back from the customer."""
    order = locked(fulfilment.order_id)
    for line in fulfilment.lines.select_related("order_line"):
        FulfilmentLine.objects.filter(id=line.id).update(
            returned=units.get(line.order_line.position, 0)
        )
    back = points_owed(order)
    note(
        order,
        "returned",
        by=by,
        at=at,
        key=fulfilment.id,
        data={
            "units": {str(position): n for position, n in units.items()},
            "points": back,
        },
    )
    settled = settle(order.id, by=by, at=at)
    returns.correct_points(
        settled,
        fulfilment,
        kept=kept(settled),
        back=back,
        at=at,
    )
