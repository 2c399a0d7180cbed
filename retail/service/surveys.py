"""How collecting (or receiving) went, in the customer's own words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from inventory.ids import derived
from retail.channels import atomic
from retail.fulfilment.models import Fulfilment
from retail.fulfilment.states import FulfilmentStatus
from retail.service.models import SurveyAnswer

__all__ = [
    "MOST_SIGNS",
    "BadScore",
    "NotYet",
    "Summary",
    "answer",
    "answer_of",
    "by_place",
    "comments",
    "summary",
]

MOST_SIGNS = 500
# the goods are with the customer
OVER = frozenset(
    {
        FulfilmentStatus.COLLECTED,
        FulfilmentStatus.SHIPPED,
        FulfilmentStatus.DELIVERED,
        FulfilmentStatus.RETURNED,
    }
)


class NotYet(Exception):
    """Nothing has been collected or received that could be judged."""


class BadScore(Exception):
    """A score is 1, 2, 3, 4 or 5."""


@dataclass(frozen=True)
class Summary:
    """`scores` counts the answers by score, 1 to 5; `mean` is None without any."""

    scores: dict[int, int]

    @property
    def count(self) -> int:
        return sum(self.scores.values())

    @property
    def mean(self) -> float | None:
        if not self.count:
            return None
        return sum(score * n for score, n in self.scores.items()) / self.count


def answer(
    fulfilment: Fulfilment,
    *,
    score: int,
    comment: str = "",
    at: datetime | None = None,
) -> SurveyAnswer:
    """One answer per promise; again it is changed. Opens its own transaction. Raises
    NotYet, BadScore."""
    if fulfilment.status not in OVER:
        raise NotYet
    if score not in range(1, 6):
        raise BadScore
    with atomic():
        made, _created = SurveyAnswer.objects.update_or_create(
            id=derived(fulfilment.id, "survey"),
            defaults={
                "origin": fulfilment.origin,
                "fulfilment_id": fulfilment.id,
                "order_id": fulfilment.order_id,
                "location": fulfilment.location.code,
                "score": score,
                "comment": comment[:MOST_SIGNS],
                "at": at or timezone.now(),
            },
        )
    return made


def answer_of(fulfilment_id: UUID) -> SurveyAnswer | None:
    return SurveyAnswer.objects.filter(fulfilment_id=fulfilment_id).first()


def summary(location_code: str, *, since: datetime) -> Summary:
    """What was said of a place since then, in the pinned channel's database. One query."""
    found = SurveyAnswer.objects.filter(location=location_code, at__gte=since)
    counted = dict(found.values_list("score").annotate(n=Count("id")))
    return Summary({score: counted.get(score, 0) for score in range(1, 6)})


def by_place(*, since: datetime) -> dict[str, Summary]:
    """{a place's code: what was said of it since then}, in the pinned channel's
    database. One query."""
    counted: dict[str, dict[int, int]] = {}
    found = SurveyAnswer.objects.filter(at__gte=since)
    for code, score, n in found.values_list("location", "score").annotate(
        n=Count("id")
    ):
        counted.setdefault(code, dict.fromkeys(range(1, 6), 0))[score] = n
    return {code: Summary(scores) for code, scores in counted.items()}


def comments(*, since: datetime, most: int) -> list[SurveyAnswer]:
    """The newest answers that say something in words. One query."""
    found = SurveyAnswer.objects.filter(at__gte=since).exclude(comment="")
    return list(found.order_by("-at", "-id")[:most])
