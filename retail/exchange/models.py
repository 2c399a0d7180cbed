"""Files that came in and went out, in head office's database.

A file that comes in is read once and laid down here, line by line, so that what is
confirmed is what was looked at, and an import goes on where it stopped. Lines and
problems hold what the file held, personal data too: they go when the import has ended,
or after a day.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.ids import new_id
from inventory.places import Channel

__all__ = ["Kind", "Line", "Problem", "Run", "State", "Verdict"]


class Kind(models.TextChoices):
    PRODUCTS = "products", _("Products offered")
    PRICES = "prices", _("Prices")
    STOCK = "stock", _("Stock")
    CUSTOMERS = "customers", _("Customers")


class State(models.TextChoices):
    READING = "reading", _("being read")
    PREVIEWED = "previewed", _("to be confirmed")
    CONFIRMED = "confirmed", _("under way")
    DONE = "done", _("done")
    ABANDONED = "abandoned", _("given up")
    EXPORTED = "exported", _("exported")


class Verdict(models.TextChoices):
    NEW = "new", _("new")
    CHANGE = "change", _("changed")
    SAME = "same", _("as it is")


class Run(models.Model):
    """One file. `lines` were read; `new`, `change` and `same` of them are good, `wrong`
    are not; `done` of the first two have been worked off, `left_out` of those had no
    effect because something changed since. `unread` are columns nobody asked for."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=9, choices=Kind)
    channel = models.CharField(max_length=7, choices=Channel)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=9, choices=State)
    by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lines = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    change = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    unread = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["-made_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def todo(self) -> int:
        """Lines that an import changes something by."""
        return self.new + self.change

    @property
    def percent(self) -> int:
        return self.done * 100 // self.todo if self.todo else 100


class Line(models.Model):
    """One good line: `number` is its place in the file, `key` what it is about,
    `values` its cells as they were understood."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE)
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=300)
    verdict = models.CharField(max_length=6, choices=Verdict)
    values = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["run", "number"])]

    def __str__(self) -> str:
        return f"{self.number} {self.key}"


class Problem(models.Model):
    """Why a line is left out. `slug` says what is wrong with the `column`, `value` is
    what stands there."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="problems")
    number = models.PositiveIntegerField()
    column = models.CharField(max_length=40)
    slug = models.CharField(max_length=40)
    value = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [models.Index(fields=["run", "number"])]

    def __str__(self) -> str:
        return f"{self.number} {self.column}: {self.slug}"
