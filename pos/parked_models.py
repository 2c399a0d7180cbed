"""Tickets that were put aside while another customer is served."""

from django.db import models

from inventory.models import Location, Row, owned_by
from inventory.places import Origin

__all__ = ["ParkedTicket"]


class ParkedTicket(Row):
    """What was on a till's screen, for any till of the store to go on with, once:
    `taken_at`. `content` is the app's own, {lines, coupons}: goods, and no customer's
    name; `approval` where a manager agreed to something on it, in their signed word."""

    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    till = models.ForeignKey("pos.Till", on_delete=models.PROTECT)
    content = models.JSONField()
    customer_id = models.UUIDField(null=True)
    units = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=12, decimal_places=2)
    by = models.CharField(max_length=80)
    parked_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    taken_by = models.CharField(max_length=80, blank=True)
    taken_till = models.ForeignKey(
        "pos.Till", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [owned_by("parked_ticket", Origin.POS)]
        indexes = [
            models.Index(
                fields=["location", "parked_at"],
                condition=models.Q(taken_at__isnull=True),
                name="parked_by_store",
            )
        ]

    def __str__(self) -> str:
        return f"{self.units} · {self.total}"
