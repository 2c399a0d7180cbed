"""Sweeps over promises. Each pins its own contexts, may run twice or not at all for a
while, and finds by a due column what there is to do."""

from datetime import datetime

from django.utils import timezone

from inventory import reserving
from inventory.ids import derived
from retail.celery import shared_task
from retail.channels import (
    Channel,
    atomic,
    channels_of,
    open_databases,
    retrying,
    use_channel,
)
from retail.fulfilment import deadlines, feed, pickup, wiping
from retail.fulfilment.models import PickupJob
from retail.fulfilment.states import PICKUP_MOVES

__all__ = ["expire_holds", "expire_pickups", "refresh_feed", "wipe_names"]


@shared_task
def refresh_feed() -> int:
    """Each five seconds: answers how many rows of the feed changed."""
    return feed.refresh()


@shared_task
def expire_holds() -> int:
    """Each half minute: goods that were held for an order that was not paid in time are
    free again, whatever becomes of the order. Answers how many causes."""
    return sum(
        _expire_holds_of(channels_of(database)[0]) for database in open_databases()
    )


def _expire_holds_of(channel: Channel) -> int:
    with use_channel(channel):
        return retrying(_expire_holds_here)()


def _expire_holds_here() -> int:
    with atomic():
        return len(reserving.expire_due(timezone.now()))


@shared_task
def expire_pickups() -> int:
    """Each minute: pickups that nobody fetched until the end of their day. Answers how
    many. The store puts the goods back (`restock`), and that gives the money back."""
    with use_channel(Channel.POS):
        return retrying(_expire_pickups_here)()


def _expire_pickups_here() -> int:
    now = timezone.now()
    due = PickupJob.objects.filter(
        status__in=PICKUP_MOVES["expire"].sources, hold_until__lt=now
    ).select_related("location")
    expired = 0
    for job in due.order_by("hold_until")[:500]:
        held = job.hold_until
        if held and deadlines.kept_until(job.location, held) >= now:
            continue
        try:
            pickup.expire(job, by="system", event_id=derived(job.id, "expire"), at=now)
        except pickup.IllegalMove:
            continue  # fetched or cancelled since it was read
        expired += 1
    return expired


@shared_task
def wipe_names() -> int:
    """Each hour: the names of pickups and parcels that ended some time ago, in jobs and
    messages of each open database. Answers how many rows."""
    now = timezone.now()
    return sum(
        _wipe_names_of(channels_of(database)[0], now) for database in open_databases()
    )


def _wipe_names_of(channel: Channel, now: datetime) -> int:
    with use_channel(channel):
        return retrying(wiping.wipe_here)(now)
