"""Telling other systems of a pickup's or parcel's steps: each channel of its own rows.

The order's channel hears of the promise, where its customer sees it; the stores' hears of
the work in its stores. How work begins, and each article that is picked, is nobody's.
"""

from datetime import datetime
from uuid import UUID

from inventory.places import Origin
from retail.fulfilment.models import Fulfilment, PickupJob, ShipJob
from retail.messages.outside import announce
from retail.webhooks.models import Kind

__all__ = ["QUIET", "job_moved", "promise_moved"]

QUIET = frozenset({"place", "pick", "collector", "on-way", "pay", "slot"})


def job_moved(job: PickupJob | ShipJob, move: str, *, at: datetime) -> None:
    """Of the web's own places the promise tells."""
    if job.origin == Origin.POS and move not in QUIET:
        _moved(job.origin, job.id, job.order_id, job.status, at)


def promise_moved(fulfilment: Fulfilment, *, at: datetime) -> None:
    _moved(
        fulfilment.origin,
        fulfilment.id,
        fulfilment.order_id,
        fulfilment.status,
        at,
    )


def _moved(channel: str, id: UUID, order: UUID, status: str, at: datetime) -> None:
    announce(
        Kind.FULFILMENT_MOVED,
        channel=channel,
        at=at,
        fulfilment=id,
        order=order,
        status=status,
    )
