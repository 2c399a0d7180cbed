"""Which rows changed while a run copies: written by triggers, only while it lasts."""

from __future__ import annotations

import time
from typing import LiteralString

from psycopg import errors, sql

from retail.channels.roles import owner_connection
from retail.channels.switching.sides import Connection

TRIGGER = "zz_capture"
PATIENCE = 30.0  # seconds that one table may stay busy


def start(alias: str) -> None:
    """From here on every change is logged, whoever makes it. When this returns, what
    was not logged is committed and will be seen by a copy that begins now."""
    _each_table(alias, "ENABLE ALWAYS", wanted="D")


def stop(alias: str) -> None:
    """Nothing is logged any more, and the log is empty."""
    _each_table(alias, "DISABLE", wanted="A")
    with owner_connection(alias) as owner:
        owner.execute("TRUNCATE switching.changed_row")


def _each_table(alias: str, act: LiteralString, *, wanted: str) -> None:
    with owner_connection(alias) as owner:
        owner.autocommit = True
        owner.execute("SET lock_timeout = '300ms'")
        owner.execute("SET deadlock_timeout = '50ms'")
        names = owner.execute(
            """
            SELECT c.relname::text FROM pg_trigger t
            JOIN pg_class c ON c.oid = t.tgrelid
            WHERE t.tgname = %s AND t.tgenabled = %s ORDER BY 1
            """,
            [TRIGGER, wanted],
        ).fetchall()
        for (table,) in names:
            _patiently(owner, table, act)


def _patiently(owner: Connection, table: str, act: LiteralString) -> None:
    turn = sql.SQL("ALTER TABLE {} {} TRIGGER {}").format(
        sql.Identifier(table),
        sql.SQL(act),
        sql.Identifier(TRIGGER),
    )
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            owner.execute(turn)
        except (errors.LockNotAvailable, errors.DeadlockDetected):
            if time.monotonic() > deadline:
                raise
        else:
            return


def waiting(connection: Connection) -> int:
    """Logged changes that were not carried over yet."""
    row = connection.execute("SELECT count(*) FROM switching.changed_row").fetchone()
    return int(row[0]) if row else 0
