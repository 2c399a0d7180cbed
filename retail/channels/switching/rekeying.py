"""New ids for rows of the stores whose ids the web has too.

Ids are random, so this happens only where one database was once copied from the other.
Until it is done a join is blocked.
"""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from psycopg import sql

from inventory.ids import derived
from retail.channels.models import RunKind
from retail.channels.roles import copier_connection
from retail.channels.switching.run import kind_of
from retail.channels.switching.sides import Connection, tables
from retail.channels.switching.standing import standing

FOREIGN_KEYS = """
    SELECT c.relname::text, a.attname::text FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
    WHERE k.contype = 'f' AND k.confrelid = %s::regclass
"""


class NotApart(Exception):
    """Only while databases are apart is it clear whose row is meant."""


def rekey() -> dict[str, int]:
    """{table: rows}. Every foreign key follows; the new id is derived from the old, so
    that doing it again finds nothing to do. Raises NotApart."""
    if kind_of("omnichannel") != RunKind.JOIN or standing() is not None:
        raise NotApart
    found: Counter[str] = Counter()
    with copier_connection("webshop") as webshop, copier_connection("pos") as pos:
        pos.execute("SET session_replication_role = replica")
        for table in tables():
            if table.master:
                continue
            for id in colliding(webshop, pos, table.name):
                give_new_id(pos, table.name, id)
                found[table.name] += 1
    return dict(found)


def colliding(webshop: Connection, pos: Connection, table: str) -> list[UUID]:
    mine = pos.execute(
        sql.SQL("SELECT id FROM {} WHERE origin = 'pos'").format(sql.Identifier(table))
    )
    found: list[UUID] = []
    while batch := mine.fetchmany(10_000):
        ids = [id for (id,) in batch]
        found += [
            id
            for (id,) in webshop.execute(
                sql.SQL(
                    "SELECT id FROM {} WHERE id = ANY(%s) AND origin = 'webshop'"
                ).format(sql.Identifier(table)),
                [ids],
            )
        ]
    return found


def give_new_id(pos: Connection, table: str, id: UUID) -> None:
    new = derived(id, "rekey")
    name = sql.Identifier(table)
    pos.execute(sql.SQL("UPDATE {} SET id = %s WHERE id = %s").format(name), [new, id])
    for child, column in pos.execute(FOREIGN_KEYS, [table]).fetchall():
        pos.execute(
            sql.SQL("UPDATE {} SET {c} = %s WHERE {c} = %s").format(
                sql.Identifier(child), c=sql.Identifier(column)
            ),
            [new, id],
        )
