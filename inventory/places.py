"""Channels and owners, at the bottom so that every room can name them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    """One of the two ways this retailer sells."""

    WEBSHOP = "webshop", _("Webshop")
    POS = "pos", _("Stores")


class Origin(TextChoices):
    """The owner of a row: one of the channels, or head office for master data."""

    HEAD_OFFICE = "head_office", _("Head office")
    WEBSHOP = "webshop", _("Webshop")
    POS = "pos", _("Stores")
