"""A confirmed import: worked off some lines at a time, each time whole or not at all.

Some lines are one message to the channel (see `retail.messages`): its inbox keeps, in
the transaction of the effect, that it was handled. So whoever takes an import up again,
after a crash or at the same time as somebody else, has no second effect.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from inventory.ids import derived
from inventory.places import Channel
from retail import channels
from retail.exchange.kinds import TABLES
from retail.exchange.models import Kind, Line, Problem, Run, State
from retail.exchange.previewing import note
from retail.exchange.tables import Change, Read, Wrong
from retail.messages.handlers import first_time
from retail.messages.models import OutboxMessage

TOGETHER = 500  # lines
KEPT = timedelta(days=1)


class NotWaiting(Exception):
    """This import was confirmed or given up before."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


def confirm(run: Run, *, at: datetime | None = None) -> Run:
    """From now on it will be done. Raises NotWaiting."""
    return _move(run, State.CONFIRMED, confirmed_at=at or timezone.now())


def abandon(run: Run, *, at: datetime | None = None) -> Run:
    """Nothing of it will be done. Raises NotWaiting."""
    with channels.head_office_atomic():
        moved = _move(run, State.ABANDONED, finished_at=at or timezone.now())
        _forget([run.id])
    return moved


def _move(run: Run, to: State, **changes: datetime) -> Run:
    moved = Run.objects.filter(id=run.id, state=State.PREVIEWED).update(
        state=to, **changes
    )
    run.refresh_from_db()
    if not moved:
        raise NotWaiting(run.state)
    return run


def work(run: Run, *, seconds: float) -> Run:
    """Go on with it for about so long. Done when nothing is left."""
    until = time.monotonic() + seconds
    with channels.use_channel(Channel(run.channel)):
        while run.state == State.CONFIRMED:
            lines = list(Line.objects.filter(run=run).order_by("number")[:TOGETHER])
            if lines:
                wrong = channels.retrying(_apply)(run, lines)
                _account(run, lines, wrong)
            else:
                _finish(run)
            run.refresh_from_db()
            if time.monotonic() >= until:
                break
    return run


def _apply(run: Run, lines: Sequence[Line]) -> list[Wrong]:
    """What these lines ask, once; answers what was left out."""
    first = lines[0].number
    batch = OutboxMessage(
        id=derived(run.id, "batch", first),
        to=run.channel,
        kind=f"import.{run.kind}",
        subject=run.id,
        version=first,
    )
    at = run.confirmed_at or run.made_at
    change = Change(run.id, Channel(run.channel), run.by, at)
    with channels.atomic():
        if not first_time(batch, __name__):
            # by somebody who was stopped before they could say what they left out
            return []
        read = [Read(each.number, each.values) for each in lines]
        return TABLES[Kind(run.kind)].apply(change, read)


def _account(run: Run, lines: Sequence[Line], wrong: Sequence[Wrong]) -> None:
    """Its lines go; of two who did the same one counts it."""
    with channels.head_office_atomic():
        gone, _each = Line.objects.filter(id__in=[line.id for line in lines]).delete()
        if gone:
            note(run, wrong)
            Run.objects.filter(id=run.id).update(
                done=F("done") + gone, left_out=F("left_out") + len(wrong)
            )


def _finish(run: Run) -> None:
    Run.objects.filter(id=run.id, state=State.CONFIRMED).update(
        state=State.DONE, finished_at=timezone.now()
    )


def take_up(*, seconds: float) -> int:
    """Go on with every import that was confirmed. Answers how many were."""
    runs = list(Run.objects.filter(state=State.CONFIRMED).order_by("confirmed_at"))
    for run in runs:
        work(run, seconds=seconds / len(runs))
    return len(runs)


def forget(*, now: datetime | None = None) -> int:
    """A day later what a file held is gone, also of an import that nobody confirmed.
    Answers how many of those there were."""
    before = (now or timezone.now()) - KEPT
    with channels.head_office_atomic():
        given_up = Run.objects.filter(
            state__in=[State.READING, State.PREVIEWED], made_at__lt=before
        ).update(state=State.ABANDONED, finished_at=timezone.now())
        ended = Run.objects.filter(
            state__in=[State.DONE, State.ABANDONED], made_at__lt=before
        )
        _forget(list(ended.filter(problems__isnull=False).values_list("id", flat=True)))
        Line.objects.filter(run__in=ended).delete()
    return given_up


def _forget(run_ids: Sequence[UUID]) -> None:
    Line.objects.filter(run__in=run_ids).delete()
    Problem.objects.filter(run__in=run_ids).delete()
