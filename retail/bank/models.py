"""The bank's own ledger, in the head-office database, where no switch of the dial moves
it."""

from django.db import models
from django.db.models import F, Q

from inventory.ids import new_id

__all__ = ["Charge", "ChargeStatus", "Event", "Repayment"]


class ChargeStatus(models.TextChoices):
    ASKED = "asked"  # the cardholder has yet to say yes
    AUTHORISED = "authorised"  # kept for the merchant until `authorised_until`
    CAPTURED = "captured"  # and what was not is the cardholder's again
    DECLINED = "declined"
    RELEASED = "released"  # unwanted, or never taken in time


class Charge(models.Model):
    """One payment; `id` is the merchant's, so that the same asked twice is one. `page`
    is the secret address at which the cardholder answers, `back` where they return to.
    Captured bit by bit, up to the amount; what is let go or lapses is the cardholder's
    again."""

    id = models.UUIDField(primary_key=True, editable=False)
    page = models.CharField(max_length=43, unique=True)
    card = models.CharField(max_length=20)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=ChargeStatus)
    captured = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    refunded = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    back = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    authorised_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="bank_moves_what_it_has",
                condition=Q(
                    amount__gt=0,
                    captured__lte=F("amount"),
                    refunded__gte=0,
                    refunded__lte=F("captured"),
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["made_at"], name="bank_charge_made"),
            models.Index(
                fields=["authorised_until"],
                condition=Q(status="authorised"),
                name="bank_charge_lapses",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.amount}"


class Repayment(models.Model):
    """Money back to the cardholder; `id` is the merchant's."""

    id = models.UUIDField(primary_key=True, editable=False)
    charge = models.ForeignKey(Charge, on_delete=models.CASCADE)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.amount)


class Event(models.Model):
    """What the merchant is called back for. `times` is how often it is still to be sent:
    some events come twice."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    charge = models.ForeignKey(Charge, on_delete=models.CASCADE)
    kind = models.CharField(max_length=30)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    times = models.PositiveSmallIntegerField(default=1)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(times__gt=0), name="bank_event_due"
            )
        ]

    def __str__(self) -> str:
        return self.kind
