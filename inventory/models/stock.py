"""Stock: what lies where, what is promised, and every movement that made it so."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models.catalogue import Variant
from inventory.models.places import Location
from inventory.models.rows import Row, owned_by
from inventory.places import Origin

CHANNELS = (Origin.WEBSHOP, Origin.POS)


class StockLevel(Row):
    """One variant at one place. The owner is the place's channel.

    `on_hand − reserved − safety` may be promised. `oversold` counts units that a till
    sold while the books had none: the goods were in the customer's hand. Until
    `blocked_until` nothing is promised: somebody looked for it in vain.
    `sequence` numbers the movements of this level, because clocks may go back.
    """

    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    safety = models.IntegerField(default=0)
    oversold = models.IntegerField(default=0)
    sequence = models.BigIntegerField(default=0)
    blocked_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            owned_by("stock_level", *CHANNELS),
            models.UniqueConstraint(
                fields=["variant", "location"], name="one_level_per_place"
            ),
            # the promise that no unit is sold twice
            models.CheckConstraint(
                name="reserved_within_on_hand",
                condition=Q(reserved__gte=0, reserved__lte=F("on_hand")),
            ),
            models.CheckConstraint(
                name="stock_never_negative",
                condition=Q(on_hand__gte=0, oversold__gte=0, safety__gte=0),
            ),
        ]
        indexes = [models.Index(fields=["location", "variant"])]

    def __str__(self) -> str:
        return f"{self.on_hand} − {self.reserved} − {self.safety}"


class StockMovement(Row):
    """Append only. `quantity` is signed; `kind` and `reference` name the cause as
    plain text, so that no arrow points upward. `sequence` is the level's."""

    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    quantity = models.IntegerField()
    kind = models.CharField(max_length=20)
    reference = models.CharField(max_length=80)
    sequence = models.BigIntegerField()
    by = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            owned_by("stock_movement", *CHANNELS),
            models.UniqueConstraint(
                fields=["variant", "location", "sequence"],
                name="movement_numbered_once",
            ),
            # one effect per cause: a retry cannot move the goods twice
            models.UniqueConstraint(
                fields=["kind", "reference", "variant", "location"],
                name="moved_once_per_cause",
            ),
        ]
        indexes = [models.Index(fields=["reference"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity:+d}"


class TransferStatus(models.TextChoices):
    ASKED = "asked", _("Asked for")
    SENT = "sent", _("On its way")
    RECEIVED = "received", _("Received")
    CANCELLED = "cancelled", _("Cancelled")


class Transfer(Row):
    """Goods on their way between two places of one owner. `reference` names for what
    they are wanted, as plain text. Held at `source` until they are sent, then owned by
    nobody's shelf until `target` receives them."""

    source = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=9, choices=TransferStatus)
    reference = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=80)

    class Meta:
        constraints = [
            owned_by("transfer", *CHANNELS),
            models.CheckConstraint(
                name="transfer_goes_somewhere", condition=~Q(source=F("target"))
            ),
        ]
        indexes = [
            models.Index(fields=["source", "status"]),
            models.Index(fields=["target", "status"]),
            models.Index(fields=["reference"]),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id} {self.status}"


class TransferLine(Row):
    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, related_name="lines"
    )
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            owned_by("transfer_line", *CHANNELS),
            models.UniqueConstraint(
                fields=["transfer", "variant"], name="transferred_once_per_variant"
            ),
            models.CheckConstraint(
                name="transfer_quantity_positive", condition=Q(quantity__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant_id}"


class ReservationState(models.TextChoices):
    HELD = "held", _("held")
    CLAIMED = "claimed", _("claimed")
    RELEASED = "released", _("released")
    EXPIRED = "expired", _("expired")


class Reservation(Row):
    """Units of one variant kept at one place for one cause.

    `expires_at` empty: kept until claimed or released. `picked` units have left the
    shelf for a bag and cannot be taken back by a sale at the till.
    """

    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    quantity = models.PositiveIntegerField()
    picked = models.PositiveIntegerField(default=0)
    state = models.CharField(
        max_length=8, choices=ReservationState, default=ReservationState.HELD
    )
    kind = models.CharField(max_length=20)
    reference = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            owned_by("reservation", *CHANNELS),
            models.UniqueConstraint(
                fields=["kind", "reference", "variant", "location"],
                name="reserved_once_per_cause",
            ),
            models.CheckConstraint(
                name="picked_within_reserved",
                condition=Q(picked__lte=F("quantity")),
            ),
        ]
        indexes = [
            models.Index(fields=["reference"]),
            models.Index(
                fields=["expires_at"],
                condition=Q(state="held"),
                name="held_by_expiry",
            ),
            models.Index(
                fields=["variant", "location"],
                condition=Q(state="held"),
                name="held_by_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.state}"


class StockException(Row):
    """Something about stock that a person must look at, until `closed_at`."""

    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20)
    quantity = models.IntegerField()
    reference = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            owned_by("stock_exception", *CHANNELS),
            models.UniqueConstraint(
                fields=["kind", "reference", "variant", "location"],
                name="exception_once_per_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"
