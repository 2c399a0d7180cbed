"""Offers, the codes that open some of them, and who used a code. They are the channel's
that made them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Row, owned_by
from inventory.places import Origin

__all__ = ["Coupon", "CouponUse", "Promotion"]

CHANNELS = (Origin.WEBSHOP, Origin.POS)


class Promotion(Row):
    """An offer. `rule` says what it gives, in the words of `rules`; it never changes:
    another rule is another promotion, so that what was sold can always be checked.

    `channels` and `stores` (location codes) narrow where it is given; empty is
    everywhere that knows it. With `needs_code` it is given to those only who name one
    of its coupons. Lower `priority` comes first; what is `exclusive` shares no line
    with another offer.
    """

    name_fr = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    rule = models.JSONField()
    priority = models.PositiveSmallIntegerField(default=100)
    exclusive = models.BooleanField(default=False)
    needs_code = models.BooleanField(default=False)
    channels = models.JSONField(default=list, blank=True)
    stores = models.JSONField(default=list, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            owned_by("promotion", *CHANNELS),
            models.CheckConstraint(
                name="promotion_ends_after_it_starts",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
            ),
        ]
        indexes = [models.Index(fields=["needs_code", "ends_at"])]

    def __str__(self) -> str:
        return self.name_en

    def name(self, language: str) -> str:
        return self.name_fr if language.startswith("fr") else self.name_en


class Coupon(Row):
    """A code that opens a promotion. `most` is how often in all, empty without end;
    `used` counts the uses that were not given back, and moves with them in one
    statement."""

    promotion = models.ForeignKey(
        Promotion, on_delete=models.PROTECT, related_name="coupons"
    )
    code = models.CharField(max_length=40)
    most = models.PositiveIntegerField(null=True, blank=True)
    used = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            owned_by("coupon", *CHANNELS),
            # two channels may print the same code: a conflict to look at, no error
            models.UniqueConstraint(
                fields=["origin", "code"], name="coupon_code_once_per_channel"
            ),
            # the promise that a code is not used more often than it may be
            models.CheckConstraint(
                name="coupon_within_limit",
                condition=Q(most__isnull=True) | Q(used__lte=F("most")),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class UseKind(models.TextChoices):
    ORDER = "order", _("order")
    TICKET = "ticket", _("ticket")


class CouponUse(Row):
    """That an order or ticket used a code; `reference` is its plain id, for it may be
    the other channel's. Given back where the order came to nothing."""

    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="uses")
    kind = models.CharField(max_length=6, choices=UseKind)
    reference = models.UUIDField()
    used_at = models.DateTimeField()
    given_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            owned_by("coupon_use", *CHANNELS),
            models.UniqueConstraint(
                fields=["coupon", "reference"], name="coupon_once_per_purchase"
            ),
        ]
        indexes = [models.Index(fields=["reference"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
