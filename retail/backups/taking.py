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

import psycopg
from psycopg import errors

from retail import channels
from retail.backups import programs, sets
from retail.backups.sets import Dump, Set
from retail.channels.models import STANDING
from retail.channels.roles import owner_connection
from retail.databases import ALIASES, HEAD_OFFICE, SIDES
from retail.staff.tokens import hash_of

__all__ = ["WHOSE", "MailBusy", "RunStands", "back_up", "snapshots"]

# Head office last: what it says is done of a side's work (an import's lines) the side
# has, and an account without its customer harms nobody.
ORDER = (*SIDES, HEAD_OFFICE)
MAIL_WAITS = 30.0  # seconds for the deliveries under way
WHOSE = "which key a backup was made with"
STANDS = "SELECT id FROM channels_switchrun WHERE state = ANY(%s)"
MIGRATIONS = "SELECT app || '.' || name FROM django_migrations ORDER BY 1"


class RunStands(Exception):
    """A switch run moves rows between the databases."""


class MailBusy(Exception):
    """A delivery took longer than any may."""


def back_up(folder: Path, *, at: datetime) -> Set:
    """Write a set into a new folder, for its owner's eyes alone; it stands under its
    name only when it is whole. People and tills go on meanwhile.

    Raises FileExistsError, RunStands, MailBusy, ProgramFailed.
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
            dumps = {alias: _dump(alias, taken[alias], part) for alias in ALIASES}
        with channels.use_snapshot(fresh=True):
            level = channels.level()
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


class Taken:
    """A snapshot that others may read by its name, while its connection is open."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None  # noqa: S101 - a function always answers
        self.name = str(row[0])
        self.connection = connection

    @property
    def migrations(self) -> list[str]:
        return [str(each) for (each,) in self.connection.execute(MIGRATIONS)]


@contextmanager
def snapshots() -> Iterator[dict[str, Taken]]:
    """{alias: its snapshot}, all of one moment of the mail. Raises MailBusy."""
    with ExitStack() as stack:
        readers = {}
        for alias in ORDER:
            reader = stack.enter_context(owner_connection(alias))
            reader.read_only = True
            reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            # the dumps may take hours
            reader.execute("SET SESSION idle_in_transaction_session_timeout = 0")
            reader.commit()
            readers[alias] = reader
        with mail_held():
            taken = {alias: Taken(readers[alias]) for alias in ORDER}
        yield taken


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
