"""Who changed what: lines that are added and never touched again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.ids import new_id
from inventory.places import Origin


class Act(models.TextChoices):
    MADE = "made", _("Made")
    CHANGED = "changed", _("Changed")
    ENDED = "ended", _("Ended")


class Way(models.TextChoices):
    """By what it was changed."""

    TABLES = "tables", _("Tables")
    IMPORT = "import", _("Import")
    OFFERS = "offers", _("Offers")
    CLOSED_DAYS = "closed", _("Closed days")
    WEBHOOKS = "webhook", _("Webhooks")


class Edit(models.Model):
    """One change of one row, of the owner `side`. `table` is the model's label in lower
    case, `label` what the row was called then. `before` and `after` hold what differs,
    by field, as text; a secret is there as dots only.

    It lies in head office's database, whichever side the row lies in: the log stays
    where it is when databases are joined and parted.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    employee_id = models.UUIDField(null=True)
    by = models.CharField(max_length=80)
    side = models.CharField(max_length=11, choices=Origin)
    way = models.CharField(max_length=7, choices=Way)
    act = models.CharField(max_length=7, choices=Act)
    table = models.CharField(max_length=40)
    row_id = models.UUIDField()
    label = models.CharField(max_length=120)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["row_id", "-at"]),
            models.Index(fields=["-at", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.label}"
