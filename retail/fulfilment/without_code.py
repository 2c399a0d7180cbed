"""Who hands goods over to somebody who shows no code, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from retail.fulfilment.counter import HAND_OVERS
from retail.fulfilment.models import PickupEvent


@dataclass(frozen=True)
class HandsOver:
    """`by` as events keep it; `unseen` of `all` hand-overs were by a checked name."""

    by: str
    place: str
    all: int
    unseen: int


def hands_over(*, since: datetime, most: int) -> list[HandsOver]:
    """Who did so at least once, most often first. One query."""
    found = (
        PickupEvent.objects.filter(move__in=HAND_OVERS, at__gte=since)
        .values("by", "job__location__name")
        .annotate(
            all=Count("id"), unseen=Count("id", filter=Q(data__name_checked=True))
        )
        .filter(unseen__gt=0)
        .order_by("-unseen", "by")[:most]
    )
    return [
        HandsOver(each["by"], each["job__location__name"], each["all"], each["unseen"])
        for each in found
    ]
