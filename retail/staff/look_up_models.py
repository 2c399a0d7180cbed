"""Who searched for customers: lines that are added and never touched again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.ids import new_id


class Key(models.TextChoices):
    """By what a customer was searched for."""

    CARD = "card", _("Card")
    PHONE = "phone", _("Phone number")
    EMAIL = "email", _("E-mail")
    NAME = "name", _("Name")


class LookUp(models.Model):
    """One search at a till or store. What was searched for, and whom it found, is not
    kept: the line is about who asks. `refused`: it was over the limit, and not looked at.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    employee_id = models.UUIDField()
    by = models.CharField(max_length=80)
    location_code = models.CharField(max_length=12)
    key = models.CharField(max_length=5, choices=Key)
    refused = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"])]

    def __str__(self) -> str:
        return f"{self.by} {self.key}"
