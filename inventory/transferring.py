"""Goods from one place to another of the same owner: asked for, sent, received.

Held at the source until somebody packs them; then nobody's shelf has them until the
target receives them (`books`, I7). Every verb runs inside the caller's transaction and
has one effect: a status that moved already moves nothing again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from inventory import reserving, stock
from inventory.ids import derived
from inventory.models import (
    Location,
    Reservation,
    ReservationState,
    Transfer,
    TransferLine,
    TransferStatus,
)

__all__ = [
    "KIND",
    "NotSameOwner",
    "WrongStep",
    "ask",
    "cancel",
    "held_for",
    "quantities_of",
    "receive",
    "send",
]

KIND = "transfer"  # of reservations and movements; the reference is the transfer's id


class NotSameOwner(Exception):
    """The two places keep their books in different databases, or are the same."""


class WrongStep(Exception):
    """The transfer is `status` already."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


def ask(
    source: Location,
    target: Location,
    quantities: Mapping[UUID, int],
    *,
    id: UUID,
    reference: str = "",
    by: str,
    at: datetime | None = None,
) -> Transfer:
    """Units of {variant_id: units} are held at the source for this transfer. The same
    id again answers the transfer. Raises OutOfStock, BadQuantity, NotSameOwner."""
    at = at or timezone.now()
    if source.id == target.id or source.channel != target.channel:
        raise NotSameOwner
    found = Transfer.objects.filter(id=id).first()
    if found is not None:
        return found
    reserving.reserve(source, quantities, kind=KIND, reference=str(id), at=at)
    made = Transfer.objects.create(
        id=id,
        origin=source.channel,
        source=source,
        target=target,
        status=TransferStatus.ASKED,
        reference=reference,
        asked_at=at,
        by=by,
    )
    TransferLine.objects.bulk_create(
        TransferLine(
            id=derived(id, "line", variant_id),
            origin=source.channel,
            transfer=made,
            variant_id=variant_id,
            quantity=units,
        )
        for variant_id, units in quantities.items()
    )
    return made


def send(transfer: Transfer, *, by: str, at: datetime | None = None) -> bool:
    """The goods leave the source. Answers whether they left now. Raises WrongStep
    where it was cancelled, HoldGone."""
    at = at or timezone.now()
    if not _step(transfer, TransferStatus.ASKED, TransferStatus.SENT, sent_at=at):
        _only(transfer, TransferStatus.SENT, TransferStatus.RECEIVED)
        return False
    reserving.claim(kind=KIND, reference=str(transfer.id), by=by, at=at)
    return True


def receive(transfer: Transfer, *, by: str, at: datetime | None = None) -> bool:
    """They lie at the target, free. Answers whether they came now. Raises WrongStep
    where they were never sent."""
    at = at or timezone.now()
    if not _step(
        transfer, TransferStatus.SENT, TransferStatus.RECEIVED, received_at=at
    ):
        _only(transfer, TransferStatus.RECEIVED)
        return False
    stock.receive(
        transfer.target,
        quantities_of(transfer),
        kind=KIND,
        reference=str(transfer.id),
        by=by,
        at=at,
    )
    return True


def cancel(transfer: Transfer) -> bool:
    """The source keeps its goods. Answers whether it was cancelled now; what is on its
    way already comes, and is received like any goods."""
    if not _step(transfer, TransferStatus.ASKED, TransferStatus.CANCELLED):
        return False
    reserving.release(kind=KIND, reference=str(transfer.id))
    return True


def held_for(transfer: Transfer) -> dict[UUID, int]:
    """{variant_id: units} that are held at the source now: a till may sell them."""
    holds = Reservation.objects.filter(
        kind=KIND, reference=str(transfer.id), state=ReservationState.HELD
    )
    return dict(holds.values_list("variant_id", "quantity"))


def quantities_of(transfer: Transfer) -> dict[UUID, int]:
    return dict(transfer.lines.values_list("variant_id", "quantity"))


def _step(transfer: Transfer, before: str, after: str, **changes: datetime) -> bool:
    """One conditional UPDATE: of two who press the button, one moves the goods."""
    moved = Transfer.objects.filter(id=transfer.id, status=before).update(
        status=after, **changes
    )
    transfer.refresh_from_db(fields=["status", *changes])
    return bool(moved)


def _only(transfer: Transfer, *expected: str) -> None:
    if transfer.status not in expected:
        raise WrongStep(transfer.status)
