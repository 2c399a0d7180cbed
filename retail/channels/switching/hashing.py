"""Equal or not: rows counted and their hashes summed, chunk by chunk.

`hash_record_extended` of the named columns, summed as numeric: a sum sees a row that is
there twice, an exclusive or would not. Hashes of records do not depend on the client's
time zone. A chunk is a 64th of the ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from psycopg import sql

from inventory.places import Origin
from retail.channels.roles import copier_connection
from retail.channels.switching.sides import Connection, Table, tables

CHUNKS = 64

# {(table, chunk): (rows, sum)}
Figures = dict[tuple[str, int], tuple[int, Decimal]]


class Differs(Exception):
    """What was copied is not what it was copied from."""

    def __init__(self, way: str, what: Sequence[str]) -> None:
        shown = ", ".join(what[:5]) + (" …" if len(what) > 5 else "")
        super().__init__(f"{way}: {shown}")
        self.what = what


def record(table: Table) -> sql.Composed:
    return sql.SQL("hash_record_extended(row({}), 0)").format(
        sql.SQL(", ").join(sql.Identifier("t", column) for column in table.columns)
    )


def figures(
    connection: Connection,
    origins: Iterable[str],
    *,
    without: str = "",
    of: Iterable[Table] = (),
) -> Figures:
    """Of these owners' rows, in all tables or in some. `without` names a table
    (table_name, row_id) of rows to leave out."""
    found: Figures = {}
    for table in of or tables():
        query = sql.SQL(
            "SELECT get_byte(uuid_send(t.id), 15) % {}, count(*), sum({}::numeric)"
            " FROM {} t WHERE t.origin = ANY({})"
        ).format(
            sql.Literal(CHUNKS),
            record(table),
            sql.Identifier(table.name),
            sql.Literal(list(origins)),
        )
        if without:
            query += sql.SQL(
                " AND NOT EXISTS (SELECT FROM {} w WHERE w.table_name = {}"
                " AND w.row_id = t.id)"
            ).format(sql.Identifier(*without.split(".")), sql.Literal(table.name))
        query += sql.SQL(" GROUP BY 1")
        for chunk, count, total in connection.execute(query):
            found[table.name, chunk] = (count, total)
    return found


def by_table(found: Figures) -> dict[str, tuple[int, Decimal]]:
    """Chunks put together: {table: (rows, sum)}."""
    summed = {table.name: (0, Decimal(0)) for table in tables()}
    for (name, _), (rows, total) in found.items():
        before = summed[name]
        summed[name] = (before[0] + rows, before[1] + total)
    return summed


def compare(way: str, ours: Figures, theirs: Figures) -> None:
    """Raises Differs, naming tables and chunks."""
    differing = [
        f"{table} chunk {chunk}"
        f" ({ours.get((table, chunk), (0,))[0]} rows,"
        f" {theirs.get((table, chunk), (0,))[0]} on the other side)"
        for table, chunk in sorted(ours.keys() | theirs.keys())
        if ours.get((table, chunk)) != theirs.get((table, chunk))
    ]
    if differing:
        raise Differs(way, differing)


def row_hashes(
    connection: Connection, origins: Iterable[str], *, named: str
) -> set[tuple[str, str, int]]:
    """(table, id, hash) of these owners' rows that a table (table_name, row_id) names.
    A row that is not there is not in the answer."""
    found: set[tuple[str, str, int]] = set()
    there = {
        name
        for (name,) in connection.execute(
            sql.SQL("SELECT DISTINCT table_name FROM {}").format(
                sql.Identifier(*named.split("."))
            )
        )
    }
    for table in tables():
        if table.name not in there:
            continue
        query = sql.SQL(
            "SELECT t.id::text, {} FROM {} t WHERE t.origin = ANY({}) AND t.id IN"
            " (SELECT row_id FROM {} WHERE table_name = {})"
        ).format(
            record(table),
            sql.Identifier(table.name),
            sql.Literal(list(origins)),
            sql.Identifier(*named.split(".")),
            sql.Literal(table.name),
        )
        found.update((table.name, id, value) for id, value in connection.execute(query))
    return found


def held(alias: str) -> dict[str, list[Any]]:
    """{table: [rows, sum of row hashes as text]} of a side, of all owners."""
    with copier_connection(alias) as connection:
        found = by_table(figures(connection, Origin.values))
    return {name: [rows, str(total)] for name, (rows, total) in found.items()}
