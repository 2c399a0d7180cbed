"""What is told to customers by e-mail or SMS, once each."""

from django.db import models
from django.db.models import Q

from inventory.models import Row, owned_by
from inventory.places import Origin
from retail.messages.models import Act

__all__ = ["Notice", "Way"]


class Way(models.TextChoices):
    EMAIL = "email"
    SMS = "sms"


class Notice(Row):
    """Written in the transaction of its cause, sent by a sweep after it. `subject` is
    what it is about (an order, a fulfilment, an alert, which has no order), `key` parts two notices of one kind about
    it. `data` are the values of its text, without personal ones; `address` is wiped
    when the person is erased. `taken_at`: some worker is sending it. `dead_at`: given up; a person has it tried
    again or sets it aside (`act`)."""

    kind = models.CharField(max_length=40)
    way = models.CharField(max_length=5, choices=Way)
    subject = models.UUIDField()
    key = models.CharField(max_length=60, blank=True)
    order_id = models.UUIDField(null=True)
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=2)
    data = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    dead_at = models.DateTimeField(null=True)
    act = models.CharField(max_length=5, choices=Act, blank=True, db_default="")
    acted_at = models.DateTimeField(null=True)
    acted_by = models.CharField(max_length=80, blank=True, db_default="")
    why = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        constraints = [
            owned_by("notice", Origin.WEBSHOP, Origin.POS),
            # a customer is told a thing once
            models.UniqueConstraint(
                fields=["origin", "subject", "kind", "way", "key"],
                name="told_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(sent_at__isnull=True, dead_at__isnull=True),
                name="notices_unsent",
            ),
            models.Index(
                fields=["dead_at"],
                condition=Q(dead_at__isnull=False) & ~Q(act="aside"),
                name="notices_dead",
            ),
            models.Index(fields=["order_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
