from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.models.rows import Row, owned_by
from inventory.places import Channel, Origin


class LocationKind(models.TextChoices):
    STORE = "store", _("Store")
    WAREHOUSE = "warehouse", _("Warehouse")


class Location(Row):
    """A place that holds goods. Its `channel` owns the stock that lies there.

    `hours` is an opening_hours text of OpenStreetMap ("Mo-Sa 08:30-21:00"), local to
    `timezone`. `lead_minutes` is what preparing a pickup takes; `safety` the units of
    each variant that are never promised.

    `closed_days` are [[first day, last day, reason in French, in English]]: from one
    day to another, both closed. They lie in the row so that whoever has the place
    knows when it is open, at every side, without asking more. `closed_on` is the first
    day on which it is closed for good; the row stays, for what happened there.
    """

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=9, choices=LocationKind)
    channel = models.CharField(max_length=7, choices=Channel)
    address = models.CharField(max_length=200)
    postcode = models.CharField(max_length=10)
    city = models.CharField(max_length=80)
    country = models.CharField(max_length=2, default="FR")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    phone = models.CharField(max_length=20, blank=True)
    hours = models.CharField(max_length=300, blank=True)
    closed_days = models.JSONField(default=list, blank=True, db_default=[])
    closed_on = models.DateField(null=True, blank=True)
    timezone = models.CharField(max_length=40, default="Europe/Paris")
    lead_minutes = models.PositiveIntegerField(default=120)
    safety = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [owned_by("location", Origin.HEAD_OFFICE)]

    def __str__(self) -> str:
        return self.name
