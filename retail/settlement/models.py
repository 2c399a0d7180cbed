"""Where our payments and a provider's list differ, as head office keeps it: a provider
knows nothing of channels, so these rows lie with neither."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.ids import new_id

__all__ = ["Difference", "Kind"]


class Kind(models.TextChoices):
    MISSING_HERE = "missing_here", _("Unknown here")
    MISSING_THERE = "missing_there", _("Unknown at the provider")
    CAPTURED = "captured", _("Another sum taken")
    REFUNDED = "refunded", _("Another sum given back")
    STUCK = "stuck", _("Without an end")


class Difference(models.Model):
    """Open until a later comparison no longer finds it, or a person has said why it may
    stay (`acted_by`). Plain ids: payment and order lie in another database."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.CharField(max_length=20)
    payment_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=13, choices=Kind)
    order_number = models.CharField(max_length=16, blank=True)
    ours = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    theirs = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    found_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    acted_by = models.CharField(max_length=80, blank=True)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "payment_id", "kind"],
                condition=Q(ended_at__isnull=True),
                name="open_difference_once",
            ),
        ]
        indexes = [models.Index(fields=["-found_at"], name="difference_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.payment_id}"
