"""The fence: closes a side to every client, and opens it again.

A trigger on each business table refuses all but the copier; it is there from the first
migration, disabled in peace. A side is closed table by table: each waits for its own
writers only, so that nothing can deadlock. When the last table is closed, no write that
anybody was told of is missing, and none can follow. Any step may be killed and done
again.
"""

from __future__ import annotations

import time

import psycopg
from psycopg import errors, sql

from retail.channels.roles import owner_connection
from retail.channels.router import SIDES
from retail.channels.switching.sides import Connection, first_the_busy

TRIGGER = "aa_fence"
CLOSES_WITHIN = 30.0  # seconds for one table; no request may take longer


class NotClosed(Exception):
    """Somebody keeps writing a table, longer than any request may take."""

    def __init__(self, alias: str, table: str) -> None:
        super().__init__(f"{alias}: {table} is being written for too long")
        self.alias = alias
        self.table = table


def close(alias: str) -> None:
    """No client but the copier writes here any more. Raises NotClosed."""
    with _patient(alias) as owner:
        for table in first_the_busy(
            [name for name, closed in state(owner) if not closed]
        ):
            _close_table(owner, alias, table)
        _prove_still(owner, alias)


def _close_table(owner: Connection, alias: str, table: str) -> None:
    close_it = sql.SQL("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}").format(
        sql.Identifier(table), sql.Identifier(TRIGGER)
    )
    deadline = time.monotonic() + CLOSES_WITHIN
    while True:
        try:
            owner.execute(close_it)
        except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
            if time.monotonic() > deadline:
                raise NotClosed(alias, table) from error
            _cancel_vacuum(owner, table)
        else:
            return


def _cancel_vacuum(owner: Connection, table: str) -> None:
    """Somebody's VACUUM holds a lock that writers do not; it can be begun again. An
    autovacuum gives way by itself."""
    owner.execute(
        """
        SELECT pg_cancel_backend(p.pid) FROM pg_stat_progress_vacuum p
        JOIN pg_stat_activity a USING (pid)
        JOIN pg_roles r ON r.oid = a.usesysid
        WHERE p.relid = %s::regclass AND a.backend_type = 'client backend'
          AND NOT r.rolsuper
        """,
        [table],
    )


def _prove_still(owner: Connection, alias: str) -> None:
    """All tables locked at once is got only where no uncommitted write is left."""
    names = [name for name, _ in state(owner)]
    lock = sql.SQL("LOCK TABLE {} IN SHARE MODE").format(
        sql.SQL(", ").join(map(sql.Identifier, names))
    )
    _all_at_once(owner, alias, [lock], names)


def open_(alias: str) -> None:
    """Everybody may write here again; all tables at once."""
    with _patient(alias) as owner:
        names = [table for table, closed in state(owner) if closed]
        turn = sql.SQL("ALTER TABLE {} DISABLE TRIGGER {}")
        trigger = sql.Identifier(TRIGGER)
        opens = [turn.format(sql.Identifier(table), trigger) for table in names]
        _all_at_once(owner, alias, opens, names)


def _all_at_once(
    owner: Connection, alias: str, acts: list[sql.Composed], names: list[str]
) -> None:
    """In one transaction, again and again until no VACUUM is in the way. Nobody writes
    meanwhile, so nobody waits for these locks. Raises NotClosed."""
    deadline = time.monotonic() + CLOSES_WITHIN
    while True:
        try:
            with owner.transaction():
                for act in acts:
                    owner.execute(act)
        except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
            if time.monotonic() > deadline:
                raise NotClosed(alias, "all tables") from error
            for table in names:
                _cancel_vacuum(owner, table)
        else:
            return


def state(connection: Connection) -> list[tuple[str, bool]]:
    """Each fenced table and whether it is closed."""
    return connection.execute(
        """
        SELECT c.relname::text, t.tgenabled = 'A' FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid
        WHERE t.tgname = %s AND c.relnamespace = 'public'::regnamespace
        ORDER BY 1
        """,
        [TRIGGER],
    ).fetchall()


def open_tables(alias: str) -> list[str]:
    """The tables of a side that take writes."""
    with owner_connection(alias) as owner:
        return [name for name, closed in state(owner) if not closed]


def settle(open_now: tuple[str, ...]) -> None:
    """Fences as the dial stands: these sides open, all others closed. For an
    installation that was just migrated or seeded, while nobody works."""
    for alias in SIDES:
        if alias in open_now:
            open_(alias)
        else:
            close(alias)


def _patient(alias: str) -> Connection:
    """The owner, one statement one transaction. It gives up a lock soon, and asks about
    deadlocks sooner still: only then does an autovacuum give way."""
    owner: psycopg.Connection = owner_connection(alias)
    owner.autocommit = True
    owner.execute("SET lock_timeout = '300ms'")
    owner.execute("SET deadlock_timeout = '50ms'")
    return owner
