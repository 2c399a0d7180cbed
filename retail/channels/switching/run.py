"""A switch run: a change of level that moves data, one step after another.

Of one kind for now: the demo's databases are forgotten and seeded again at the new
level. Steps are recorded in head office's database; killed anywhere, the run stands,
business stays closed, and `resume` or `abort` ends it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import closing
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.utils import timezone

from retail.channels.levels import PRESETS, Feature, Level
from retail.channels.models import LevelState, RunState, SwitchRun, SwitchStep
from retail.channels.router import HEAD_OFFICE
from retail.channels.snapshot import forget, snapshot
from retail.channels.switching.steps import STEPS
from retail.channels.transactions import head_office_atomic, head_office_on_commit

LOCK = 720721  # any number of ours: one runner at a time
STANDING = (RunState.PENDING, RunState.RUNNING, RunState.FAILED)


class NotADemo(Exception):
    """These databases are a retailer's own: seeding anew would destroy them."""


class AlreadyThere(Exception):
    """The dial stands at this level."""

    def __init__(self, level: Level) -> None:
        super().__init__(level.value)
        self.level = level


class NoRunNeeded(Exception):
    """This change moves no data: it is a flip."""

    def __init__(self, level: Level) -> None:
        super().__init__(level.value)
        self.level = level


class RunStands(Exception):
    """Another run must be resumed or given up first."""

    def __init__(self, run: SwitchRun) -> None:
        super().__init__(f"run {run.pk} to {run.to_level} is {run.state}")
        self.run = run


class NoRunStands(Exception):
    """There is nothing to resume or to give up."""


class RunnerBusy(Exception):
    """A runner works on the run at this moment."""


def standing() -> SwitchRun | None:
    """The run that is under way, or that failed and waits for a decision."""
    return SwitchRun.objects.filter(state__in=STANDING).first()


def start(level: Level | str, *, by: str, why: str) -> SwitchRun:
    """Record a run and start its runner, a process of its own, which outlives this one.

    Raises AlreadyThere, NoRunNeeded, NotADemo, RunStands.
    """
    level = Level(level)
    with head_office_atomic():
        state = LevelState.objects.select_for_update().get()
        found = standing()
        if found is not None:
            raise RunStands(found)
        now = snapshot(fresh=True)
        if now.level == level:
            raise AlreadyThere(level)
        if (Feature.SHARED_DATABASE in PRESETS[level]) == now.shared_database:
            raise NoRunNeeded(level)
        if not state.demo:
            raise NotADemo
        run = SwitchRun.objects.create(
            kind="reseed",
            from_level=now.level,
            to_level=level,
            state=RunState.PENDING,
            by=by,
            why=why,
            started_at=timezone.now(),
        )
        write_steps(run)
        head_office_on_commit(lambda: start_runner(run.pk))
    return run


def resume() -> SwitchRun:
    """Take the standing run up again, in a new runner. Raises NoRunStands, RunnerBusy."""
    run = standing()
    if run is None:
        raise NoRunStands
    if runner_lives():
        raise RunnerBusy
    # who follows it must not take the last try's failure for this one's
    SwitchRun.objects.filter(pk=run.pk).update(state=RunState.PENDING, error="")
    run.refresh_from_db()
    start_runner(run.pk)
    return run


def abort(*, by: str) -> SwitchRun:
    """Give the standing run up: the demo is seeded at the level it came from. Starts a
    runner. Raises NoRunStands, RunnerBusy."""
    with head_office_atomic():
        LevelState.objects.select_for_update().get()
        run = standing()
        if run is None:
            raise NoRunStands
        if runner_lives():
            raise RunnerBusy
        SwitchRun.objects.filter(pk=run.pk).update(
            state=RunState.ABORTED,
            finished_at=timezone.now(),
            error=run.error or f"given up by {by}",
        )
        if run.state == RunState.PENDING and not LevelState.objects.exclude(
            moving=None
        ):
            return SwitchRun.objects.get(pk=run.pk)  # nothing was touched yet
        back = SwitchRun.objects.create(
            kind="reseed",
            from_level=run.to_level,
            to_level=target_of_abort(run),
            state=RunState.PENDING,
            by=by,
            why=f"gives up run {run.pk}",
            started_at=timezone.now(),
        )
        write_steps(back)
        LevelState.objects.update(moving=back.pk)
        head_office_on_commit(lambda: start_runner(back.pk))
    forget()
    return back


