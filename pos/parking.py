"""A ticket is put aside, and taken up once, at whichever till of the store."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from inventory.places import Origin
from pos.models import ParkedTicket, Ticket, Till
from retail import channels

__all__ = ["AlreadyTaken", "park", "parked_at", "take_up"]

MOST = 30  # that a store sees at once


class AlreadyTaken(Exception):
    """It was taken up, or it is of another till or store."""


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
    """The same id again is the same ticket: what it holds now, as long as nobody has
    taken it up. Opens its own transaction. Raises AlreadyTaken where somebody has and
    it held something else."""
    held = {
        "content": content,
        "customer_id": customer_id,
        "units": units,
        "total": total,
    }
    with channels.atomic():
        parked, new = ParkedTicket.objects.get_or_create(
            id=id,
            defaults={
                "origin": Origin.POS,
                "location": till.location,
                "till": till,
                "by": by,
                "parked_at": at or timezone.now(),
                **held,
            },
        )
        if not new:
            mine = ParkedTicket.objects.filter(id=id, till=till)
            if mine.filter(taken_at=None).update(**held):
                parked.refresh_from_db()
            elif not mine.filter(**held).exists():
                raise AlreadyTaken
    return parked


def parked_at(till: Till) -> list[ParkedTicket]:
    """Those of the store, newest first, so that forgotten ones hide no others; one
    query."""
    found = ParkedTicket.objects.filter(location=till.location, taken_at=None)
    return list(found.select_related("till").order_by("-parked_at", "-id")[:MOST])


def take_up(
    id: UUID, *, till: Till, by: str, at: datetime | None = None
) -> ParkedTicket:
    """In one conditional UPDATE: of two tills at once, one. The same till may have lost
    the answer: it reads the ticket again, until it sells anything. Opens its own
    transaction. Raises AlreadyTaken."""
    at = at or timezone.now()
    with channels.atomic():
        here = ParkedTicket.objects.filter(id=id, location=till.location)
        if here.filter(taken_at=None).update(
            taken_at=at, taken_by=by, taken_till_id=till.id
        ):
            return here.get()
        mine = here.filter(taken_till_id=till.id).first()
        if mine is None or _has_sold(till, since=mine.taken_at):
            raise AlreadyTaken
        return mine


def _has_sold(till: Till, *, since: datetime | None) -> bool:
    return Ticket.objects.filter(till=till, received_at__gte=since).exists()
