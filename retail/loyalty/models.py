"""Points and gift cards: balances, and entries that are only ever added."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Row, owned_by
from inventory.places import Origin
from retail.customers.models import Customer

__all__ = [
    "CardEntryKind",
    "EntryKind",
    "GiftCard",
    "GiftCardEntry",
    "LoyaltyAccount",
    "LoyaltyEntry",
]

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


class GiftCard(Row):
    """Money that was paid before, for whoever holds the code. The code itself is made
    anew from the id whenever its buyer is shown it; here lies its keyed hash, and its
    last signs for people to tell cards apart. The balance is what the entries make."""

    code_hash = models.CharField(max_length=64)
    tail = models.CharField(max_length=4)
    balance = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, default="EUR")
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            owned_by("gift_card", *CHANNELS),
            models.UniqueConstraint(
                fields=["origin", "code_hash"], name="gift_card_code_once"
            ),
            # the promise that a card's money is spent once
            models.CheckConstraint(
                name="gift_card_not_negative", condition=Q(balance__gte=0)
            ),
        ]
        indexes = [models.Index(fields=["code_hash"])]

    def __str__(self) -> str:
        return f"…{self.tail}"


class CardEntryKind(models.TextChoices):
    LOAD = "load", _("loaded")
    SPEND = "spend", _("paid with")
    GIVE_BACK = "give_back", _("given back")


class GiftCardEntry(Row):
    """Append only. `amount` is signed; `reference` is the order, ticket or refund that
    moved it, by its plain id, for it may be the other channel's."""

    card = models.ForeignKey(GiftCard, on_delete=models.PROTECT, related_name="entries")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    kind = models.CharField(max_length=9, choices=CardEntryKind)
    reference = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            owned_by("gift_card_entry", *CHANNELS),
            # one effect per cause, however often it is told
            models.UniqueConstraint(
                fields=["card", "kind", "reference"], name="gift_card_entry_once"
            ),
        ]
        indexes = [
            models.Index(fields=["card", "at"]),
            models.Index(fields=["reference"]),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+}"
