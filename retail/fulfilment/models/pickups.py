"""A store's work on a pickup, and what its manager set about pickups."""

from django.db import models
from django.db.models import F, Q

from inventory.models import Location, Row, Variant, owned_by
from inventory.places import Origin
from retail.fulfilment.states import PICKUP_OPEN, PickupStatus

CHANNELS = (Origin.WEBSHOP, Origin.POS)


class PickupJob(Row):
    """A pickup as the store sees it: of the customer no more than a first name and what
    is due. `worth`: what its goods cost when they were asked for. `code_hash` is a keyed
    hash: the store cannot read the code; `collector_hash` that of the named collector's
    own. `picker` is who walks for it ("employee:<uuid> Name"), `bags` how many bags
    stand on `shelf`. Names are wiped some days after the end (`wiped_at`)."""

    order_id = models.UUIDField()
    order_number = models.CharField(max_length=16)
    order_origin = models.CharField(max_length=7)
    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    status = models.CharField(max_length=20, choices=PickupStatus)
    reason = models.CharField(max_length=80, blank=True)
    customer_name = models.CharField(max_length=80, blank=True)
    due = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    paid = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    worth = models.DecimalField(
        max_digits=12, decimal_places=2, default=0, db_default=0
    )
    currency = models.CharField(max_length=3, default="EUR")
    code_hash = models.CharField(max_length=64)
    code_fails = models.PositiveSmallIntegerField(default=0)
    collector_name = models.CharField(max_length=80, blank=True)
    collector_hash = models.CharField(max_length=64, blank=True)
    picker = models.CharField(max_length=80, blank=True)
    shelf = models.CharField(max_length=20, blank=True)
    bags = models.PositiveSmallIntegerField(default=0)
    place = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(default=0)
    placed_at = models.DateTimeField()
    ready_by = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    hold_until = models.DateTimeField(null=True)
    slot_start = models.DateTimeField(null=True)
    slot_end = models.DateTimeField(null=True)
    on_way_at = models.DateTimeField(null=True)
    extended_at = models.DateTimeField(null=True)
    checked_in_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    wiped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            owned_by("pickup_job", *CHANNELS),
            # a code opens one open pickup of a store, never two
            models.UniqueConstraint(
                fields=["location", "code_hash"],
                condition=Q(status__in=PICKUP_OPEN),
                name="one_open_pickup_per_code",
            ),
            models.UniqueConstraint(
                fields=["location", "collector_hash"],
                condition=Q(status__in=PICKUP_OPEN) & ~Q(collector_hash=""),
                name="one_open_pickup_per_collector_code",
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
    """`picked` lies in a bag, `short` is missing, `collected` has left the store. A
    line that `replaces` the one at that position holds what was agreed instead."""

    job = models.ForeignKey(PickupJob, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    gtin = models.CharField(max_length=14)
    title = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField()
    picked = models.PositiveIntegerField(default=0)
    short = models.PositiveIntegerField(default=0)
    collected = models.PositiveIntegerField(default=0)
    replaces = models.PositiveSmallIntegerField(null=True)

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


class OfferState(models.TextChoices):
    OPEN = "open"
    TAKEN = "taken"
    DECLINED = "declined"


class PickupOffer(Row):
    """What the store would give for units that are missing of the line at `position`.
    Held for the customer while `open`."""

    job = models.ForeignKey(PickupJob, on_delete=models.PROTECT, related_name="offers")
    position = models.PositiveSmallIntegerField()
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    gtin = models.CharField(max_length=14)
    title = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=OfferState)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            owned_by("pickup_offer", *CHANNELS),
            models.UniqueConstraint(
                fields=["job", "position"],
                condition=Q(state="open"),
                name="one_open_offer_per_line",
            ),
            models.CheckConstraint(
                name="offer_quantity_positive", condition=Q(quantity__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"


class PickupEvent(Row):
    """Append only. Its id is the idempotency key of the move."""

    job = models.ForeignKey(PickupJob, on_delete=models.PROTECT, related_name="events")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [owned_by("pickup_event", *CHANNELS)]
        indexes = [models.Index(fields=["job", "at"])]

    def __str__(self) -> str:
        return f"{self.move} {self.after}"


class PickupSetting(Row):
    """What a store's manager sets about pickup. Without a row the defaults hold.

    `capacity`: pickups per slot of `slot_minutes`; `buffer`: units of each product that
    the web does not offer; `minutes_per_order`: what each open pickup adds to the
    promise; ordered after `cut_off` (local time) is promised for the next opening;
    `paused`: nothing new is accepted, what was begun is finished. An order worth
    `identity_from` or more leaves only when an identity card was seen; without, none.
    """

    location = models.OneToOneField(Location, on_delete=models.PROTECT)
    paused = models.BooleanField(default=False)
    capacity = models.PositiveSmallIntegerField(default=8)
    slot_minutes = models.PositiveSmallIntegerField(default=60)
    buffer = models.PositiveSmallIntegerField(default=0)
    minutes_per_order = models.PositiveSmallIntegerField(default=5)
    cut_off = models.TimeField(null=True)
    identity_from = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    changed_at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = [
            owned_by("pickup_setting", *CHANNELS),
            models.CheckConstraint(
                name="slot_divides_the_day",
                condition=Q(slot_minutes__in=[15, 30, 60, 120]),
            ),
            models.CheckConstraint(
                name="capacity_positive", condition=Q(capacity__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.location_id}"
