"""The dial's own rows, in the head-office database."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.ids import new_id
from retail.channels.levels import Feature, Level


class LevelState(models.Model):
    """One row: where the dial stands. Written by flips and switch runs only.

    `epoch` counts changes of routing, `flags_version` counts flips. `moving` is the
    switch run that keeps business closed, empty in peace. `demo` says that these are
    a demo's databases, which may be thrown away and seeded anew. `heard` is what other
    systems want to hear of, as `channel:event`.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    shared_database = models.BooleanField(default=False)
    epoch = models.PositiveIntegerField(default=1)
    flags_version = models.PositiveIntegerField(default=1)
    study_mode = models.BooleanField(default=True)
    demo = models.BooleanField(default=False)
    moving = models.UUIDField(null=True, blank=True)
    heard = models.JSONField(default=list, db_default=[], blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="one_level_state", condition=models.Q(id=1)
            ),  # two rows would be two opinions about where data lies
        ]

    def __str__(self) -> str:
        return f"epoch {self.epoch}"


class FeatureFlag(models.Model):
    """One feature: on or off, perhaps for pilot stores or a share of customers only.

    `stores` is a list of location codes, NULL for all; `customers_percent` the share
    of customers, NULL for all. `shared_database` has no row: it is LevelState's.
    """

    name = models.CharField(primary_key=True, max_length=40, choices=Feature)
    on = models.BooleanField(default=False)
    stores = models.JSONField(null=True, blank=True)
    customers_percent = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="percent_is_a_share",
                condition=models.Q(customers_percent__isnull=True)
                | models.Q(customers_percent__range=(0, 100)),
            ),
            models.CheckConstraint(
                name="shared_database_is_not_a_flag",
                condition=~models.Q(name=Feature.SHARED_DATABASE),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FlagChange(models.Model):
    """Append only: who turned what, when and why. `before` and `after` have the shape
    {"on": bool, "stores": [code] | null, "customers_percent": int | null}."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    why = models.CharField(max_length=500, blank=True)
    feature = models.CharField(max_length=40, choices=Feature)
    before = models.JSONField()
    after = models.JSONField()
    flags_version = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="flag_change_newest")]

    def __str__(self) -> str:
        return f"{self.feature} {self.at:%Y-%m-%d %H:%M}"


class RunState(models.TextChoices):
    PENDING = "pending", _("waiting to start")
    RUNNING = "running", _("under way")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    ABORTED = "aborted", _("given up")


# A run in one of these blocks another.
STANDING = (RunState.PENDING, RunState.RUNNING, RunState.FAILED)


class RunKind(models.TextChoices):
    JOIN = "join", _("the databases are joined")
    PART = "part", _("the database is parted")


class SwitchRun(models.Model):
    """One change of level that moves data, carried out by a runner of its own.

    A run that stands (pending, running or failed) blocks another. `closed_at` is when
    the first table was closed to writers, `opened_at` when they were let in again: the
    time between is the pause. `rows` counts what was copied. `report` holds figures by
    step, for people: {step: {...}}.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=RunKind)
    from_level = models.CharField(max_length=14, choices=Level)
    to_level = models.CharField(max_length=14, choices=Level)
    state = models.CharField(max_length=8, choices=RunState)
    by = models.CharField(max_length=80)
    why = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    rows = models.PositiveBigIntegerField(default=0)
    report = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    # somebody wants it given up; its runner does so
    given_up_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(state__in=["pending", "running", "failed"]),
                name="one_run_stands",
            ),  # two runs at once would fight over one side
        ]

    def __str__(self) -> str:
        return f"{self.from_level} → {self.to_level}"

    @property
    def pause_seconds(self) -> float | None:
        """How long writers waited; None before they were let in again."""
        if self.closed_at is None or self.opened_at is None:
            return None
        return (self.opened_at - self.closed_at).total_seconds()


class SwitchStep(models.Model):
    """A step of a run; `place` is its order. `seconds` is NULL until it ended; `share`
    (0 to 1) is how far it is while it runs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(SwitchRun, on_delete=models.CASCADE, related_name="steps")
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=RunState)
    share = models.FloatField(default=0)
    seconds = models.FloatField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "place"], name="step_placed_once")
        ]

    def __str__(self) -> str:
        return self.name


class CopiedPart(models.Model):
    """One owner's rows of one table that a run has copied: what a resumed run need not
    do again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(SwitchRun, on_delete=models.CASCADE, related_name="parts")
    source = models.CharField(max_length=10)
    target = models.CharField(max_length=10)
    table = models.CharField(max_length=63)
    rows = models.PositiveBigIntegerField()
    seconds = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "source", "target", "table"], name="part_copied_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.table} → {self.target}"


class ClosedSide(models.Model):
    """What a side held when it was closed: `figures` is {table: [rows, sum of row
    hashes as text]}. A difference later means that somebody wrote past the fence.
    `retired_at`: its rows were forgotten since."""

    alias = models.CharField(primary_key=True, max_length=10)
    run = models.ForeignKey(SwitchRun, on_delete=models.PROTECT)
    closed_at = models.DateTimeField()
    figures = models.JSONField()
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.alias


class Erasure(models.Model):
    """A customer's personal data is to be gone everywhere, also where a copy lies that
    nobody serves: replayed there, and after every restore and switch. `wiped` is
    {database: time}."""

    customer_id = models.UUIDField(primary_key=True)
    asked_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    wiped = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.customer_id)


class DemoAct(models.Model):
    """One act of the demo's story and how it ended at this level: `answer` is "done"
    or the slug of the refusal. Written by the seed, read by the pages that explain."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    position = models.PositiveIntegerField()
    at = models.DateTimeField()
    who = models.CharField(max_length=40, blank=True)
    what = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    answer = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.key}: {self.answer}"
