"""The steps of a run. Each may be killed anywhere and begun again from its start.

At every moment at most one side takes writes: until `close` the old one, from `open` on
the new one, between them none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from django.utils import timezone

from inventory.places import Channel
from retail import books
from retail.channels.context import use_channel, use_snapshot
from retail.channels.crashing import crash_point
from retail.channels.flipping import preset
from retail.channels.levels import Feature, Level
from retail.channels.models import (
    ClosedSide,
    LevelState,
    RunKind,
    SwitchRun,
)
from retail.channels.roles import copier_connection
from retail.channels.routing import route
from retail.channels.snapshot import Flag, forget, snapshot
from retail.channels.switching import (
    capture,
    carrying,
    copying,
    fence,
    filling,
    hashing,
    preflight,
)
from retail.channels.switching.sides import WAYS, Way, sources, targets
from retail.channels.transactions import atomic
from retail.customers import erasing, linking
from retail.fulfilment import feed

FEW = 200  # changes left over: little enough to be carried in the pause
SOON = 0.15  # seconds of a round that may be done once more in the pause
MOST_ROUNDS = 50
BY = "system"


class NotSettling(Exception):
    """The sides write faster than their changes are carried over."""


class BooksDiffer(Exception):
    """After opening, an invariant does not hold."""


T = TypeVar("T")


def by_source(run: SwitchRun, work: Callable[[list[Way]], T]) -> list[T]:
    """The same for the ways from each source, all sources at once: what is done to one
    must not lengthen the pause of another. `work` uses no connection of Django's."""
    found: dict[str, list[Way]] = {}
    for way in WAYS[run.kind]:
        found.setdefault(way.source, []).append(way)
    with ThreadPoolExecutor(len(found)) as pool:
        return list(pool.map(work, found.values()))


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


def catch_up(run: SwitchRun) -> str:
    """What changed meanwhile, round by round; then every row is compared, while people
    buy; then the few that changed during that. Raises Differs, NotSettling."""
    carried = sum(by_source(run, _until_few))
    for alias in targets(run.kind):
        capture.start(alias)  # who writes there from now on is found in `verify`
    carried += sum(by_source(run, _all_and_until_few))
    for alias in targets(run.kind):
        missing = copying.orphans(alias)
        if missing:
            raise hashing.Differs(alias, missing)
    return f"{carried} changes"


def _until_few(ways: list[Way]) -> int:
    with carrying.carrier(ways) as carrier:
        return _rounds(carrier)


def _all_and_until_few(ways: list[Way]) -> int:
    with carrying.carrier(ways) as carrier:
        return carrier.round(verify_all=True) + _rounds(carrier)


def _rounds(carrier: carrying.Carrier) -> int:
    """Until one more would be short. Raises NotSettling."""
    carried = 0
    for _ in range(MOST_ROUNDS):
        began = time.monotonic()
        changes = carrier.round()
        carried += changes
        if changes <= FEW or time.monotonic() - began < SOON:
            return carried
    raise NotSettling


def identities(run: SwitchRun) -> str:
    """Who is known to both channels becomes one person, by links; doubts wait for a
    human."""
    report = link(run)
    for alias in targets(run.kind):
        carrying.forget_unmoved(alias)
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
    by_source(run, _until_few)  # what came in while links were made: not in the pause
    SwitchRun.objects.filter(pk=run.pk, closed_at=None).update(closed_at=timezone.now())
    LevelState.objects.update(moving=run.pk)
    forget()
    by_source(run, _close)
    return ""


def _close(ways: list[Way]) -> None:
    fence.close(ways[0].source)
    crash_point(f"closed:{ways[0].source}")


def finish(run: SwitchRun) -> str:
    """The last changes. After this the new side is the old one, row for row."""
    changes = sum(by_source(run, _last_round))
    copying.continue_numbers(list(WAYS[run.kind]))
    return f"{changes} changes"


def _last_round(ways: list[Way]) -> int:
    with carrying.carrier(ways) as carrier:
        return carrier.round()


def verify(run: SwitchRun) -> str:
    """Whatever was written on the new side since all its rows were compared, by anybody,
    against the old one; and that the old one is still. Raises Differs."""
    rows = sum(by_source(run, _compare_written))
    if run.kind == RunKind.JOIN:
        blocks = preflight.master_data()
        if blocks:
            raise preflight.Blocked(blocks)
    return f"{rows} rows"


def _compare_written(ways: list[Way]) -> int:
    rows = sum(carrying.compare_written(way) for way in ways)
    alias = ways[0].source
    with copier_connection(alias) as connection:
        left = capture.waiting(connection)
    if left or fence.open_tables(alias):
        raise hashing.Differs(alias, [f"{left} changes after it was closed"])
    return rows


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
    for alias in targets(run.kind):
        erasing.replay(alias)  # who asked for it while their rows were under way
    rows = sum(carrying.compare_unwritten(way) for way in WAYS[run.kind])
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
    The half filled new side is emptied and stays closed."""
    for alias in sources(run.kind):
        fence.open_(alias)
    LevelState.objects.filter(moving=run.pk).update(moving=None)
    if run.closed_at and not run.opened_at:
        SwitchRun.objects.filter(pk=run.pk).update(opened_at=timezone.now())
    forget()
    for alias in (*sources(run.kind), *targets(run.kind)):
        capture.stop(alias)
    for alias, definitions in run.report.get("indexes", {}).items():
        copying.empty(alias)  # what may be there twice would forbid a unique index
        copying.build_indexes(alias, definitions)


Step = Callable[[SwitchRun], str]
STEPS: dict[str, Step] = {
    "plan": plan,
    "capture": start_capture,
    "copy": filling.copy,
    "index": filling.index,
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
