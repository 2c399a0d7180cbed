"""What changed since the bulk was copied, carried over round by round, and compared.

A round reads the log of changes and the rows it names in one snapshot of the source, so
that afterwards the target is exactly that snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import IsolationLevel, sql

from retail.channels.crashing import crash_point
from retail.channels.roles import copier_connection
from retail.channels.switching import hashing
from retail.channels.switching.copying import columns_of, copier, ship
from retail.channels.switching.sides import Connection, Table, Way, tables

# (seq, table_name, row_id) on a source, (table_name, row_id) on a target: the source's
# log as one round saw it
CARRIED = "pg_temp.carried"
NAMED = sql.SQL("SELECT DISTINCT table_name, row_id FROM pg_temp.carried")
WRITTEN = "pg_temp.written"  # (table_name, row_id): a target's log


@dataclass(frozen=True)
class Carrier:
    """The connections of one source to its targets, kept from round to round."""

    source: psycopg.Connection
    targets: list[tuple[Way, psycopg.Connection]]

    def round(self, *, verify_all: bool = False) -> int:
        """What the source's log names now goes to every target. Answers how many
        changes. Raises Differs.

        Each target applies them in one transaction; then just those log rows are
        deleted. Killed anywhere, the next round does it again. What was carried is
        compared row by row, and with `verify_all` every row of the snapshot.
        """
        self.source.execute("TRUNCATE pg_temp.carried")
        self.source.commit()
        self.source.execute(
            "INSERT INTO pg_temp.carried"
            " SELECT seq, table_name, row_id FROM switching.changed_row"
        )
        changes = _count(self.source, CARRIED)
        if changes:
            self.source.execute("ANALYZE pg_temp.carried")
        for way, target in self.targets:
            if changes:
                with target.transaction():
                    _apply(self.source, target, way)
                    crash_point(f"applied:{way.source}:{way.target}")
                _compare_carried(self.source, target, way)
            if verify_all:
                _compare_all(self.source, target, way)
        self.source.commit()
        if changes:
            self.source.execute(
                "DELETE FROM switching.changed_row r USING pg_temp.carried c"
                " WHERE r.seq = c.seq"
            )
            self.source.commit()
        return changes


@contextmanager
def carrier(ways: list[Way]) -> Iterator[Carrier]:
    """For ways that begin at the same source."""
    (alias,) = {way.source for way in ways}
    with ExitStack() as opened:
        source = opened.enter_context(copier_connection(alias))
        source.isolation_level = IsolationLevel.REPEATABLE_READ
        source.execute(
            "CREATE TEMP TABLE carried (seq bigint, table_name text, row_id uuid)"
        )
        source.commit()
        targets = []
        for way in ways:
            target = opened.enter_context(copier(way.target))
            target.execute("CREATE TEMP TABLE carried (table_name text, row_id uuid)")
            target.commit()
            target.autocommit = True
            targets.append((way, target))
        yield Carrier(source, targets)


def _apply(source: Connection, target: psycopg.Connection, way: Way) -> None:
    target.execute("TRUNCATE pg_temp.carried")
    ship(source, NAMED, target, sql.SQL("pg_temp.carried (table_name, row_id)"))
    target.execute("ANALYZE pg_temp.carried")
    touched = _touched(source)
    for table in touched:
        # ids are one owner's for ever, so another way's rows are never meant
        target.execute(
            sql.SQL(
                "DELETE FROM {} t USING pg_temp.carried c WHERE c.table_name = {}"
                " AND t.id = c.row_id AND t.origin = ANY({})"
            ).format(
                sql.Identifier(table.name),
                sql.Literal(table.name),
                sql.Literal(list(way.origins)),
            )
        )
    for table in touched:
        columns = columns_of(table)
        reading = sql.SQL(
            "SELECT {} FROM {} WHERE origin = ANY({}) AND id IN"
            " (SELECT row_id FROM pg_temp.carried WHERE table_name = {})"
        ).format(
            columns,
            sql.Identifier(table.name),
            sql.Literal(list(way.origins)),
            sql.Literal(table.name),
        )
        into = sql.SQL("{} ({})").format(sql.Identifier(table.name), columns)
        ship(source, reading, target, into)


def _touched(source: Connection) -> list[Table]:
    names = {
        name
        for (name,) in source.execute("SELECT DISTINCT table_name FROM pg_temp.carried")
    }
    return [table for table in tables() if table.name in names]


def _compare_carried(source: Connection, target: psycopg.Connection, way: Way) -> None:
    """The rows of a round. What the target's log says of them until now is known to be
    right then, and is thrown away: `compare_written` has to look at the rest only."""
    with target.transaction():
        target.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        seen = target.execute(
            "SELECT l.seq FROM switching.changed_row l"
            " JOIN pg_temp.carried c USING (table_name, row_id)"
        ).fetchall()
        _same_rows(source, target, way, named=CARRIED)
        target.execute(
            "DELETE FROM switching.changed_row WHERE seq = ANY(%s)",
            [[seq for (seq,) in seen]],
        )


def _same_rows(source: Connection, target: Connection, way: Way, *, named: str) -> None:
    ours = hashing.row_hashes(source, way.origins, named=named)
    theirs = hashing.row_hashes(target, way.origins, named=named)
    if ours != theirs:
        raise hashing.Differs(
            f"{way.source} → {way.target}",
            sorted({f"{table} {id}" for table, id, _ in ours ^ theirs}),
        )


def _compare_all(
    source: Connection, target: Connection, way: Way, *, without: str = ""
) -> int:
    """Every row but those named; both sides at once. Answers how many there are."""
    with ThreadPoolExecutor(2) as pool:
        ours, theirs = pool.map(
            lambda side: hashing.figures(side, way.origins, without=without),
            (source, target),
        )
    hashing.compare(f"{way.source} → {way.target}", ours, theirs)
    return sum(rows for rows, _ in ours.values())


def forget_unmoved(target: str) -> None:
    """The target's log of tables that no source has: nothing to compare, and links are
    made by the hundred thousand."""
    with copier_connection(target) as connection:
        connection.execute(
            "DELETE FROM switching.changed_row WHERE table_name <> ALL(%s)",
            [[table.name for table in tables()]],
        )


def compare_written(way: Way) -> int:
    """Every row that the target's own log still names, against the source: what anybody
    wrote there past the fence is found. Answers how many. Raises Differs."""
    with (
        copier_connection(way.source) as source,
        copier_connection(way.target) as target,
    ):
        _exchange_written(source, target)
        _same_rows(source, target, way, named=WRITTEN)
        return _count(target, WRITTEN)


def compare_unwritten(way: Way) -> int:
    """Every row that nobody wrote on the target since its log began, while the target
    sells and the source stands still. Answers how many rows. Raises Differs."""
    with (
        copier_connection(way.source) as source,
        copier_connection(way.target) as target,
    ):
        target.isolation_level = IsolationLevel.REPEATABLE_READ
        _exchange_written(source, target)
        return _compare_all(source, target, way, without=WRITTEN)


def _exchange_written(source: Connection, target: Connection) -> None:
    """The rows that the target's log names, known to both sides as `written`."""
    target.execute("CREATE TEMP TABLE written (table_name text, row_id uuid)")
    source.execute("CREATE TEMP TABLE written (table_name text, row_id uuid)")
    target.execute(
        "INSERT INTO pg_temp.written"
        " SELECT DISTINCT table_name, row_id FROM switching.changed_row"
        " WHERE table_name = ANY(%s)",
        [[table.name for table in tables()]],
    )
    ship(target, sql.SQL("TABLE pg_temp.written"), source, sql.SQL(WRITTEN))
    for side in (source, target):
        side.execute("ANALYZE pg_temp.written")


def _count(connection: Connection, table: str) -> int:
    row = connection.execute(
        sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(*table.split(".")))
    ).fetchone()
    return int(row[0]) if row else 0
