"""What customers say of the service."""

from django.db import models
from django.db.models import Q

from inventory.models import Row, owned_by
from inventory.places import Origin

__all__ = ["SurveyAnswer"]


class SurveyAnswer(Row):
    """How collecting (or receiving) went: `score` 1 to 5. One answer per promise, its
    customer may change it. `location` is the place's code."""

    fulfilment_id = models.UUIDField()
    order_id = models.UUIDField()
    location = models.CharField(max_length=12)
    score = models.PositiveSmallIntegerField()
    comment = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            owned_by("survey_answer", Origin.WEBSHOP, Origin.POS),
            models.UniqueConstraint(
                fields=["origin", "fulfilment_id"], name="one_answer_per_promise"
            ),
            models.CheckConstraint(
                name="score_one_to_five", condition=Q(score__gte=1, score__lte=5)
            ),
        ]
        indexes = [models.Index(fields=["order_id"])]

    def __str__(self) -> str:
        return f"{self.location} {self.score}"
