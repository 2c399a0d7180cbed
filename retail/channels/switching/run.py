"""A switch run: a change of level that moves data, one step after another.

Steps are recorded in head office's database and carried out by a runner, a process of
its own. Killed anywhere, the run stands, and `resume` or `abort` ends it. What goes
wrong before the new side is opened gives the run up by itself: the old side sells on.
"""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any
from uuid import UUID

from django.db import connections
from django.utils import timezone

from retail.channels.crashing import crash_point
from retail.channels.detached import start_as_copier
from retail.channels.levels import PRESETS, Feature, Level
from retail.channels.models import (
    STANDING,
    LevelState,
    RunKind,
    RunState,
    SwitchRun,
    SwitchStep,
)
from retail.channels.router import HEAD_OFFICE
from retail.channels.snapshot import snapshot
from retail.channels.switching import steps
from retail.channels.switching.refusals import (
    AlreadyThere,
    GivenUp,
    NoRunNeeded,
    NoRunStands,
    RunnerBusy,
    RunStands,
    TooLate,
)
from retail.channels.switching.standing import standing
from retail.channels.transactions import head_office_atomic, head_office_on_commit

__all__ = [
    "LOCK",
    "AlreadyThere",
    "GivenUp",
    "NoRunNeeded",
    "NoRunStands",
    "RunStands",
    "RunnerBusy",
    "TooLate",
    "abort",
    "execute",
    "is_open",
    "kind_of",
    "resume",
    "runner_lives",
    "standing",
    "start",
    "told",
]

RUNNER = "retail.channels.switching.runner"
LOCK = 720721  # any number of ours: one runner at a time


def start(level: Level | str, *, by: str, why: str) -> SwitchRun:
    """Record a run and start its runner, a process of its own, which outlives this one.

    What stands in the way of it is found by its first step. Raises AlreadyThere,
    NoRunNeeded, RunStands.
    """
    level = Level(level)
    with head_office_atomic():
        LevelState.objects.select_for_update().get()
        found = standing()
        if found is not None:
            raise RunStands(found)
        now = snapshot(fresh=True)
        if now.level == level:
            raise AlreadyThere(level)
        kind = kind_of(level)
        if kind is None:
            raise NoRunNeeded(level)
        run = SwitchRun.objects.create(
            kind=kind,
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


def kind_of(level: Level | str) -> RunKind | None:
    """What a change to this level does with the databases, None if it moves nothing."""
    shared = Feature.SHARED_DATABASE in PRESETS[Level(level)]
    if shared == snapshot(fresh=True).shared_database:
        return None
    return RunKind.JOIN if shared else RunKind.PART


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
    """Give the standing run up: the old side takes writes again and nothing was
    changed. Done by a runner: the one at work stops at its next stop, else a new one
    begins. Raises NoRunStands, TooLate."""
    with head_office_atomic():
        LevelState.objects.select_for_update().get()
        run = standing()
        if run is None:
            raise NoRunStands
        if is_open(run):
            raise TooLate
        SwitchRun.objects.filter(pk=run.pk).update(given_up_by=by)
        run.refresh_from_db()
    if not runner_lives():
        start_runner(run.pk)
    return run


def is_open(run: SwitchRun) -> bool:
    """Whether the new side may have taken writes already."""
    return run.steps.filter(name=steps.OPENS).exclude(state=RunState.PENDING).exists()


def write_steps(run: SwitchRun) -> None:
    SwitchStep.objects.bulk_create(
        SwitchStep(run=run, place=place, name=name, state=RunState.PENDING)
        for place, name in enumerate(steps.names(run.kind), 1)
    )


def start_runner(run: UUID) -> None:
    start_as_copier("-m", RUNNER, str(run), log="switch.log")


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

    False when another runner has it. An error before the new side is opened gives the
    run up and opens the old side; afterwards it is kept with the run, which stands.
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
            if step.state == RunState.DONE:
                continue
            run.refresh_from_db()
            if run.given_up_by and not is_open(run):
                give_up(run, GivenUp(run.given_up_by))
                return True
            error = take(run, step)
            if error is not None:
                if is_open(run):
                    end(run, RunState.FAILED, error=told_of(error))
                else:
                    give_up(run, error)
                return True
            crash_point(f"after:{step.name}")
        end(run, RunState.DONE)
        return True


def take(run: SwitchRun, step: SwitchStep) -> Exception | None:
    """One step, timed; whatever it raises is answered, and told with the step."""
    began = time.monotonic()
    SwitchStep.objects.filter(pk=step.pk).update(state=RunState.RUNNING)
    crash_point(f"before:{step.name}")
    try:
        note = steps.STEPS[step.name](run)
    except Exception as error:  # of whatever kind: the run must not stay closed by it
        SwitchStep.objects.filter(pk=step.pk).update(
            state=RunState.FAILED,
            seconds=time.monotonic() - began,
            note=told_of(error)[:500],
        )
        return error
    SwitchStep.objects.filter(pk=step.pk).update(
        state=RunState.DONE, seconds=time.monotonic() - began, share=1, note=note[:500]
    )
    return None


def give_up(run: SwitchRun, error: Exception) -> None:
    """The old side again. Where even that fails, the run stands, and says why."""
    told = told_of(error)
    run.refresh_from_db()
    try:
        steps.back_to_old(run)
    except Exception as worse:
        end(run, RunState.FAILED, error=f"{told}; then {told_of(worse)}")
        raise
    end(run, RunState.ABORTED, error=told)


def end(run: SwitchRun, state: RunState, *, error: str = "") -> None:
    ended = None if state == RunState.FAILED else timezone.now()
    SwitchRun.objects.filter(pk=run.pk).update(
        state=state, error=error, finished_at=ended
    )


def told_of(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")


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
        "rows": run.rows,
        "pause_seconds": run.pause_seconds,
        "steps": [
            {
                "name": step.name,
                "state": step.state,
                "share": round(step.share, 3),
                "seconds": None if step.seconds is None else round(step.seconds, 2),
                "note": step.note,
            }
            for step in run.steps.order_by("place")
        ],
    }
