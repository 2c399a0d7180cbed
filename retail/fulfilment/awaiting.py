"""Missing units come from another store: asked for, on their way, here or not to be had.

Each verb writes the transfer and moves the pickup in one transaction of its own.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from inventory import reserving, transferring
from inventory.handing_on import hold_more
from inventory.ids import derived
from inventory.models import Location, Transfer, TransferStatus
from retail.channels import atomic
from retail.fulfilment import picking, promises
from retail.fulfilment.models import PickupJob
from retail.fulfilment.picking import LOST, BadLines, lines_at, lost, short_of_holds
from retail.fulfilment.sourcing import KIND
from retail.fulfilment.states import PickupStatus
from retail.fulfilment.telling import make_move

__all__ = [
    "NoTransfer",
    "await_transfer",
    "call_off",
    "fail",
    "promised_after",
    "receive",
    "send",
    "transfer_arrived",
]

UNDER_WAY = (TransferStatus.ASKED, TransferStatus.SENT)


class NoTransfer(Exception):
    """Nothing is under way for this pickup, or it was not sent yet."""


def await_transfer(
    job: PickupJob,
    quantities: Mapping[int, int],
    *,
    source: Location,
    reason: str = "missing",
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> PickupJob:
    """{position: units that are missing here and free at `source`, a store of the same
    owner}. They are held there, and no longer here; where `reason` is one of LOST the
    books of this store follow. Raises BadLines, OutOfStock, NotSameOwner."""
    at = at or timezone.now()

    def effect(moved: PickupJob) -> dict[str, Any]:
        lines = lines_at(moved, quantities)
        bad = [
            position
            for position, units in quantities.items()
            if not 1
            <= units
            <= lines[position].quantity - lines[position].short - lines[position].picked
        ]
        if bad or not quantities:
            raise BadLines(bad)
        wanted: Counter[UUID] = Counter()
        for position, units in quantities.items():
            wanted[lines[position].variant_id] += units
        freed = reserving.release(kind=KIND, reference=str(moved.id), quantities=wanted)
        if reason in LOST:
            lost(moved.location, freed, reason=reason, cause=event_id, by=by, at=at)
        transferring.ask(
            source,
            moved.location,
            wanted,
            id=derived(event_id, "transfer"),
            reference=str(moved.id),
            by=by,
            at=at,
        )
        return {
            "source": source.name,
            "asked": {str(p): units for p, units in quantities.items()},
        }

    later = promised_after(job.location, at)
    return make_move(
        job,
        "await-transfer",
        effect,
        by=by,
        event_id=event_id,
        at=at,
        ready_by=max(later, job.ready_by) if job.ready_by else later,
    )


def promised_after(target: Location, now: datetime) -> datetime:
    """When it can be ready: goods travel overnight, so from the next day's opening on,
    with the lead time of the store."""
    local = now.astimezone(ZoneInfo(target.timezone))
    tomorrow = datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
    return promises.ready_by(target, tomorrow)


def send(transfer: Transfer, *, by: str, at: datetime | None = None) -> None:
    """The source packed them and they left. Raises WrongStep, HoldGone."""
    with atomic():
        transferring.send(transfer, by=by, at=at)


def receive(
    transfer: Transfer, *, by: str, event_id: UUID, at: datetime | None = None
) -> None:
    """They are at the target: held for the pickup that waits for them, else free.
    Raises WrongStep where they were never sent."""
    at = at or timezone.now()
    with atomic():
        job = _waiting(transfer)
        if not transferring.receive(transfer, by=by, at=at) or job is None:
            return

        def effect(moved: PickupJob) -> dict[str, Any]:
            _hold(moved, transfer, at=at)
            return {"source": transfer.source.name}

        make_move(job, "transfer-arrived", effect, by=by, event_id=event_id, at=at)
        # a till may have sold other units of it while it waited
        short_of_holds(job, cause="sold-meanwhile", by=by, at=at)


def fail(
    transfer: Transfer,
    *,
    reason: str,
    by: str,
    event_id: UUID,
    at: datetime | None = None,
) -> None:
    """The source has not got them after all: the pickup goes on without waiting, and
    its customer is asked what to do. Raises WrongStep where they left."""
    at = at or timezone.now()
    with atomic():
        job = _waiting(transfer)
        held = transferring.held_for(transfer)
        if not transferring.cancel(transfer):
            if transfer.status != TransferStatus.CANCELLED:
                raise transferring.WrongStep(transfer.status)
            return
        if reason in LOST:
            lost(transfer.source, held, reason=reason, cause=event_id, by=by, at=at)
        if job is None:
            return
        make_move(
            job,
            "transfer-arrived",
            lambda _moved: {"failed": reason, "source": transfer.source.name},
            by=by,
            event_id=event_id,
            at=at,
        )
        wanted = transferring.quantities_of(transfer)
        short = {
            line.position: line.short
            + min(wanted[line.variant_id], line.quantity - line.picked - line.short)
            for line in job.lines.all()
            if line.variant_id in wanted
        }
        picking.short(
            job,
            short,
            reason="no_transfer",
            by=by,
            event_id=derived(event_id, "short"),
            at=at,
        )


def transfer_arrived(
    job: PickupJob, *, by: str, event_id: UUID, at: datetime | None = None
) -> PickupJob:
    """The same as `receive`, asked for by the pickup. Raises NoTransfer, IllegalMove."""
    with atomic():
        found = _under_way(job).filter(status=TransferStatus.SENT).first()
        if found is None:
            if job.status == PickupStatus.AWAITING_TRANSFER:
                raise NoTransfer
            # an illegal move, or one that was made before under this id
            return make_move(job, "transfer-arrived", by=by, event_id=event_id, at=at)
        receive(found, by=by, event_id=event_id, at=at)
    job.refresh_from_db()
    return job


def call_off(job: PickupJob) -> None:
    """The pickup ends: what nobody sent yet stays where it is; what is on its way comes
    and is received as free stock. Inside the move's transaction."""
    for transfer in _under_way(job):
        transferring.cancel(transfer)


def _under_way(job: PickupJob) -> Any:
    return (
        Transfer.objects.filter(reference=str(job.id), status__in=UNDER_WAY)
        .select_related("source", "target")
        .order_by("asked_at")
    )


def _waiting(transfer: Transfer) -> PickupJob | None:
    """Its pickup, locked before any stock, as every move locks it."""
    if not transfer.reference:
        return None
    return (
        PickupJob.objects.select_for_update(of=("self",))
        .select_related("location")
        .filter(id=transfer.reference, status=PickupStatus.AWAITING_TRANSFER)
        .first()
    )


def _hold(job: PickupJob, transfer: Transfer, *, at: datetime) -> None:
    """All that came; less where a till had sold it before the books had it."""
    wanted = transferring.quantities_of(transfer)
    reference = str(job.id)
    try:
        hold_more(job.location, wanted, kind=KIND, reference=reference, at=at)
    except reserving.OutOfStock as short:
        wanted |= {line.variant_id: line.free for line in short.lines}
        left = {variant_id: units for variant_id, units in wanted.items() if units}
        if left:
            hold_more(job.location, left, kind=KIND, reference=reference, at=at)
