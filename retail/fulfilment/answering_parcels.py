"""What an order's side asks of a store that sends, where databases came apart since."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from inventory.ids import derived
from retail.channels import Channel
from retail.fulfilment import shipping
from retail.fulfilment.models import ShipJob
from retail.fulfilment.states import SHIP_MOVES, ShipStatus
from retail.fulfilment.telling_parcels import ORDERS
from retail.messages.handlers import TooEarly
from retail.messages.outbox import tell

__all__ = ["on_cancel_requested"]


def on_cancel_requested(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `parcel.cancel_requested`. Done, or refused where the goods are gone.
    Raises TooEarly."""
    job = ShipJob.objects.select_for_update(of=("self",)).filter(id=subject).first()
    if job is None:
        raise TooEarly(subject)
    if job.status in SHIP_MOVES["cancel"].sources:
        shipping.cancel(
            job,
            reason=payload.get("reason") or "customer",
            by=payload["by"],
            event_id=derived(subject, "cancel"),
            at=at,
        )
    elif job.status != ShipStatus.CANCELLED:
        tell(
            ORDERS,
            "parcel.refused",
            subject=job.id,
            payload={
                "asked": "cancel",
                "status": job.status,
                "by": "system",
                "at": at.isoformat(),
            },
            origin=Channel(job.origin),
            at=at,
        )
