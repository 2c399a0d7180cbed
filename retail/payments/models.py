"""Money that an order owes, got and gave back."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Row, owned_by
from inventory.money import ZERO
from inventory.places import Origin
from retail.orders.models import Order

__all__ = ["Payment", "PaymentMethod", "PaymentStatus", "Refund"]

CHANNELS = (Origin.WEBSHOP, Origin.POS)


class PaymentMethod(models.TextChoices):
    ONLINE = "online", _("online")
    AT_STORE = "at_store", _("in the store")
    GIFT_CARD = "gift", _("gift card")


# how what is left to pay may be paid
RESTS = (PaymentMethod.ONLINE, PaymentMethod.AT_STORE)


class PaymentStatus(models.TextChoices):
    PENDING = "pending", _("pending")
    AUTHORISED = "authorised", _("reserved")
    CAPTURED = "captured", _("paid")
    FAILED = "failed", _("declined")
    VOID = "void", _("not needed any more")


class Payment(Row):
    """One attempt to be paid. `captured` and `refunded` are sums of money moved. What a
    gift card paid is a payment of its own, beside the one for the rest; the card may be
    the other channel's.

    While `authorised`, `to_take` is what the goods that left come to, in all, and
    `reserved` what those that are still to leave will: the provider is asked until
    `captured` is `to_take`, and lets the rest go once nothing is reserved
    (`orders.taking`)."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(max_length=8, choices=PaymentMethod)
    provider = models.CharField(max_length=20, blank=True)
    provider_reference = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=10, choices=PaymentStatus)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, default="EUR")
    captured = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    refunded = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    to_take = models.DecimalField(
        max_digits=12, decimal_places=2, default=0, db_default=0
    )
    reserved = models.DecimalField(
        max_digits=12, decimal_places=2, default=0, db_default=0
    )
    made_at = models.DateTimeField()
    captured_at = models.DateTimeField(null=True)
    # since when a provider may know of it
    asked_at = models.DateTimeField(null=True)
    # where the customer goes on while it is pending: a page of their bank
    next_action = models.URLField(max_length=2000, blank=True, db_default="")
    gift_card_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            owned_by("payment", *CHANNELS),
            # nobody gets back more than was paid
            models.CheckConstraint(
                name="refunded_within_captured",
                condition=Q(
                    refunded__gte=0,
                    refunded__lte=F("captured"),
                    captured__lte=F("amount"),
                ),
            ),
            models.CheckConstraint(
                name="taken_within_amount",
                condition=Q(
                    to_take__gte=0,
                    reserved__gte=0,
                    to_take__lte=F("amount") - F("reserved"),
                ),
            ),
            # each way once: what a bank no longer kept is paid at the counter
            models.UniqueConstraint(
                fields=["order", "method"],
                condition=Q(status__in=["authorised", "captured"]) & ~Q(method="gift"),
                name="paid_once_per_order",
            ),
        ]
        indexes = [
            # what banks keep for us, and what they are to be asked for now
            models.Index(
                fields=["asked_at"],
                condition=Q(status="authorised"),
                name="payment_authorised",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.status} {self.amount}"

    @property
    def held(self) -> Decimal:
        """What the customer's bank still keeps for it, as far as it is wanted."""
        if self.status != PaymentStatus.AUTHORISED:
            return ZERO
        return self.to_take + self.reserved - self.captured


class Refund(Row):
    """Append only."""

    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="refunds"
    )
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    reason = models.CharField(max_length=80)
    provider_reference = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            owned_by("refund", *CHANNELS),
            models.CheckConstraint(name="refund_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return str(self.amount)
