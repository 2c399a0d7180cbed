"""Who hands goods over to somebody who shows no code, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from retail.fulfilment.counter import HAND_OVERS
from retail.fulfilment.models import PickupEvent
from retail.fulfilment.words import NO_CODE


@dataclass(frozen=True)
class HandsOver:
    """`by` as events keep it; `unseen` of `all` hand-overs were by a checked name,
    `alone` of them with nobody else's word. `why`: (reason in words, how often)."""

    by: str
    place: str
    all: int
    unseen: int
    alone: int
    why: list[tuple[str, int]]


def hands_over(*, since: datetime, most: int) -> list[HandsOver]:
    """Who did so at least once, most often first. One query."""
    seen = Q(data__name_checked=True)
    second = Q(data__approved_by__startswith="employee:")
    said = Q(data__has_key="reason") & ~Q(data__reason="")
    why = {
        reason: Count("id", filter=seen & Q(data__reason=reason)) for reason in NO_CODE
    }
    found = (
        PickupEvent.objects.filter(move__in=HAND_OVERS, at__gte=since)
        .values("by", "job__location__name")
        .annotate(
            all=Count("id"),
            unseen=Count("id", filter=seen),
            agreed=Count("id", filter=seen & second),
            said=Count("id", filter=seen & said),
            **why,
        )
        .filter(unseen__gt=0)
        .order_by("-unseen", "by")[:most]
    )
    return [
        HandsOver(
            each["by"],
            each["job__location__name"],
            each["all"],
            each["unseen"],
            each["unseen"] - each["agreed"],
            _in_words(each),
        )
        for each in found
    ]


def _in_words(row: Mapping[str, Any]) -> list[tuple[str, int]]:
    known = [(str(words), row[reason]) for reason, words in NO_CODE.items()]
    others = row["said"] - sum(times for _words, times in known)
    unsaid = row["unseen"] - row["said"]
    found = [*known, (_("Another reason"), others), (_("No reason given"), unsaid)]
    return [each for each in found if each[1]]
