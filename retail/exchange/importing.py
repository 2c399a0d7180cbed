"""A confirmed import: worked off some lines at a time, each time whole or not at all.

Some lines are one message to the channel (see `retail.messages`): its inbox keeps, in
the transaction of the effect, that it was handled. So whoever takes an import up again,
after a crash, has no second effect. One at a time works on an import, so that what they
leave out is noted by them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connections, router
from django.db.models import F, Q, QuerySet
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

log = logging.getLogger(__name__)

TOGETHER = 500  # lines
KEPT = timedelta(days=1)
FREE_WITHIN, LOOKS_EVERY = 3.0, 0.1  # seconds
WORKING = 480_048  # advisory lock, with the run: any number, the same for all


class NotWaiting(Exception):
    """This import was confirmed or given up before."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


def confirm(run: Run, *, at: datetime | None = None) -> Run:
    """From now on it will be done. Raises NotWaiting."""
    return _move(
        run, State.CONFIRMED, of=[State.PREVIEWED], confirmed_at=at or timezone.now()
    )


def abandon(run: Run, *, at: datetime | None = None) -> Run:
    """Nothing more of it will be done; what was done stays. Waits a moment for whoever
    is at some of its lines, so that `done` counts them; who takes longer still counts
    them, and `forget` comes for the rest. Raises NotWaiting."""
    _move(
        run,
        State.ABANDONED,
        of=[State.PREVIEWED, State.CONFIRMED],
        finished_at=at or timezone.now(),
    )
    until = time.monotonic() + FREE_WITHIN
    while True:
        with _alone(run) as mine:
            if mine:
                with channels.head_office_atomic():
                    _forget(Run.objects.filter(id=run.id))
        if mine or time.monotonic() >= until:
            break
        time.sleep(LOOKS_EVERY)
    run.refresh_from_db()
    return run


def _move(run: Run, to: State, *, of: Sequence[State], **changes: datetime) -> Run:
    moved = Run.objects.filter(id=run.id, state__in=of).update(state=to, **changes)
    run.refresh_from_db()
    if not moved:
        raise NotWaiting(run.state)
    return run


@contextmanager
def _alone(run: Run) -> Iterator[bool]:
    """Whether nobody else is at this import until the end of the block."""
    key = (WORKING, str(run.id))
    with connections[router.db_for_write(Run)].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", key)
        mine = bool(cursor.fetchone()[0])
        try:
            yield mine
        finally:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", key)


def work(run: Run, *, seconds: float) -> Run:
    """Go on with it for about so long. Done when nothing is left. Where somebody else is
    at it, they go on, and this does nothing."""
    until = time.monotonic() + seconds
    with channels.use_channel(Channel(run.channel)):
        while run.state == State.CONFIRMED:
            with _alone(run) as mine:
                if mine:
                    _step(run)
            run.refresh_from_db()
            if not mine or time.monotonic() >= until:
                break
    return run


def _step(run: Run) -> None:
    """Its next lines, or its end."""
    run.refresh_from_db()
    if run.state != State.CONFIRMED:
        return
    lines = list(Line.objects.filter(run=run).order_by("number")[:TOGETHER])
    if lines:
        wrong = channels.retrying(_apply)(run, lines)
        _account(run, lines, wrong)
    else:
        _finish(run)


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
    with channels.head_office_atomic(), channels.atomic():
        if not first_time(batch, __name__):
            # by somebody who was stopped before they could say what they left out
            return []
        read = [Read(each.number, each.values) for each in lines]
        return TABLES[Kind(run.kind)].apply(change, read)


def _account(run: Run, lines: Sequence[Line], wrong: Sequence[Wrong]) -> None:
    """Its lines go, and are counted with them."""
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
        try:
            work(run, seconds=seconds / len(runs))
        except Exception:  # whatever stops one must not stop the others
            log.exception("import %s stopped; it is tried again", run.id)
    return len(runs)


def forget(*, now: datetime | None = None) -> int:
    """A day later what a file held is gone, also of an import that nobody confirmed, or
    that did not come to its end. Answers how many of those there were."""
    now = now or timezone.now()
    before = now - KEPT
    stopped = Q(state__in=[State.READING, State.PREVIEWED], made_at__lt=before) | Q(
        state=State.CONFIRMED, confirmed_at__lt=before
    )
    with channels.head_office_atomic():
        given_up = Run.objects.filter(stopped).update(
            state=State.ABANDONED, finished_at=now
        )
        _forget(
            Run.objects.filter(
                state__in=[State.DONE, State.ABANDONED], made_at__lt=before
            )
        )
    return given_up


def _forget(runs: QuerySet[Run]) -> None:
    Line.objects.filter(run__in=runs).delete()
    Problem.objects.filter(run__in=runs).delete()
