"""What stands in the way of a run: asked before it begins and shown in the preview."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from django.conf import settings
from django.db import connections
from psycopg import errors, sql

from inventory.places import Origin
from retail import books
from retail.channels.models import RunKind
from retail.channels.roles import COPIER, OWNER, copier_connection, owner_connection
from retail.channels.switching import hashing
from retail.channels.switching.sides import WAYS, Connection, sources, tables, targets

# Beyond the rows themselves: indexes, the log of changes, what PostgreSQL writes ahead.
DISK_FACTOR = 3
# Ids of larger tables are left to the primary key, which refuses them while copying.
MOST_IDS = 500_000


@dataclass(frozen=True)
class Block:
    """A reason not to begin: `slug` for programs, `says` for people."""

    slug: str
    says: str


class Blocked(Exception):
    """A run must not begin."""

    def __init__(self, blocks: list[Block]) -> None:
        super().__init__("; ".join(block.says for block in blocks))
        self.blocks = blocks


def check(kind: str) -> list[Block]:
    """All of them; none means that the run may begin. Reads every open row once."""
    found = [*roles(kind), *schemas(kind)]
    if found:
        return found  # what follows would fail on them
    found += [*invariants(kind), *disk(kind), *vacuums(kind)]
    if kind == RunKind.JOIN:
        found += [*master_data(), *colliding_ids()]
    return found


def invariants(kind: str) -> list[Block]:
    return [
        Block(
            "books-not-green",
            f"{result.id} {result.name} does not hold on {result.database}"
            f" ({result.rows} rows): books check",
        )
        for result in books.check(sources(kind))
        if not result.holds
    ]


def schemas(kind: str) -> list[Block]:
    """The same tables with the same columns of the same types, on every side."""
    seen = {}
    for alias in (*sources(kind), *targets(kind)):
        with owner_connection(alias) as owner:
            seen[alias] = owner.execute(
                """
                SELECT c.table_name::text, c.column_name::text, c.udt_name::text,
                       c.is_nullable::text
                FROM information_schema.columns c
                WHERE c.table_schema = 'public' AND c.table_name = ANY(%s)
                ORDER BY 1, 2
                """,
                [[table.name for table in tables()]],
            ).fetchall()
    first, *others = seen
    return [
        Block("schemas-differ", f"{first} and {alias} have other tables: migrate_all")
        for alias in others
        if seen[alias] != seen[first]
    ]


def roles(kind: str) -> list[Block]:
    """Whether owner and copier may do what a run needs of them."""
    found = []
    for alias in (*sources(kind), *targets(kind)):
        for role, parameter in (
            (OWNER, "deadlock_timeout"),
            (COPIER, "session_replication_role"),
        ):
            try:
                with owner_connection(alias) as owner:
                    row = owner.execute(
                        "SELECT has_parameter_privilege(%s, %s, 'set')",
                        [role, parameter],
                    ).fetchone()
            except errors.OperationalError as error:
                found.append(Block("roles-wrong", f"{alias}: {error}".strip()))
                break
            if not (row and row[0]):
                found.append(
                    Block(
                        "roles-wrong",
                        f"{alias}: GRANT SET ON PARAMETER {parameter} TO {role}",
                    )
                )
    return found


def disk(kind: str) -> list[Block]:
    """Room for a second copy, where the embedded server's disk can be looked at."""
    place = settings.VAR / "pg"
    if not place.exists():
        return []
    needed = 0
    for alias in sources(kind):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            needed += cursor.fetchone()[0] * DISK_FACTOR
    free = shutil.disk_usage(place).free
    if free >= needed:
        return []
    return [
        Block("disk-full", f"{needed >> 20} MB are needed, {free >> 20} MB are free")
    ]


def vacuums(kind: str) -> list[Block]:
    """An anti-wraparound vacuum does not give way, so the fence would wait for it."""
    found = []
    for alias in sources(kind):
        with connections[alias].cursor() as cursor:
            cursor.execute(
                """
                SELECT query FROM pg_stat_activity WHERE datname = current_database()
                  AND backend_type = 'autovacuum worker'
                  AND query LIKE '%(to prevent wraparound)%'
                """
            )
            found += [
                Block("vacuum-runs", f"{alias}: {q}") for (q,) in cursor.fetchall()
            ]
    return found


def master_data() -> list[Block]:
    """Products and places are head office's: both channels must say the same."""
    head = [Origin.HEAD_OFFICE.value]
    # asked in the pause as well: tables of the channels' own are not looked through
    some = [table for table in tables() if head[0] in table.owners]
    with copier_connection("webshop") as webshop, copier_connection("pos") as pos:
        one = hashing.by_table(hashing.figures(webshop, head, of=some))
        other = hashing.by_table(hashing.figures(pos, head, of=some))
    return [
        Block(
            "master-data-differs",
            f"{name}: {one[name][0]} rows on the web, {other[name][0]} in the stores,"
            " not the same",
        )
        for name in sorted(one)
        if one[name] != other[name]
    ]


def colliding_ids() -> list[Block]:
    """Rows of two owners under one id could not lie in one table."""
    found = []
    ways = WAYS[RunKind.JOIN]
    with copier_connection("webshop") as webshop, copier_connection("pos") as pos:
        webshop.execute("CREATE TEMP TABLE theirs (id uuid)")
        for table in tables():
            if table.master or _estimate(pos, table.name) > MOST_IDS:
                continue
            webshop.execute("TRUNCATE pg_temp.theirs")
            name = sql.Identifier(table.name)
            with (
                pos.cursor().copy(
                    sql.SQL(
                        "COPY (SELECT id FROM {} WHERE origin = 'pos') TO STDOUT"
                    ).format(name)
                ) as ids,
                webshop.cursor().copy("COPY pg_temp.theirs FROM STDIN") as into,
            ):
                for block in ids:
                    into.write(block)
            row = webshop.execute(
                sql.SQL(
                    "SELECT count(*) FROM {} JOIN pg_temp.theirs USING (id)"
                    " WHERE origin = ANY({})"
                ).format(name, sql.Literal(list(ways[0].origins)))
            ).fetchone()
            if row and row[0]:
                found.append(
                    Block("ids-collide", f"{table.name}: {row[0]} ids on both sides")
                )
    return found


def _estimate(connection: Connection, table: str) -> int:
    row = connection.execute(
        "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = %s::regclass",
        [table],
    ).fetchone()
    return int(row[0]) if row else 0
