"""Who is called when something happened, and how each call went: head office's rows,
which stay where they are when the dial is turned."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.ids import new_id
from inventory.places import Channel

__all__ = ["Attempt", "Delivery", "Endpoint", "Kind", "State"]


class Kind(models.TextChoices):
    """What other systems can hear of. The names are public and stay."""

    ORDER_PLACED = "order.placed", _("An order was placed")
    ORDER_STATUS = "order.status_changed", _("An order’s status changed")
    FULFILMENT_MOVED = "fulfilment.moved", _("A pickup or a parcel went a step on")
    REFUND_MADE = "refund.made", _("Money goes back")


class State(models.TextChoices):
    ON = "on", _("On")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped by the house")


class Endpoint(models.Model):
    """An address of another system and the events that it hears of its channel.

    No secret lies here: it is computed from `nonce` and the house's key (`secrets`).
    `old_nonce` counts until `old_until`. `failures` in a row since `failing_since` make
    it rest until `rests_until`; `taken_at`: a worker is calling it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.CharField(max_length=7, choices=Channel)
    url = models.CharField(max_length=500)
    events = models.JSONField()
    state = models.CharField(max_length=7, choices=State, default=State.ON)
    by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    nonce = models.CharField(max_length=32)
    old_nonce = models.CharField(max_length=32, blank=True)
    old_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One event for one endpoint: `body` is sent as it is each time, under the event's
    id. Neither `sent_at` nor `dead_at`: it is tried again at `due_at`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.CASCADE, related_name="deliveries"
    )
    event_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    body = models.TextField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "event_id"], name="event_told_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(sent_at__isnull=True, dead_at__isnull=True),
                name="delivery_due",
            ),
            models.Index(fields=["endpoint", "-made_at"], name="delivery_newest"),
            models.Index(fields=["made_at"], name="delivery_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class Attempt(models.Model):
    """`status` 0: nobody answered. `said` is of our making or the status's own words,
    never what a body held."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, related_name="tries"
    )
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField()
    ms = models.PositiveIntegerField()
    said = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["delivery", "-at"], name="attempt_newest")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status}"
