"""A parcel as the place that packs it sees it."""

from django.db import models
from django.db.models import F, Q

from inventory.models import Location, Row, Variant, owned_by
from inventory.places import Origin
from retail.fulfilment.states import ShipStatus

CHANNELS = (Origin.WEBSHOP, Origin.POS)


class ShipJob(Row):
    """A parcel as the place that packs it sees it."""

    order_id = models.UUIDField()
    order_number = models.CharField(max_length=16)
    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    status = models.CharField(max_length=10, choices=ShipStatus)
    customer_name = models.CharField(max_length=160, blank=True)
    address = models.JSONField(default=dict)
    tracking = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=0)
    placed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    wiped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [owned_by("ship_job", *CHANNELS)]
        indexes = [models.Index(fields=["location", "status", "placed_at"])]

    def __str__(self) -> str:
        return f"{self.order_number} {self.status}"


class ShipLine(Row):
    job = models.ForeignKey(ShipJob, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    gtin = models.CharField(max_length=14)
    title = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField()
    picked = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            owned_by("ship_line", *CHANNELS),
            models.UniqueConstraint(fields=["job", "position"], name="ship_line_once"),
            models.CheckConstraint(
                name="packed_within_ordered", condition=Q(picked__lte=F("quantity"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"


class ShipEvent(Row):
    """Append only. Its id is the idempotency key of the move."""

    job = models.ForeignKey(ShipJob, on_delete=models.PROTECT, related_name="events")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [owned_by("ship_event", *CHANNELS)]
        indexes = [models.Index(fields=["job", "at"])]

    def __str__(self) -> str:
        return f"{self.move} {self.after}"
