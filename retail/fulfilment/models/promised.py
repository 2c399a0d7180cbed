"""What an order promised, on the order's side."""

from django.db import models
from django.db.models import F, Q

from inventory.models import Location, Row, Variant, owned_by
from inventory.places import Origin
from retail.fulfilment.states import FulfilmentStatus
from retail.orders.models import Order, OrderLine

CHANNELS = (Origin.WEBSHOP, Origin.POS)


class Method(models.TextChoices):
    SHIP = "ship"
    COLLECT = "collect"


class Fulfilment(Row):
    """The promise to the customer, on the order's side.

    `requested` names an act of the customer that the store has not answered yet,
    `job_version` the last state that the location's side reported, `due` what is still
    to be paid at the counter. `slot_start`/`slot_end`: when the customer means to come.
    `offers` are the goods that the store would give for missing ones: a list of
    {position, gtin, title, quantity}. A choice not made until `choose_by` is made for
    the customer. A named collector has a code of their own, `collector_version` > 0.
    """

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="fulfilments"
    )
    method = models.CharField(max_length=7, choices=Method)
    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    status = models.CharField(max_length=20, choices=FulfilmentStatus)
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
    slot_start = models.DateTimeField(null=True)
    slot_end = models.DateTimeField(null=True)
    offers = models.JSONField(default=list, blank=True)
    choose_by = models.DateTimeField(null=True)
    collector_version = models.PositiveSmallIntegerField(default=0)
    on_way_at = models.DateTimeField(null=True)
    extended_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            owned_by("fulfilment", *CHANNELS),
            models.CheckConstraint(name="due_not_negative", condition=Q(due__gte=0)),
        ]
        indexes = [
            models.Index(fields=["order"]),
            models.Index(
                fields=["choose_by"],
                condition=Q(choose_by__isnull=False),
                name="choices_by_deadline",
            ),
        ]

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
    returned = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            owned_by("fulfilment_line", *CHANNELS),
            # nothing comes back that was never given
            models.CheckConstraint(
                name="returned_within_fulfilled",
                condition=Q(fulfilled__gte=F("returned")),
            ),
            # nobody gets more than was ordered
            models.CheckConstraint(
                name="fulfilled_within_ordered",
                condition=Q(quantity__gte=F("dropped") + F("fulfilled")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant_id}"


class PickupSlot(Row):
    """How many pickups of a channel's orders are meant to come to a place in one slot.
    `taken` changes in one conditional upsert."""

    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    taken = models.IntegerField(default=0)

    class Meta:
        constraints = [
            owned_by("pickup_slot", *CHANNELS),
            models.UniqueConstraint(
                fields=["origin", "location", "starts_at"], name="one_row_per_slot"
            ),
            models.CheckConstraint(
                name="slot_taken_not_negative", condition=Q(taken__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at} {self.taken}"
