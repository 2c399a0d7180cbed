"""Rows from side to side in bulk, while people go on writing; `carrying` brings what
changed meanwhile.

The copier works with triggers and foreign keys of the target asleep (`replica`): parents
may come after their children, and `hashing` proves the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from retail.channels.crashing import crash_point
from retail.channels.roles import copier_connection, owner_connection
from retail.channels.switching.sides import Connection, Table, Way, tables

NUMBERS = "retail_order_number_seq"
BLOCK = 1 << 18  # bytes sent at once; rows come one by one

Lane = tuple[psycopg.Connection, psycopg.Connection]


@contextmanager
def copier(alias: str) -> Iterator[psycopg.Connection]:
    """A target, written without triggers or foreign keys. One transaction."""
    with copier_connection(alias) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


@contextmanager
def lane(way: Way) -> Iterator[Lane]:
    """A connection to either end, for many tables after one another: a new one for each
    costs more than most tables do."""
    with copier_connection(way.source) as source, copier(way.target) as target:
        target.commit()
        source.autocommit = target.autocommit = True
        yield source, target


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
    """{name: definition} of the moved tables' indexes but for primary keys and what a
    foreign key leans on."""
    names = [table.name for table in tables() if not table.master]
    with owner_connection(target) as owner:
        return dict(
            owner.execute(
                """
                SELECT i.relname::text,
                       coalesce('ALTER TABLE ' || c.oid::regclass || ' ADD CONSTRAINT '
                                || quote_ident(k.conname) || ' '
                                || pg_get_constraintdef(k.oid), pg_get_indexdef(i.oid))
                FROM pg_index x
                JOIN pg_class i ON i.oid = x.indexrelid
                JOIN pg_class c ON c.oid = x.indrelid
                LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.conrelid = c.oid
                WHERE c.relname = ANY(%s) AND c.relnamespace = 'public'::regnamespace
                  AND NOT x.indisprimary
                  AND NOT EXISTS (SELECT FROM pg_constraint f
                                  WHERE f.contype = 'f' AND f.conindid = i.oid)
                ORDER BY 1
                """,
                [names],
            ).fetchall()
        )


def drop_indexes(target: str, names: list[str]) -> None:
    """While the bulk is copied, an index costs more to keep than to build afterwards;
    one that is unique refuses a second row then."""
    with owner_connection(target) as owner:
        constraints = owner.execute(
            "SELECT conrelid::regclass::text, conname::text FROM pg_constraint"
            " WHERE contype = 'u' AND conname = ANY(%s)",
            [names],
        ).fetchall()
        for table, name in constraints:
            owner.execute(
                sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                    sql.Identifier(table), sql.Identifier(name)
                )
            )
        for name in names:
            owner.execute(
                sql.SQL("DROP INDEX IF EXISTS {}").format(sql.Identifier(name))
            )


def build_indexes(target: str, definitions: dict[str, str]) -> None:
    """Build what is missing of them, and learn what the tables hold. Raises
    UniqueViolation."""
    with owner_connection(target) as owner:
        owner.autocommit = True
        owner.execute("SET maintenance_work_mem = '256MB'")
        there = owner.execute(
            "SELECT relname::text FROM pg_class WHERE relname = ANY(%s)"
            " AND relnamespace = 'public'::regnamespace",
            [list(definitions)],
        ).fetchall()
        for name, definition in definitions.items():
            if (name,) not in there:
                owner.execute(definition.encode())  # PostgreSQL's own words, told back
        for table in tables():
            owner.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table.name)))


def copy_table(
    ends: Lane, way: Way, table: Table, *, seen: Callable[[int], None] = lambda _: None
) -> int:
    """All rows of these owners, in one transaction of the target; answers how many.
    Begun again, it starts over. `seen` hears the bytes so far."""
    source, target = ends
    origins = sql.Literal(list(way.origins))
    name, columns = sql.Identifier(table.name), columns_of(table)
    reading = sql.SQL("SELECT {} FROM {} WHERE origin = ANY({})").format(
        columns, name, origins
    )
    with target.transaction():
        target.execute(
            sql.SQL("DELETE FROM {} WHERE origin = ANY({})").format(name, origins)
        )
        into = sql.SQL("{} ({})").format(name, columns)
        rows = ship(source, reading, target, into, seen=seen)
        crash_point(f"inside:{way.source}:{way.target}:{table.name}")
    return rows


def ship(
    source: Connection,
    query: sql.Composable,
    target: Connection,
    into: sql.Composable,
    *,
    seen: Callable[[int], None] = lambda _: None,
) -> int:
    """What a query answers on one side goes into a table of the other; how many rows."""
    reading = sql.SQL("COPY ({}) TO STDOUT (FORMAT binary)").format(query)
    writing = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(into)
    carried, held, size = 0, [], 0
    with source.cursor().copy(reading) as rows, target.cursor() as cursor:
        with cursor.copy(writing) as copy:
            for row in rows:
                held.append(row)
                size += len(row)
                if size > BLOCK:
                    copy.write(b"".join(held))
                    carried += size
                    seen(carried)
                    held, size = [], 0
            copy.write(b"".join(held))
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


def columns_of(table: Table) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, table.columns))
