"""Who waits for a thing that is sold out."""

from django.db import models
from django.db.models import Q

from inventory.models import Location, Row, Variant, owned_by
from inventory.places import Origin
from retail.customers.models import Customer

__all__ = ["StockAlert"]


class StockAlert(Row):
    """Somebody asked the webshop for one letter once a thing is to be had: in the store
    `location`, or, without one, as a parcel. A `customer` has proven the address; of
    anybody else it counts from `confirmed_at`, when they opened a letter's link. Ended,
    the row is gone; told, it goes some weeks later."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=2)
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            owned_by("stock_alert", Origin.WEBSHOP),
            # asked for twice, it is told once
            models.UniqueConstraint(
                fields=["origin", "email", "variant", "location"],
                condition=Q(told_at__isnull=True) & ~Q(email=""),
                nulls_distinct=False,
                name="one_alert_waits",
            ),
        ]
        indexes = [
            models.Index(
                fields=["variant"],
                condition=Q(told_at__isnull=True, confirmed_at__isnull=False),
                name="alerts_waiting",
            ),
            models.Index(fields=["email"], condition=~Q(email=""), name="alerts_of"),
            models.Index(fields=["customer"]),
            models.Index(fields=["asked_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.variant_id} for {self.id}"
