"""The long steps of a run: the new side is filled, and its indexes are built."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections

from retail.channels.crashing import crash_point
from retail.channels.models import CopiedPart, SwitchRun, SwitchStep
from retail.channels.roles import copier_connection
from retail.channels.switching import copying
from retail.channels.switching.sides import WAYS, Table, Way, sources, tables, targets


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
    progress = _Progress(run, whole)
    for way in WAYS[run.kind]:
        mine = [table for other, table in todo if other == way]
        if not mine:
            continue
        with copying.lane(way) as ends:
            for table in mine:
                _copy_table(run, ends, way, table, seen=progress.seen)
                progress.gone += sizes[way.source].get(table.name, 1)
    total = sum(run.parts.values_list("rows", flat=True))
    SwitchRun.objects.filter(pk=run.pk).update(rows=total)
    return f"{total} rows"


def _copy_table(
    run: SwitchRun,
    ends: copying.Lane,
    way: Way,
    table: Table,
    *,
    seen: Callable[[int], None],
) -> None:
    began = time.monotonic()
    rows = copying.copy_table(ends, way, table, seen=seen)
    CopiedPart.objects.create(
        run=run,
        source=way.source,
        target=way.target,
        table=table.name,
        rows=rows,
        seconds=time.monotonic() - began,
    )
    crash_point(f"copied:{way.source}:{way.target}:{table.name}")


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


class _Progress:
    """How far the step is, written at most twice a second, whatever tables it is at."""

    def __init__(self, run: SwitchRun, whole: int) -> None:
        self.run = run
        self.whole = whole
        self.gone = 0  # bytes of the tables before
        self.told = time.monotonic()

    def seen(self, carried: int) -> None:
        if time.monotonic() - self.told > 0.5:
            self.told = time.monotonic()
            SwitchStep.objects.filter(run=self.run, name="copy").update(
                share=min(1.0, (self.gone + carried) / self.whole)
            )


def index(run: SwitchRun) -> str:
    """What was left away for the bulk is built, and every reference is looked at."""
    for alias in targets(run.kind):
        copying.build_indexes(alias, run.report["indexes"][alias])
    return ""


def note(run: SwitchRun, **found: Any) -> None:
    """Keep figures with the run."""
    run.report = {**run.report, **found}
    SwitchRun.objects.filter(pk=run.pk).update(report=run.report)
    close_old_connections()
