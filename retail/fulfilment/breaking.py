"""A till sold goods that were held for somebody: what that means for them."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from inventory import transferring
from inventory.ids import derived
from inventory.models import Transfer
from retail.fulfilment import awaiting
from retail.fulfilment.models import PickupJob
from retail.fulfilment.picking import short_of_holds
from retail.fulfilment.sourcing import KIND

__all__ = ["hold_broken"]


def hold_broken(
    kind: str, reference: str, *, by: str, at: datetime | None = None
) -> None:
    """A pickup becomes short; a transfer to another store will not come. Nothing to do
    where no store has been asked yet. Inside the sale's transaction. Goods that lie in
    a tote already, picked or offered, are never sold by a till."""
    at = at or timezone.now()
    if kind == KIND:
        job = PickupJob.objects.filter(id=reference).first()
        if job is not None:
            short_of_holds(job, cause="hold-broken", by=by, at=at)
    elif kind == transferring.KIND:
        transfer = Transfer.objects.select_related("source", "target").get(id=reference)
        awaiting.fail(
            transfer,
            reason="sold",
            by=by,
            event_id=derived(UUID(reference), "hold-broken"),
            at=at,
        )
