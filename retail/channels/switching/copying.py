"""Rows from side to side: first in bulk, then what changed meanwhile, then the last.

The copier works with triggers and foreign keys of the target asleep (`replica`): parents
may come after their children, and `hashing` proves the result. Changes are carried over
in one snapshot of the source, so that afterwards the target is exactly that snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import IsolationLevel, sql

from retail.channels.roles import copier_connection, owner_connection
from retail.channels.switching import hashing
from retail.channels.switching.crashing import crash_point
from retail.channels.switching.sides import Connection, Table, Way, tables

CHANGED = "pg_temp.carried"  # (seq, table_name, row_id): the log as one round saw it
WRITTEN_NAME = "pg_temp.written"  # (table_name, row_id): a target's log
WRITTEN = sql.SQL("pg_temp.written")
NUMBERS = "retail_order_number_seq"


@dataclass(frozen=True)
class Round:
    """`changes` were carried over; `verified` says that all rows were compared."""

    changes: int
    verified: bool


@contextmanager
def copier(alias: str) -> Iterator[psycopg.Connection]:
    """A target, written without triggers or foreign keys. One transaction."""
    with copier_connection(alias) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


def empty(target: str) -> None:
    """Forget the moved rows of a closed target, stale or half copied. What only the
    shared database has, and what is derived, stays."""
    rest = [table for table in tables() if not table.master]
    with copier(target) as connection:
        connection.execute(
            sql.SQL("TRUNCATE {}").format(
                sql.SQL(", ").join(sql.Identifier(table.name) for table in rest)
            )
        )
        for table in tables():
            if table.master:
                connection.execute(
                    sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name))
                )


def secondary_indexes(target: str) -> dict[str, str]:
    """{name: definition} of the moved tables' indexes that no constraint needs."""
    names = [table.name for table in tables() if not table.master]
    with owner_connection(target) as owner:
        return dict(
            owner.execute(
                """
                SELECT i.relname::text, pg_get_indexdef(i.oid) FROM pg_index x
                JOIN pg_class i ON i.oid = x.indexrelid
                JOIN pg_class c ON c.oid = x.indrelid
                WHERE c.relname = ANY(%s) AND c.relnamespace = 'public'::regnamespace
                  AND NOT x.indisunique
                ORDER BY 1
                """,
                [names],
            ).fetchall()
        )


def drop_indexes(target: str, names: list[str]) -> None:
    """While the bulk is copied, an index costs more to keep than to build afterwards."""
    with owner_connection(target) as owner:
        for name in names:
            owner.execute(
                sql.SQL("DROP INDEX IF EXISTS {}").format(sql.Identifier(name))
            )


def build_indexes(target: str, definitions: dict[str, str]) -> None:
    """Build what is missing of them, and learn what the tables hold."""
    with owner_connection(target) as owner:
        owner.autocommit = True
        owner.execute("SET maintenance_work_mem = '256MB'")
        for definition in definitions.values():
            told = definition.replace("CREATE INDEX ", "CREATE INDEX IF NOT EXISTS ", 1)
            owner.execute(told.encode())  # PostgreSQL's own words, told back to it
        for table in tables():
            owner.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table.name)))


def copy_table(
    way: Way, table: Table, *, seen: Callable[[int], None] = lambda _: None
) -> int:
    """All rows of these owners, in one transaction of the target; answers how many.
    Begun again, it starts over. `seen` hears the bytes so far."""
    origins = sql.Literal(list(way.origins))
    name, columns = sql.Identifier(table.name), _columns(table)
    with copier_connection(way.source) as source, copier(way.target) as target:
        target.execute(
            sql.SQL("DELETE FROM {} WHERE origin = ANY({})").format(name, origins)
        )
        reading = sql.SQL(
            "COPY (SELECT {} FROM {} WHERE origin = ANY({})) TO STDOUT (FORMAT binary)"
        ).format(columns, name, origins)
        writing = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
            name, columns
        )
        carried = 0
        with (
            source.cursor().copy(reading) as rows,
            target.cursor() as cursor,
        ):
            with cursor.copy(writing) as into:
                for block in rows:
                    into.write(block)
                    carried += len(block)
                    seen(carried)
            crash_point(f"inside:{way.source}:{way.target}:{table.name}")
            return cursor.rowcount


