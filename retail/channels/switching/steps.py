"""The steps of a run. Each may be killed anywhere and begun again from its start.

At every moment at most one side takes writes: until `close` the old one, from `open` on
the new one, between them none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db import close_old_connections
from django.utils import timezone

from inventory.places import Channel
from retail import books
from retail.channels.context import use_channel, use_snapshot
from retail.channels.flipping import preset
from retail.channels.levels import Feature, Level
from retail.channels.models import (
    ClosedSide,
    CopiedPart,
    LevelState,
    RunKind,
    SwitchRun,
    SwitchStep,
)
from retail.channels.roles import copier_connection
from retail.channels.routing import route
from retail.channels.snapshot import Flag, forget, snapshot
from retail.channels.switching import capture, copying, fence, hashing, preflight
from retail.channels.switching.crashing import crash_point
from retail.channels.switching.sides import WAYS, Way, sources, tables, targets
from retail.channels.transactions import atomic
from retail.customers import erasing, linking
from retail.fulfilment import feed

FEW = 200  # changes left over: little enough to be carried in the pause
MOST_ROUNDS = 50
BY = "system"


class NotSettling(Exception):
    """The sides write faster than their changes are carried over."""


class BooksDiffer(Exception):
    """After opening, an invariant does not hold."""


def ways_by_source(run: SwitchRun) -> dict[str, list[Way]]:
    found: dict[str, list[Way]] = {}
    for way in WAYS[run.kind]:
        found.setdefault(way.source, []).append(way)
    return found


def plan(run: SwitchRun) -> str:
    """Nothing stands in the way. Raises Blocked."""
    blocks = preflight.check(run.kind)
    if blocks:
        raise preflight.Blocked(blocks)
    return ""


def start_capture(run: SwitchRun) -> str:
    """From here on both old sides note what changes."""
    for alias in targets(run.kind):
        ClosedSide.objects.filter(alias=alias).delete()  # it will not stay as it was
        fence.close(alias)
        capture.stop(alias)
    for alias in sources(run.kind):
        capture.start(alias)
    return ""


def copy(run: SwitchRun) -> str:
    """The bulk, table by table, while people buy. What was copied is not done again."""
    done = {
        (part.source, part.target, part.table): part.rows for part in run.parts.all()
    }
    kept = run.report.get("indexes", {})
    for alias in targets(run.kind):
        if alias not in kept:
            kept[alias] = copying.secondary_indexes(alias)
            note(run, indexes=kept)
        if not done:
            copying.drop_indexes(alias, list(kept[alias]))
            copying.empty(alias)
    todo = [
        (way, table)
        for way in WAYS[run.kind]
        for table in tables()
        if (way.source, way.target, table.name) not in done
    ]
    sizes = {source: _sizes(source) for source in sources(run.kind)}
    whole = sum(sizes[way.source].get(table.name, 1) for way, table in todo) or 1
    gone = 0
    for way, table in todo:
        began = time.monotonic()
        rows = copying.copy_table(way, table, seen=_telling(run, gone, whole))
        gone += sizes[way.source].get(table.name, 1)
        CopiedPart.objects.create(
            run=run,
            source=way.source,
            target=way.target,
            table=table.name,
            rows=rows,
            seconds=time.monotonic() - began,
        )
        crash_point(f"copied:{way.source}:{way.target}:{table.name}")
    total = sum(run.parts.values_list("rows", flat=True))
    SwitchRun.objects.filter(pk=run.pk).update(rows=total)
    return f"{total} rows"


def _sizes(alias: str) -> dict[str, int]:
    """Bytes per table, about."""
    with copier_connection(alias) as connection:
        return dict(
            connection.execute(
                "SELECT relname::text, pg_relation_size(oid) FROM pg_class"
                " WHERE relname = ANY(%s)",
                [[table.name for table in tables()]],
            ).fetchall()
        )


def _telling(run: SwitchRun, gone: int, whole: int) -> Callable[[int], None]:
    """How far the step is, written at most twice a second."""
    last = time.monotonic()

    def seen(carried: int) -> None:
        nonlocal last
        if time.monotonic() - last > 0.5:
            last = time.monotonic()
            SwitchStep.objects.filter(run=run, name="copy").update(
                share=min(1.0, (gone + carried) / whole)
            )

    return seen


def index(run: SwitchRun) -> str:
    """What was left away for the bulk is built, and every reference is looked at."""
    for alias in targets(run.kind):
        copying.build_indexes(alias, run.report["indexes"][alias])
    return ""


def catch_up(run: SwitchRun) -> str:
    """What changed meanwhile, round by round; then every row is compared, while people
    buy; then the few that changed during that. Raises Differs, NotSettling."""
    carried = 0
    for ways in ways_by_source(run).values():
        carried += _until_few(ways)
    for alias in targets(run.kind):
        capture.start(alias)  # who writes there from now on is found in `verify`
    for ways in ways_by_source(run).values():
        carried += copying.carry_changes(ways, verify_all=True).changes
        carried += _until_few(ways)
    for alias in targets(run.kind):
        missing = copying.orphans(alias)
        if missing:
            raise hashing.Differs(alias, missing)
    return f"{carried} changes"


def _until_few(ways: list[Way]) -> int:
    carried = 0
    for _ in range(MOST_ROUNDS):
        changes = copying.carry_changes(ways).changes
        carried += changes
        if changes <= FEW:
            return carried
    raise NotSettling(f"{ways[0].source} changes too fast")


def identities(run: SwitchRun) -> str:
    """Who is known to both channels becomes one person, by links; doubts wait for a
    human."""
    report = link(run)
    return f"{report.links} links, {report.people} people"


def link(run: SwitchRun) -> linking.Report:
    with as_it_will_be(run), use_channel(Channel.WEBSHOP), atomic():
        return linking.link_known(by=f"run:{run.pk}")


@contextmanager
def as_it_will_be(run: SwitchRun) -> Iterator[None]:
    """The dial as the run will leave it, for verbs on the side that is being filled."""
    wanted = preset(Level(run.to_level))
    shared = run.kind == RunKind.JOIN
    wanted[Feature.SHARED_DATABASE] = Flag(on=shared)
    now = snapshot(fresh=True)
    future = replace(now, shared_database=shared, flags=wanted, moving=None)
    with use_snapshot(given=future):
        yield


def close(run: SwitchRun) -> str:
    """Writers wait from here. Every page, till, worker and key, and every other client,
    is refused by the database itself."""
    for ways in ways_by_source(run).values():
        _until_few(ways)  # what came in while links were made: not in the pause
    SwitchRun.objects.filter(pk=run.pk, closed_at=None).update(closed_at=timezone.now())
    LevelState.objects.update(moving=run.pk)
    forget()
    for alias in sources(run.kind):
        fence.close(alias)
        crash_point(f"closed:{alias}")
    return ""


def finish(run: SwitchRun) -> str:
    """The last changes. After this the new side is the old one, row for row."""
    changes = 0
    for ways in ways_by_source(run).values():
        changes += copying.carry_changes(ways).changes
    copying.continue_numbers(list(WAYS[run.kind]))
    return f"{changes} changes"


def verify(run: SwitchRun) -> str:
    """Whatever was written on the new side since all its rows were compared, by anybody,
    against the old one; and that the old one is still. Raises Differs."""
    rows = sum(copying.compare_written(way) for way in WAYS[run.kind])
    for alias in sources(run.kind):
        with copier_connection(alias) as connection:
            left = capture.waiting(connection)
        if left or fence.open_tables(alias):
            raise hashing.Differs(alias, [f"{left} changes after it was closed"])
    if run.kind == RunKind.JOIN:
        blocks = preflight.master_data()
        if blocks:
            raise preflight.Blocked(blocks)
    return f"{rows} rows"


def open_new(run: SwitchRun) -> str:
    """The level is recorded, and the new side takes writes."""
    route(run.to_level, by=run.by, why=run.why)
    crash_point("routed")
    for alias in targets(run.kind):
        fence.open_(alias)
    crash_point("opened")
    SwitchRun.objects.filter(pk=run.pk, opened_at=None).update(opened_at=timezone.now())
    LevelState.objects.filter(moving=run.pk).update(moving=None)
    forget()
    return f"epoch {snapshot(fresh=True).epoch}"


def verify_again(run: SwitchRun) -> str:
    """Every row and every invariant once more, while people buy on the new side.
    Raises Differs, BooksDiffer: an incident, for the way back."""
    rows = sum(copying.compare_unwritten(way) for way in WAYS[run.kind])
    failing = [r for r in books.check(targets(run.kind)) if not r.holds]
    if failing:
        raise BooksDiffer(
            ", ".join(f"{r.id} {r.name} on {r.database}: {r.rows}" for r in failing)
        )
    return f"{rows} rows"


def settle(run: SwitchRun) -> str:
    """What each closed side holds is written down, the notes of changes are thrown
    away, copies of other rows are made anew."""
    for alias in sources(run.kind):
        remember(run, alias)
    for alias in (*sources(run.kind), *targets(run.kind)):
        capture.stop(alias)
    for alias in targets(run.kind):
        erasing.replay(alias)
    if run.kind == RunKind.JOIN:
        link(run)  # who registered while the rest was linked
    else:
        with use_snapshot(fresh=True), use_channel(Channel.WEBSHOP):
            feed.refresh()
    return ""


def remember(run: SwitchRun, alias: str) -> None:
    """What a closed side holds, so that a later write past the fence is seen."""
    ClosedSide.objects.update_or_create(
        alias=alias,
        defaults={
            "run": run,
            "closed_at": timezone.now(),
            "figures": hashing.held(alias),
            "retired_at": None,
        },
    )


def back_to_old(run: SwitchRun) -> None:
    """Give up before opening: the old sides take writes again, as if nothing had been.
    The half filled new side stays closed; the next run empties it."""
    for alias in sources(run.kind):
        fence.open_(alias)
    LevelState.objects.filter(moving=run.pk).update(moving=None)
    if run.closed_at and not run.opened_at:
        SwitchRun.objects.filter(pk=run.pk).update(opened_at=timezone.now())
    forget()
    for alias in (*sources(run.kind), *targets(run.kind)):
        capture.stop(alias)
    for alias, definitions in run.report.get("indexes", {}).items():
        copying.build_indexes(alias, definitions)


def note(run: SwitchRun, **found: Any) -> None:
    """Keep figures with the run."""
    run.report = {**run.report, **found}
    SwitchRun.objects.filter(pk=run.pk).update(report=run.report)
    close_old_connections()


Step = Callable[[SwitchRun], str]
STEPS: dict[str, Step] = {
    "plan": plan,
    "capture": start_capture,
    "copy": copy,
    "index": index,
    "catch_up": catch_up,
    "identities": identities,
    "close": close,
    "finish": finish,
    "verify": verify,
    "open": open_new,
    "verify_again": verify_again,
    "settle": settle,
}
OPENS = "open"


def names(kind: str) -> list[str]:
    return [each for each in STEPS if each != "identities" or kind == RunKind.JOIN]
