"""What a store has handed over today, and whether its promises were kept."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q

from inventory.models import Location
from retail.fulfilment.models import PickupJob
from retail.fulfilment.states import PickupStatus


@dataclass(frozen=True)
class Today:
    """`kept` of `collected` were ready when they were promised."""

    collected: int
    kept: int


def today(store: Location, now: datetime) -> Today:
    """Since midnight at the store. One query."""
    local = now.astimezone(ZoneInfo(store.timezone))
    found = PickupJob.objects.filter(
        location=store,
        status=PickupStatus.COLLECTED,
        finished_at__gte=local.replace(hour=0, minute=0, second=0, microsecond=0),
    ).aggregate(
        collected=Count("id"),
        kept=Count(
            "id", filter=Q(ready_by__isnull=True) | Q(ready_at__lte=F("ready_by"))
        ),
    )
    return Today(**found)
