"""A parcel's news to its order. The warehouse shares the order's database at every
level; a store that sends did so when the parcel began, and may not any more when the
dial was turned back meanwhile: then it tells by message, and what was begun ends."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from retail.channels import Channel
from retail.fulfilment.mirroring_parcels import on_parcel_moved
from retail.fulfilment.models import ShipJob
from retail.messages.outbox import tell

__all__ = ["ORDERS", "tell_parcel"]

ORDERS = Channel.WEBSHOP  # whose orders are sent


def tell_parcel(
    job: ShipJob,
    *,
    by: str,
    at: datetime,
    returned: Mapping[int, int] | None = None,
) -> None:
    """`returned` is {position: units} that came back with this move. Inside the
    parcel's own transaction."""
    state = full_state(job, by=by, at=at, returned=returned or {})
    if Channel(job.origin) == ORDERS:
        on_parcel_moved(state, subject=job.id, version=0, at=at)
        return
    tell(
        ORDERS,
        "parcel.moved",
        subject=job.id,
        payload=state,
        origin=Channel(job.origin),
        at=at,
    )


def full_state(
    job: ShipJob, *, by: str, at: datetime, returned: Mapping[int, int]
) -> dict[str, Any]:
    return {
        "version": job.version,
        "status": job.status,
        "tracking": job.tracking,
        "picked": {str(line.position): line.picked for line in job.lines.all()},
        "returned": {str(position): units for position, units in returned.items()},
        "by": by,
        "at": at.isoformat(),
    }
