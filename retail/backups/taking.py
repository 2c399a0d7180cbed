"""All databases of the house as they were at one moment, while people go on.

What two databases know of one thing goes from one to the other by messages alone. So a
set is whole if no message was delivered between the first and the last of its snapshots:
what was sent is then in both, what was not is on its way in the sender's, and what comes
again has one effect, as ever. The mail is held for those milliseconds, and nobody else.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors, sql

from retail import channels
from retail.backups import programs, sets
from retail.backups.sets import Dump, Set
from retail.channels.models import STANDING
from retail.channels.roles import owner_connection
from retail.databases import ALIASES, HEAD_OFFICE, SIDES
from retail.staff.tokens import hash_of

__all__ = ["WHOSE", "MailBusy", "RunStands", "TablesBusy", "back_up", "snapshots"]

# Head office last: what it says is done of a side's work (an import's lines) the side
# has, and an account without its customer harms nobody.
ORDER = (*SIDES, HEAD_OFFICE)
MAIL_WAITS = 30.0  # seconds for the deliveries under way
TABLES_WAIT = "5s"  # for one database's: who empties them has them for longer
WHOSE = "which key a backup was made with"
STANDS = "SELECT id FROM channels_switchrun WHERE state = ANY(%s)"
# all that a switch run, or a closed side that is emptied, leaves behind
SWITCHED = """
SELECT ARRAY(SELECT id || state FROM channels_switchrun ORDER BY id),
    ARRAY(SELECT alias || coalesce(retired_at::text, '') FROM channels_closedside
          ORDER BY alias)
"""
OURS = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'switching') AND c.relkind IN ('r', 'p')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
MIGRATIONS = "SELECT app || '.' || name FROM django_migrations ORDER BY 1"
Connection = psycopg.Connection[tuple[Any, ...]]


class RunStands(Exception):
    """A switch run moves rows between the databases."""


class MailBusy(Exception):
    """A delivery took longer than any may."""


class TablesBusy(Exception):
    """Somebody empties or alters tables of this database."""

    def __init__(self, alias: str) -> None:
        super().__init__(alias)
        self.alias = alias


def back_up(folder: Path, *, at: datetime) -> Set:
    """Write a set into a new folder, for its owner's eyes alone; it stands under its
    name only when it is whole. People and tills go on meanwhile.

    Raises FileExistsError, RunStands, MailBusy, TablesBusy, ProgramFailed.
    """
    if folder.exists():
        raise FileExistsError(folder)
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)  # of one that was killed
    part.mkdir(mode=0o700, parents=True)
    try:
        with snapshots() as taken:
            head = taken[HEAD_OFFICE].connection
            if head.execute(STANDS, [list(STANDING)]).fetchone() is not None:
                raise RunStands
            with channels.use_snapshot(fresh=True):
                level = channels.level()
            dumps = {alias: _dump(alias, taken[alias], part) for alias in ALIASES}
            with owner_connection(HEAD_OFFICE) as now:
                if _switched(now) != _switched(head):
                    raise RunStands
        made = Set(at.isoformat(), level, hash_of(WHOSE)[:12], dumps)
        sets.write(part, made)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return made


def _dump(alias: str, taken: Taken, folder: Path) -> Dump:
    file = folder / f"{alias}.dump"
    file.touch(mode=0o600)
    programs.run(
        "pg_dump",
        alias,
        "--format=custom",
        "--no-owner",
        "--no-comments",
        "--lock-wait-timeout=60s",
        f"--snapshot={taken.name}",
        f"--file={file}",
    )
    return sets.dump_of(file, migrations=taken.migrations)


def _switched(head: Connection) -> object:
    return head.execute(SWITCHED).fetchone()


class Taken:
    """A snapshot that others may read by its name, while its connection is open."""

    def __init__(self, connection: Connection) -> None:
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None  # noqa: S101 - a function always answers
        self.name = str(row[0])
        self.connection = connection

    @property
    def migrations(self) -> list[str]:
        return [str(each) for (each,) in self.connection.execute(MIGRATIONS)]


@contextmanager
def snapshots() -> Iterator[dict[str, Taken]]:
    """{alias: its snapshot}, all of one moment of the mail. Raises MailBusy,
    TablesBusy."""
    with ExitStack() as stack:
        readers = {}
        for alias in ORDER:
            reader = stack.enter_context(owner_connection(alias))
            reader.read_only = True
            reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            # the dumps may take hours
            reader.execute("SET SESSION idle_in_transaction_session_timeout = 0")
            tables = reader.execute(OURS).fetchall()
            reader.commit()
            _keep(reader, alias, tables)
            readers[alias] = reader
        with mail_held():
            taken = {alias: Taken(readers[alias]) for alias in ORDER}
        yield taken


def _keep(reader: Connection, alias: str, tables: list[tuple[str, str]]) -> None:
    """Nobody empties them from now on: TRUNCATE also empties what an older snapshot
    shows, and `pg_dump` would lock a table only when its turn comes. A lock takes no
    snapshot of its own."""
    lock = sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(
        sql.SQL(", ").join(sql.Identifier(*each) for each in tables)
    )
    try:
        reader.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(TABLES_WAIT))
        reader.execute(lock)
    except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
        raise TablesBusy(alias) from error


@contextmanager
def mail_held() -> Iterator[None]:
    """Nothing is delivered in any database: a delivery inserts into the inbox first, in
    the transaction of its effect, so who has locked it waits for those under way."""
    deadline = time.monotonic() + MAIL_WAITS
    with ExitStack() as stack:
        owners = [stack.enter_context(owner_connection(alias)) for alias in SIDES]
        while True:
            try:
                for owner in owners:
                    owner.execute("SET LOCAL lock_timeout = '500ms'")
                    owner.execute("LOCK TABLE retail_inboxmessage IN SHARE MODE")
                break
            except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
                # none is kept while another is waited for: it would cost the mail a try
                for owner in owners:
                    owner.rollback()
                if time.monotonic() > deadline:
                    raise MailBusy from error
        yield
