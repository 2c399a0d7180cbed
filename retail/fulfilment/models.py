"""What an order promised (`Fulfilment`, the order's side) and the work that keeps the
promise (`PickupJob`, `ShipJob`, the location's side). Both carry the same id.
"""

from django.db import models
from django.db.models import F, Q

from inventory.models import Location, Row, Variant, owned_by
from inventory.places import Origin
from retail.fulfilment.states import (
    PICKUP_OPEN,
    FulfilmentStatus,
    PickupStatus,
    ShipStatus,
)
from retail.orders.models import Order, OrderLine

__all__ = [
    "FeedState",
    "Fulfilment",
    "FulfilmentLine",
    "Method",
    "PickupEvent",
    "PickupJob",
    "PickupLine",
    "ShipEvent",
    "ShipJob",
    "ShipLine",
    "StoreAvailability",
]

CHANNELS = (Origin.WEBSHOP, Origin.POS)


class Method(models.TextChoices):
    SHIP = "ship"
    COLLECT = "collect"


class Fulfilment(Row):
    """The promise to the customer, on the order's side.

    `requested` names an act of the customer that the store has not answered yet,
    `job_version` the last state that the location's side reported, `due` what is still
    to be paid at the counter.
    """

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="fulfilments"
    )
    method = models.CharField(max_length=7, choices=Method)
    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    status = models.CharField(max_length=16, choices=FulfilmentStatus)
    reason = models.CharField(max_length=80, blank=True)
    requested = models.CharField(max_length=20, blank=True)
    job_version = models.PositiveIntegerField(default=0)
    code_version = models.PositiveSmallIntegerField(default=1)
    collector = models.CharField(max_length=80, blank=True)
    address = models.JSONField(default=dict, blank=True)
    due = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, default="EUR")
    ready_by = models.DateTimeField(null=True)
    hold_until = models.DateTimeField(null=True)
    tracking = models.CharField(max_length=80, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            owned_by("fulfilment", *CHANNELS),
            models.CheckConstraint(name="due_not_negative", condition=Q(due__gte=0)),
        ]
        indexes = [models.Index(fields=["order"])]

    def __str__(self) -> str:
        return f"{self.method} {self.status}"


class FulfilmentLine(Row):
    fulfilment = models.ForeignKey(
        Fulfilment, on_delete=models.PROTECT, related_name="lines"
    )
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT)
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    quantity = models.PositiveIntegerField()
    dropped = models.PositiveIntegerField(default=0)
    fulfilled = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            owned_by("fulfilment_line", *CHANNELS),
            # nobody gets more than was ordered
            models.CheckConstraint(
                name="fulfilled_within_ordered",
                condition=Q(quantity__gte=F("dropped") + F("fulfilled")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant_id}"


class PickupJob(Row):
    """A pickup as the store sees it: of the customer no more than a first name and what
    is due. `code_hash` is a keyed hash: the store cannot read the code."""

    order_id = models.UUIDField()
    order_number = models.CharField(max_length=16)
    order_origin = models.CharField(max_length=7)
    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    status = models.CharField(max_length=12, choices=PickupStatus)
    reason = models.CharField(max_length=80, blank=True)
    customer_name = models.CharField(max_length=80, blank=True)
    due = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    paid = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, default="EUR")
    code_hash = models.CharField(max_length=64)
    code_fails = models.PositiveSmallIntegerField(default=0)
    shelf = models.CharField(max_length=20, blank=True)
    place = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(default=0)
    placed_at = models.DateTimeField()
    ready_by = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    hold_until = models.DateTimeField(null=True)
    checked_in_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            owned_by("pickup_job", *CHANNELS),
            # a code opens one open pickup of a store, never two
            models.UniqueConstraint(
                fields=["location", "code_hash"],
                condition=Q(status__in=PICKUP_OPEN),
                name="one_open_pickup_per_code",
            ),
            models.CheckConstraint(
                name="paid_within_due", condition=Q(paid__gte=0, paid__lte=F("due"))
            ),
        ]
        indexes = [
            models.Index(fields=["location", "status", "ready_by"]),
            models.Index(fields=["order_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.order_number} {self.status}"


class PickupLine(Row):
    """`picked` lies in a bag, `short` is missing, `collected` has left the store."""

    job = models.ForeignKey(PickupJob, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    gtin = models.CharField(max_length=14)
    title = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField()
    picked = models.PositiveIntegerField(default=0)
    short = models.PositiveIntegerField(default=0)
    collected = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            owned_by("pickup_line", *CHANNELS),
            models.UniqueConstraint(
                fields=["job", "position"], name="pickup_line_once"
            ),
            models.CheckConstraint(
                name="picked_within_ordered",
                condition=Q(
                    quantity__gte=F("picked") + F("short"),
                    picked__gte=F("collected"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"


class PickupEvent(Row):
    """Append only. Its id is the idempotency key of the move."""

    job = models.ForeignKey(PickupJob, on_delete=models.PROTECT, related_name="events")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [owned_by("pickup_event", *CHANNELS)]
        indexes = [models.Index(fields=["job", "at"])]

    def __str__(self) -> str:
        return f"{self.move} {self.after}"


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


class StoreAvailability(Row):
    """The webshop's copy of what a store could promise at `FeedState.as_of`: derived.
    `open_requests` are units asked of the store that it has not answered yet."""

    location = models.ForeignKey(Location, on_delete=models.CASCADE)
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE)
    available = models.IntegerField()
    open_requests = models.IntegerField(default=0)
    sequence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            owned_by("store_availability", Origin.WEBSHOP),
            models.UniqueConstraint(
                fields=["location", "variant"], name="one_feed_row_per_place"
            ),
            models.CheckConstraint(
                name="open_requests_not_negative", condition=Q(open_requests__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return str(self.available)


class FeedState(Row):
    """When a store's stock was last read, and up to which reading."""

    location = models.OneToOneField(Location, on_delete=models.CASCADE)
    sequence = models.BigIntegerField(default=0)
    as_of = models.DateTimeField()

    class Meta:
        constraints = [owned_by("feed_state", Origin.WEBSHOP)]

    def __str__(self) -> str:
        return str(self.as_of)