def target_of_abort(run: SwitchRun) -> str:
    """A custom dial cannot be seeded again: the preset with the same databases is."""
    if run.from_level != Level.CUSTOM:
        return run.from_level
    to_shared = Feature.SHARED_DATABASE in PRESETS[Level(run.to_level)]
    return Level.MULTICHANNEL if to_shared else Level.OMNICHANNEL


def write_steps(run: SwitchRun) -> None:
    SwitchStep.objects.bulk_create(
        SwitchStep(run=run, place=place, name=name, state=RunState.PENDING)
        for place, name in enumerate(STEPS, 1)
    )


def start_runner(run: UUID) -> None:
    """Its own session, so that neither Ctrl-C nor the end of a web worker stops it."""
    settings.VAR.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "RETAIL_DB_ROLE": "app"}
    environment.pop("RETAIL_POOL", None)
    with (settings.VAR / "switch.log").open("ab") as log:
        subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "retail.channels.switching.runner", str(run)],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def runner_lives() -> bool:
    """Whether a runner holds the lock now. Looks without taking it: a runner that
    started at that moment would believe that another one is at work, and go."""
    with connections[HEAD_OFFICE].cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (
              SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
              WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0
                AND l.objid = %s AND l.objsubid = 1 AND d.datname = current_database())
            """,
            [LOCK],
        )
        return bool(cursor.fetchone()[0])


def execute(run_id: UUID) -> bool:
    """Work through the run's steps that are not done. In the runner's process only.

    False when another runner has it. A step's error is recorded with the run, which
    then stands as failed, business closed.
    """
    with closing(connections[HEAD_OFFICE].copy()) as lock, lock.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return False
        run = SwitchRun.objects.get(pk=run_id)
        if run.state not in STANDING:
            return True
        SwitchRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING, error="")
        for step in run.steps.order_by("place"):
            if step.state != RunState.DONE and not take(run, step):
                return True
        SwitchRun.objects.filter(pk=run.pk).update(
            state=RunState.DONE, finished_at=timezone.now()
        )
        return True


def take(run: SwitchRun, step: SwitchStep) -> bool:
    """One step, timed; whatever it raises is the run's error, never lost."""
    began = time.monotonic()
    SwitchStep.objects.filter(pk=step.pk).update(state=RunState.RUNNING)
    try:
        note = STEPS[step.name](run)
    except Exception as error:
        told = f"{type(error).__name__}: {error}".rstrip(": ")
        SwitchStep.objects.filter(pk=step.pk).update(
            state=RunState.FAILED, seconds=time.monotonic() - began, note=told[:500]
        )
        SwitchRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, error=told)
        return False
    SwitchStep.objects.filter(pk=step.pk).update(
        state=RunState.DONE, seconds=time.monotonic() - began, note=note
    )
    return True


def told(run: SwitchRun) -> dict[str, Any]:
    """For pages and `--json`."""
    return {
        "id": str(run.pk),
        "kind": run.kind,
        "from": run.from_level,
        "to": run.to_level,
        "state": run.state,
        "by": run.by,
        "why": run.why,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "error": run.error,
        "steps": [
            {
                "name": step.name,
                "state": step.state,
                "seconds": None if step.seconds is None else round(step.seconds, 2),
                "note": step.note,
            }
            for step in run.steps.order_by("place")
        ],
    }
