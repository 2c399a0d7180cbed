"""Reading a file: what it would change, and what is wrong with it, line by line.

Nothing of the business changes. The good lines are laid down in head office's database
by COPY, some thousands at a time, so that memory does not grow with the file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from django.db import connections, router
from django.db.models import Count
from django.utils import timezone

from inventory.places import Channel
from retail import channels
from retail.exchange.cells import BadCell, Column
from retail.exchange.kinds import TABLES
from retail.exchange.models import Kind, Line, Problem, Run, State, Verdict
from retail.exchange.reading import Record, Unreadable, places_of, records
from retail.exchange.tables import Read, Table, Wrong

TOGETHER = 2000  # lines
MOST_PROBLEMS = 1000  # kept to be shown; all are counted
MOST_LINES = 5_000_000

DOUBLED = """
WITH gone AS (
  DELETE FROM exchange_line WHERE id IN (
    SELECT id FROM (
      SELECT id, row_number() OVER (PARTITION BY key ORDER BY number) AS nth
      FROM exchange_line WHERE run_id = %(run)s) AS one
    WHERE nth > 1)
  RETURNING number, key)
SELECT number, key, count(*) OVER () FROM gone ORDER BY number LIMIT %(most)s
"""


def preview(
    file: BinaryIO,
    *,
    kind: Kind | str,
    channel: Channel | str,
    name: str,
    by: str,
    most: int = MOST_LINES,
    told: Callable[[int], None] = lambda lines: None,
) -> Run:
    """The run that waits to be confirmed. `told` hears how many lines were read so far.

    Raises Unreadable (nothing is kept then), too where the file has more than `most`
    lines. Two or three queries for each 2,000 lines.
    """
    table = TABLES[Kind(kind)]
    run = Run.objects.create(
        kind=Kind(kind),
        channel=Channel(channel),
        name=name[:120],
        state=State.READING,
        by=by[:80],
        made_at=timezone.now(),
    )
    try:
        with channels.use_channel(Channel(channel)):
            _read(run, table, file, most, told)
    except Unreadable:
        run.delete()
        raise
    return run


def _read(
    run: Run, table: Table, file: BinaryIO, most: int, told: Callable[[int], None]
) -> None:
    header, rows = records(file)
    places = places_of(header, table.columns)
    run.unread = [name for name in header if name and name not in places]
    columns = [each for each in table.columns if each.name in places]
    while batch := list(islice(rows, TOGETHER)):
        run.lines += len(batch)
        if run.lines > most:
            raise Unreadable("too-many-lines", batch[-1][0], str(most))
        _look_at(run, table, _understood(batch, columns, places, len(header)))
        told(run.lines)
    if not run.lines:
        raise Unreadable("empty")
    with channels.head_office_atomic():
        _refuse_doubled(run)
        counted = dict(
            Line.objects.filter(run=run).values_list("verdict").annotate(Count("id"))
        )
        run.new = counted.get(Verdict.NEW, 0)
        run.change = counted.get(Verdict.CHANGE, 0)
        run.same = counted.get(Verdict.SAME, 0)
        Line.objects.filter(run=run, verdict=Verdict.SAME).delete()
        run.state = State.PREVIEWED
        run.save()


def _understood(
    batch: Sequence[Record],
    columns: Sequence[Column],
    places: dict[str, int],
    width: int,
) -> Iterator[Read | Wrong]:
    for number, cells in batch:
        if len(cells) != width:
            yield Wrong(number, "", "cells", f"{len(cells)} / {width}")
            continue
        yield _one(number, cells, columns, places)


def _one(
    number: int, cells: Sequence[str], columns: Sequence[Column], places: dict[str, int]
) -> Read | Wrong:
    values = {}
    for column in columns:
        cell = cells[places[column.name]]
        if not cell:
            if column.required and not column.judged:
                return Wrong(number, column.name, "empty-cell")
            continue
        try:
            values[column.name] = column.read(cell)
        except BadCell as refusal:
            return Wrong(number, column.name, refusal.slug, cell[:80])
    return Read(number, values)


def _look_at(run: Run, table: Table, found: Iterator[Read | Wrong]) -> None:
    read: list[Read] = []
    wrong: list[Wrong] = []
    for each in found:
        if isinstance(each, Wrong):
            wrong.append(each)
        else:
            read.append(each)
    good: list[tuple[Read, Verdict]] = []
    for judged in table.judge(Channel(run.channel), read):
        if isinstance(judged, Wrong):
            wrong.append(judged)
        else:
            good.append(judged)
    with channels.head_office_atomic():
        note(run, wrong)
        _lay_down(run, table, good)


def note(run: Run, wrong: Sequence[Wrong]) -> None:
    """Keep what is wrong, the first thousand; in head office's transaction."""
    room = MOST_PROBLEMS - run.wrong - run.left_out
    run.wrong += len(wrong)
    Problem.objects.bulk_create(
        Problem(
            run=run,
            number=each.number,
            column=each.column,
            slug=each.slug,
            value=each.value[:80],
        )
        for each in sorted(wrong, key=lambda each: each.number)[: max(room, 0)]
    )


def _lay_down(run: Run, table: Table, good: Sequence[tuple[Read, Verdict]]) -> None:
    copying = 'COPY exchange_line (run_id, number, key, verdict, "values") FROM STDIN'
    with (
        connections[router.db_for_write(Line)].cursor() as cursor,
        cursor.copy(copying) as copy,
    ):
        for line, verdict in good:
            told = json.dumps(line.values, ensure_ascii=False)
            copy.write_row(
                (run.id, line.number, table.key(line.values), verdict.value, told)
            )


def _refuse_doubled(run: Run) -> None:
    """A line about what an earlier line is about: which of them is meant?"""
    with connections[router.db_for_write(Line)].cursor() as cursor:
        cursor.execute(DOUBLED, {"run": run.id, "most": MOST_PROBLEMS})
        doubled = cursor.fetchall()
    note(run, [Wrong(number, "", "twice", key) for number, key, _all in doubled])
    run.wrong += doubled[0][2] - len(doubled) if doubled else 0
