"""The drawer of a till: cash put in or taken out, and what was counted at a closing."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Row, owned_by
from inventory.places import Origin

__all__ = ["CashMove", "CashWay", "Closing", "ClosingTender"]


class CashWay(models.TextChoices):
    IN = "in", _("put in")
    OUT = "out", _("taken out")


class CashMove(Row):
    """Append only: cash that no ticket explains, and why. `order_id` where it was given
    back for goods of a web order, which a manager agreed to in the word of
    `pos/approving.py`."""

    shift = models.ForeignKey(
        "pos.Shift", on_delete=models.PROTECT, related_name="cash_moves"
    )
    way = models.CharField(max_length=3, choices=CashWay)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    reason = models.CharField(max_length=80)
    order_id = models.UUIDField(null=True)
    employee_id = models.UUIDField()
    employee_name = models.CharField(max_length=80)
    approval_id = models.UUIDField(null=True, unique=True)
    approved_by = models.UUIDField(null=True)
    approved_by_name = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            owned_by("cash_move", Origin.POS),
            models.CheckConstraint(
                name="cash_move_has_amount_and_reason",
                condition=Q(amount__gt=0) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.amount}"


class Closing(Row):
    """Append only: the Z of a shift. It covers the till's tickets from `first_number`
    to `last_number`, by number and never by clock; none were sold where the last lies
    before the first. `perpetual` is the sum of all periods of this till. The employee is
    who closed it; where they took a colleague's till over, a manager agreed."""

    till = models.ForeignKey("pos.Till", on_delete=models.PROTECT)
    shift = models.OneToOneField(
        "pos.Shift", on_delete=models.PROTECT, related_name="closing"
    )
    number = models.PositiveIntegerField()
    first_number = models.PositiveBigIntegerField()
    last_number = models.PositiveBigIntegerField()
    tickets = models.PositiveIntegerField()
    sold = models.DecimalField(max_digits=14, decimal_places=2)
    refunded = models.DecimalField(max_digits=14, decimal_places=2)
    total = models.DecimalField(max_digits=14, decimal_places=2)
    perpetual = models.DecimalField(max_digits=16, decimal_places=2)
    employee_id = models.UUIDField()
    employee_name = models.CharField(max_length=80)
    approval_id = models.UUIDField(null=True, unique=True)
    approved_by = models.UUIDField(null=True)
    approved_by_name = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            owned_by("closing", Origin.POS),
            models.UniqueConstraint(
                fields=["till", "number"], name="closing_number_once"
            ),
            models.CheckConstraint(
                name="closing_adds_up",
                condition=Q(
                    total=F("sold") + F("refunded"),
                    last_number=F("first_number") + F("tickets") - 1,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Z {self.number}"


class ClosingTender(Row):
    """What should have been there of a tender, and what was: counted before the first
    was shown, empty where nobody counts it."""

    closing = models.ForeignKey(
        Closing, on_delete=models.PROTECT, related_name="tenders"
    )
    method = models.CharField(max_length=6)
    expected = models.DecimalField(max_digits=12, decimal_places=2)
    counted = models.DecimalField(max_digits=12, decimal_places=2, null=True)

    class Meta:
        constraints = [
            owned_by("closing_tender", Origin.POS),
            models.UniqueConstraint(
                fields=["closing", "method"], name="closing_tender_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.expected}"
