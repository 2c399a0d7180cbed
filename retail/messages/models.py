"""The mailbox between databases.

An `OutboxMessage` is written in the transaction of its cause; the relay delivers it;
a handler writes an `InboxMessage` in the transaction of its effect, so that a message
delivered twice has one effect.
"""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from inventory.models import Row, owned_by
from inventory.places import Channel, Origin

__all__ = ["Act", "InboxMessage", "OutboxMessage", "OutsideEvent"]

CHANNELS = (Origin.WEBSHOP, Origin.POS)


class Act(models.TextChoices):
    """What a person last did with something that was given up."""

    AGAIN = "again"
    ASIDE = "aside"


class OutboxMessage(Row):
    """`subject` is what it is about (a fulfilment), `version` counts the sender's
    messages about it. `dead_at`: given up after too many tries, a person must look, who
    has it tried again or sets it aside (`act`)."""

    kind = models.CharField(max_length=60)
    to = models.CharField(max_length=7, choices=Channel)
    subject = models.UUIDField()
    version = models.PositiveIntegerField()
    payload = models.JSONField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)
    dead_at = models.DateTimeField(null=True)
    act = models.CharField(max_length=5, choices=Act, blank=True, db_default="")
    acted_at = models.DateTimeField(null=True)
    acted_by = models.CharField(max_length=80, blank=True, db_default="")
    why = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        constraints = [
            owned_by("outbox_message", *CHANNELS),
            models.UniqueConstraint(
                fields=["origin", "subject", "version"],
                name="message_numbered_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(sent_at__isnull=True, dead_at__isnull=True),
                name="outbox_unsent",
            ),
            models.Index(
                fields=["dead_at"],
                condition=Q(dead_at__isnull=False) & ~Q(act="aside"),
                name="outbox_dead",
            ),
            # what still says who it is about, for the sweep that takes that out
            models.Index(
                fields=["made_at"],
                condition=Q(
                    payload__has_any_keys=[
                        "customer_name",
                        "collector_name",
                        "collector_hash",
                        "code_hash",
                        "place",
                    ]
                ),
                name="outbox_names",
            ),
            # what was made lately, for the office: nearly free to write
            BrinIndex(fields=["made_at"], name="outbox_lately"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class InboxMessage(Row):
    """That one handler has done what one message asked."""

    message_id = models.UUIDField()
    kind = models.CharField(max_length=60)
    subject = models.UUIDField()
    version = models.PositiveIntegerField()
    handler = models.CharField(max_length=80)
    handled_at = models.DateTimeField()

    class Meta:
        constraints = [
            owned_by("inbox_message", *CHANNELS),
            models.UniqueConstraint(
                fields=["message_id", "handler"], name="handled_once"
            ),
        ]
        indexes = [models.Index(fields=["subject"])]

    def __str__(self) -> str:
        return f"{self.handler} {self.message_id}"


class OutsideEvent(Row):
    """What happened, for other systems that want to hear of it: written in the
    transaction of its cause, gone as soon as head office has a delivery for each of
    them. `data` are ids and states, nothing of a person."""

    kind = models.CharField(max_length=40)
    data = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [owned_by("outside_event", *CHANNELS)]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
