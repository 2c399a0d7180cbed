"""A ticket is put aside, and taken up once, at whichever till of the store."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from inventory.places import Origin
from pos.models import ParkedTicket, Till
from retail import channels

__all__ = ["AlreadyTaken", "park", "parked_at", "take_up"]

MOST = 30  # that a store sees at once


class AlreadyTaken(Exception):
    """Another till has taken it up, or it is of another store."""


def park(
    till: Till,
    *,
    id: UUID,
    content: dict[str, Any],
    customer_id: UUID | None,
    units: int,
    total: Decimal,
    by: str,
    at: datetime | None = None,
) -> ParkedTicket:
    """The same id again has no second effect. Opens its own transaction."""
    with channels.atomic():
        parked, _ = ParkedTicket.objects.get_or_create(
            id=id,
            defaults={
                "origin": Origin.POS,
                "location": till.location,
                "till": till,
                "content": content,
                "customer_id": customer_id,
                "units": units,
                "total": total,
                "by": by,
                "parked_at": at or timezone.now(),
            },
        )
    return parked


def parked_at(till: Till) -> list[ParkedTicket]:
    """Those of the store, oldest first; one query."""
    found = ParkedTicket.objects.filter(location=till.location, taken_at=None)
    return list(found.select_related("till").order_by("parked_at", "id")[:MOST])


def take_up(
    id: UUID, *, till: Till, by: str, at: datetime | None = None
) -> ParkedTicket:
    """In one conditional UPDATE: of two tills at once, one. Opens its own transaction.
    Raises AlreadyTaken."""
    with channels.atomic():
        open_here = ParkedTicket.objects.filter(
            id=id, location=till.location, taken_at=None
        )
        if not open_here.update(taken_at=at or timezone.now(), taken_by=by):
            raise AlreadyTaken
        return ParkedTicket.objects.get(id=id)
