"""Points: an account per customer row, entries that are only ever added."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Row, owned_by
from inventory.places import Origin
from retail.customers.models import Customer

__all__ = ["EntryKind", "LoyaltyAccount", "LoyaltyEntry"]

CHANNELS = (Origin.WEBSHOP, Origin.POS)


class LoyaltyAccount(Row):
    """The points of one customer row. `balance` is derived from the entries and never
    below zero; what a reversal could not take is `points_owed`, settled by earning."""

    customer = models.OneToOneField(Customer, on_delete=models.PROTECT)
    balance = models.IntegerField(default=0)
    points_owed = models.IntegerField(default=0)

    class Meta:
        constraints = [
            owned_by("loyalty_account", *CHANNELS),
            # the promise that points are spent once
            models.CheckConstraint(
                name="points_not_negative",
                condition=Q(balance__gte=0, points_owed__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return str(self.balance)


class EntryKind(models.TextChoices):
    EARN = "earn", _("earned")
    REDEEM = "redeem", _("spent")
    GIVE_BACK = "give_back", _("given back")
    REVERSE = "reverse", _("reversed")
    OPENING = "opening", _("opening balance")


class LoyaltyEntry(Row):
    """Append only. `points` is signed; `reference` is the order or ticket id as text;
    `redemption_id` is common to the entries of one redemption over several accounts."""

    account = models.ForeignKey(LoyaltyAccount, on_delete=models.PROTECT)
    points = models.IntegerField()
    kind = models.CharField(max_length=10, choices=EntryKind)
    reference = models.CharField(max_length=80)
    label = models.CharField(max_length=120, blank=True)
    redemption_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            owned_by("loyalty_entry", *CHANNELS),
            # one effect per cause: an order earns once, a redemption spends once
            models.UniqueConstraint(
                fields=["account", "kind", "reference"], name="entered_once_per_cause"
            ),
            models.UniqueConstraint(
                fields=["origin", "reference"],
                condition=Q(kind="earn"),
                name="earned_once_per_cause",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "at"]),
            models.Index(fields=["redemption_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.points:+d}"