def orphans(target: str) -> list[str]:
    """Foreign keys of the target that point at nothing: constraints slept while rows
    came in, so this is asked once, by anti-join."""
    with copier_connection(target) as connection:
        keys = connection.execute(
            """
            SELECT k.conname::text, c.relname::text, p.relname::text,
                   a.attname::text, b.attname::text
            FROM pg_constraint k
            JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
            JOIN pg_attribute b ON b.attrelid = p.oid AND b.attnum = k.confkey[1]
            WHERE k.contype = 'f' AND c.relnamespace = 'public'::regnamespace
            """
        ).fetchall()
        found = []
        for name, child, parent, column, key in keys:
            missing = connection.execute(
                sql.SQL(
                    "SELECT count(*) FROM {child} c WHERE c.{column} IS NOT NULL AND NOT"
                    " EXISTS (SELECT FROM {parent} p WHERE p.{key} = c.{column})"
                ).format(
                    child=sql.Identifier(child),
                    parent=sql.Identifier(parent),
                    column=sql.Identifier(column),
                    key=sql.Identifier(key),
                )
            ).fetchone()
            if missing and missing[0]:
                found.append(f"{name}: {missing[0]}")
        return found


def carry_changes(ways: list[Way], *, verify_all: bool = False) -> Round:
    """One round from one source: what its log names now goes to every target.

    The log and the rows are read in one snapshot; each target applies them in one
    transaction; then just those log rows are deleted. Killed anywhere, the next round
    does it again. What was carried is compared row by row, and with `verify_all` every
    row of the snapshot. Raises Differs.
    """
    (source_alias,) = {way.source for way in ways}
    with copier_connection(source_alias) as source:
        source.execute(
            "CREATE TEMP TABLE carried (seq bigint, table_name text, row_id uuid)"
        )
        source.commit()
        source.isolation_level = IsolationLevel.REPEATABLE_READ
        source.execute(
            "INSERT INTO pg_temp.carried"
            " SELECT seq, table_name, row_id FROM switching.changed_row"
        )
        source.execute("ANALYZE pg_temp.carried")
        changes = _count(source, CHANGED)
        for way in ways:
            ours = None
            with copier(way.target) as target:
                if changes:
                    _apply(source, target, way)
                    crash_point(f"applied:{way.source}:{way.target}")
            if changes:
                _compare_carried(source, way)
            if verify_all:
                ours = hashing.figures(source, way.origins)
                with copier_connection(way.target) as target:
                    theirs = hashing.figures(target, way.origins)
                hashing.compare(f"{way.source} → {way.target}", ours, theirs)
        source.commit()
        source.isolation_level = None
        source.execute(
            "DELETE FROM switching.changed_row r USING pg_temp.carried c"
            " WHERE r.seq = c.seq"
        )
    return Round(changes, verify_all)


def _apply(source: Connection, target: psycopg.Connection, way: Way) -> None:
    target.execute(
        "CREATE TEMP TABLE carried (table_name text, row_id uuid) ON COMMIT DROP"
    )
    _ship(
        source,
        sql.SQL("SELECT DISTINCT table_name, row_id FROM pg_temp.carried"),
        target,
        sql.SQL("pg_temp.carried (table_name, row_id)"),
    )
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
        columns = _columns(table)
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
        _ship(source, reading, target, into)


