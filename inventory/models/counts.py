from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models.catalogue import Variant
from inventory.models.places import Location
from inventory.models.rows import Row, owned_by
from inventory.places import Origin

CHANNELS = (Origin.WEBSHOP, Origin.POS)


class CountKind(models.TextChoices):
    SHELF = "shelf", _("count")
    DELIVERY = "delivery", _("delivery")


class Count(Row):
    """Goods counted one scan at a time: those of a shelf, or those that a delivery
    brought. `label` is the shelf, or the number of the delivery note. It changes the
    books once, when it is settled; never where it is `given_up` instead."""

    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    kind = models.CharField(max_length=8, choices=CountKind)
    label = models.CharField(max_length=60)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=80, blank=True)
    given_up = models.BooleanField(default=False)

    class Meta:
        constraints = [owned_by("count", *CHANNELS)]
        indexes = [models.Index(fields=["location", "-opened_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.label}"


class CountLine(Row):
    """`expected` is what the books said when the article was first counted, which
    nobody sees before the count is settled; empty on a delivery. `last_event` is the
    scan that added last, so that the same sent twice adds once."""

    count = models.ForeignKey(Count, on_delete=models.PROTECT, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    counted = models.IntegerField()
    expected = models.IntegerField(null=True)
    last_event = models.UUIDField(null=True)

    class Meta:
        constraints = [
            owned_by("count_line", *CHANNELS),
            models.UniqueConstraint(
                fields=["count", "variant"], name="counted_once_per_variant"
            ),
            models.CheckConstraint(
                name="counted_not_negative", condition=Q(counted__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counted} × {self.variant_id}"
