"""A parcel comes back: goods into stock, money and points undone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from inventory import stock
from retail.channels import atomic
from retail.fulfilment.models import ShipJob
from retail.fulfilment.moving import SHIP, move
from retail.fulfilment.picking import BadLines
from retail.fulfilment.telling_parcels import tell_parcel

__all__ = ["take_back"]

KIND = "return"  # of the movements; their reference is the parcel's id


def take_back(
    job: ShipJob,
    units: Mapping[int, int] | None = None,
    *,
    damaged: Mapping[int, int] | None = None,
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> ShipJob:
    """{position: units that came back}, all that was sent unless given; of these
    `damaged` ones cannot be sold again and never enter the stock.

    The money for what came back is refunded, damaged or not, and the shipping too when
    nothing stays with the customer. Opens its own transaction. Raises BadLines,
    IllegalMove, IdReused.
    """
    at = at or timezone.now()
    spoilt = {position: n for position, n in (damaged or {}).items() if n}
    back: dict[int, int] = {}

    def effect(moved: ShipJob) -> dict[str, Any]:
        lines = {line.position: line for line in moved.lines.all()}
        wanted = units
        if wanted is None:
            wanted = {line.position: line.picked for line in lines.values()}
        bad = [p for p, n in wanted.items() if p not in lines or n > lines[p].picked]
        bad += [p for p, n in wanted.items() if n < 0]
        bad += [p for p, n in spoilt.items() if not 0 <= n <= wanted.get(p, 0)]
        if bad or not any(wanted.values()):
            raise BadLines(bad)
        back.update({position: n for position, n in wanted.items() if n})
        sound = {
            lines[position].variant_id: n - spoilt.get(position, 0)
            for position, n in back.items()
            if n > spoilt.get(position, 0)
        }
        if sound:
            stock.take_back(
                moved.location, sound, kind=KIND, reference=str(moved.id), by=by, at=at
            )
        return {
            "returned": {str(position): n for position, n in back.items()},
            "damaged": {str(position): n for position, n in spoilt.items()},
        }

    with atomic():
        moved, now = move(
            SHIP,
            job,
            "return",
            by=by,
            event_id=event_id,
            at=at,
            effect=effect,
            finished_at=at,
        )
        if now:
            tell_parcel(moved, by=by, at=at, returned=back)
    return moved