def _ship(
    source: Connection,
    query: sql.Composable,
    target: Connection,
    into: sql.Composable,
) -> None:
    reading = sql.SQL("COPY ({}) TO STDOUT (FORMAT binary)").format(query)
    writing = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(into)
    with source.cursor().copy(reading) as rows, target.cursor().copy(writing) as copy:
        for block in rows:
            copy.write(block)


def _touched(source: Connection) -> list[Table]:
    names = {
        name
        for (name,) in source.execute("SELECT DISTINCT table_name FROM pg_temp.carried")
    }
    return [table for table in tables() if table.name in names]


def _compare_carried(source: Connection, way: Way) -> None:
    with copier_connection(way.target) as target:
        target.execute("CREATE TEMP TABLE carried (table_name text, row_id uuid)")
        _ship(
            source,
            sql.SQL("SELECT DISTINCT table_name, row_id FROM pg_temp.carried"),
            target,
            sql.SQL("pg_temp.carried (table_name, row_id)"),
        )
        _same_rows(source, target, way, named=CHANGED)


def _same_rows(source: Connection, target: Connection, way: Way, *, named: str) -> None:
    ours = hashing.row_hashes(source, way.origins, named=named)
    theirs = hashing.row_hashes(target, way.origins, named=named)
    if ours != theirs:
        raise hashing.Differs(
            f"{way.source} → {way.target}",
            sorted({f"{table} {id}" for table, id, _ in ours ^ theirs}),
        )


def compare_written(way: Way) -> int:
    """Every row that the target's own log names, against the source: what anybody wrote
    there past the fence is found. Answers how many. Raises Differs."""
    with (
        copier_connection(way.source) as source,
        copier_connection(way.target) as target,
    ):
        source.execute("CREATE TEMP TABLE written (table_name text, row_id uuid)")
        target.execute(
            "CREATE TEMP TABLE written AS"
            " SELECT DISTINCT table_name, row_id FROM switching.changed_row"
        )
        _ship(target, sql.SQL("TABLE pg_temp.written"), source, WRITTEN)
        _same_rows(source, target, way, named=WRITTEN_NAME)
        return _count(target, WRITTEN_NAME)


def compare_unwritten(way: Way) -> int:
    """Every row that nobody wrote on the target since its log began, while the target
    sells and the source stands still. Answers how many rows. Raises Differs."""
    with (
        copier_connection(way.source) as source,
        copier_connection(way.target) as target,
    ):
        target.isolation_level = IsolationLevel.REPEATABLE_READ
        target.execute(
            "CREATE TEMP TABLE written AS"
            " SELECT DISTINCT table_name, row_id FROM switching.changed_row"
        )
        source.execute("CREATE TEMP TABLE written (table_name text, row_id uuid)")
        _ship(target, sql.SQL("TABLE pg_temp.written"), source, WRITTEN)
        for side in (source, target):
            side.execute("ANALYZE pg_temp.written")
        theirs = hashing.figures(target, way.origins, without=WRITTEN_NAME)
        ours = hashing.figures(source, way.origins, without=WRITTEN_NAME)
        hashing.compare(f"{way.source} → {way.target}", ours, theirs)
        return sum(rows for rows, _ in ours.values())


def continue_numbers(ways: list[Way]) -> None:
    """Order numbers go on where the sources are: a number is never given twice."""
    highest = 1
    for alias in {way.source for way in ways} | {way.target for way in ways}:
        with copier_connection(alias) as connection:
            row = connection.execute(
                sql.SQL("SELECT last_value FROM {}").format(sql.Identifier(NUMBERS))
            ).fetchone()
            highest = max(highest, row[0] if row else 1)
    for alias in {way.target for way in ways}:
        with copier_connection(alias) as connection:
            connection.execute("SELECT setval(%s, %s)", [NUMBERS, highest])


def _columns(table: Table) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, table.columns))


def _count(connection: Connection, table: str) -> int:
    row = connection.execute(
        sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(*table.split(".")))
    ).fetchone()
    return int(row[0]) if row else 0
