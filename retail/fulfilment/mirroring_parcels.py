"""The order's side of a parcel's news: told within the parcel's own move where the
order lies in the same database, by message where it does not (any more)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Least

from retail.fulfilment.announcing import promise_moved
from retail.fulfilment.customer_notices import parcel_left
from retail.fulfilment.mirroring import fulfilled, promise_of
from retail.fulfilment.models import Fulfilment, FulfilmentLine
from retail.fulfilment.states import FulfilmentStatus, ShipStatus
from retail.orders import returning
from retail.orders.moving import locked
from retail.orders.settling import settle

__all__ = ["on_parcel_moved"]

OVER = frozenset(
    {
        ShipStatus.CANCELLED,
        ShipStatus.SHIPPED,
        ShipStatus.DELIVERED,
        ShipStatus.RETURNED,
    }
)


# after these the goods are out of the house
LEFT = frozenset({ShipStatus.SHIPPED, ShipStatus.DELIVERED, ShipStatus.RETURNED})


def on_parcel_moved(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `parcel.moved`: the promise follows its parcel, and what follows from
    that is done. Late and doubled news change nothing; one that was passed over by newer
    news is made up for. Raises TooEarly."""
    fulfilment = promise_of(subject)
    if payload["version"] <= fulfilment.job_version:
        return
    status, by = payload["status"], payload["by"]
    on = status not in (fulfilment.status, ShipStatus.PLACED)
    left = status in LEFT and fulfilment.status not in LEFT
    fulfilment.status = FulfilmentStatus(status)
    fulfilment.job_version = payload["version"]
    fulfilment.tracking = payload["tracking"]
    if status in OVER:
        fulfilment.requested = ""
    fulfilment.changed_at = at
    fulfilment.save(
        update_fields=["status", "job_version", "tracking", "requested", "changed_at"]
    )
    if on:
        promise_moved(fulfilment, at=at)
    if left:
        fulfilled(fulfilment, _units(payload["picked"]))
    if payload["returned"]:
        _returned(fulfilment, _units(payload["returned"]), by=by, at=at)
        return
    settle(fulfilment.order_id, by=by, at=at)
    if left:
        parcel_left(fulfilment, at=at)


def _units(told: Mapping[str, int]) -> dict[int, int]:
    """{position: units}; JSON has texts for keys."""
    return {int(position): units for position, units in told.items()}


def _returned(
    fulfilment: Fulfilment, units: Mapping[int, int], *, by: str, at: datetime
) -> None:
    """{position: units} came back from the customer."""
    order = locked(fulfilment.order_id)
    for line in fulfilment.lines.select_related("order_line"):
        FulfilmentLine.objects.filter(id=line.id).update(
            # a store may have taken some of it back before
            returned=Least(
                F("fulfilled"), F("returned") + units.get(line.order_line.position, 0)
            )
        )
    returning.came_back(order, units, act=fulfilment.id, by=by, at=at)
