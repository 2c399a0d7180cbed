"""A set back into the house's databases, in place of what they hold."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from retail import channels
from retail.backups import programs, sets
from retail.backups.programs import ProgramFailed
from retail.backups.sets import Set
from retail.channels.roles import grant, owner_connection
from retail.channels.switching import fence
from retail.databases import ALIASES, HEAD_OFFICE, SIDES

__all__ = ["InUse", "TooNew", "held", "put_back", "read_through", "seen"]

# what is not an extension's own; a table takes its indexes, triggers and sequences along
TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
SEQUENCES = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
FUNCTIONS = """
SELECT p.proname, pg_get_function_identity_arguments(p.oid) FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
# of other people's sessions only this much is told to everybody; the server's own
# workers are nobody's
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
"""
NOTE = """
SELECT shobj_description(oid, 'pg_database') FROM pg_database
WHERE datname = current_database()
"""
LEAVE_WITHIN = 3.0  # seconds that a session which was just closed may still be told of
Connection = psycopg.Connection[tuple[Any, ...]]


class InUse(Exception):
    """Somebody works on this database."""

    def __init__(self, alias: str, others: int) -> None:
        super().__init__(f"{alias}: {others}")
        self.alias = alias
        self.others = others


class TooNew(Exception):
    """The set is of a newer version of the product: `migration` is not known here."""

    def __init__(self, migration: str) -> None:
        super().__init__(migration)
        self.migration = migration


def seen(folder: Path) -> Set:
    """The set in this folder, whole and of this product's age or older. Reads every
    file. Raises BadSet, TooNew."""
    found = sets.read(folder, ALIASES)
    here = MigrationLoader(None).disk_migrations
    replaced = (each.replaces for each in here.values())
    known = {*here, *(name for names in replaced for name in names)}
    apps = {app for app, _ in known}
    for dump in found.dumps.values():
        for each in dump.migrations:
            app, _, name = each.partition(".")
            if app in apps and (app, name) not in known:
                raise TooNew(each)
    return found


def read_through(folder: Path, given: Set) -> None:
    """That there is a program here which can read these files. Raises ProgramFailed."""
    for alias, dump in given.dumps.items():
        programs.run("pg_restore", alias, "--list", str(folder / Path(dump.file).name))


def held() -> dict[str, int]:
    """{alias: its tables}, of which nothing is left afterwards."""
    found = {}
    for alias in ALIASES:
        with owner_connection(alias) as owner:
            found[alias] = len(owner.execute(TABLES).fetchall())
    return found


def put_back(folder: Path, given: Set) -> None:
    """Empty every database and fill it from the set, head office's last: killed halfway,
    nothing can be opened, and the same again makes it whole. Grants are this product's,
    nobody is signed in, and the fences stand as the set's dial says; where the set is
    older than the product, `migrate_all` sets them. Raises InUse before anything is
    lost, ProgramFailed after.
    """
    connections.close_all()
    for alias in ALIASES:
        _await_nobody(alias)
    for alias in (HEAD_OFFICE, *SIDES):
        with _sql(alias) as owner:
            _empty(owner)
    for alias in (*SIDES, HEAD_OFFICE):
        programs.run(
            "pg_restore",
            alias,
            "--no-owner",
            "--no-acl",
            "--exit-on-error",
            "--single-transaction",
            f"--dbname={connections[alias].settings_dict['NAME']}",
            str(folder / Path(given.dumps[alias].file).name),
        )
        with _sql(alias) as owner:
            grant(owner.cursor())
            if alias == HEAD_OFFICE:
                # who was thrown out since the set was made would be in again
                owner.execute("DELETE FROM django_session")
            owner.execute("ANALYZE")
    if missing(given):
        return  # our models cannot read the set's dial yet
    with channels.use_snapshot(fresh=True):
        fence.settle(channels.open_databases())


def missing(given: Set) -> set[str]:
    """Migrations of the product that a database of the set has not had."""
    here = {".".join(each) for each in MigrationLoader(None).disk_migrations}
    return {
        name for each in given.dumps.values() for name in here - set(each.migrations)
    }


@contextmanager
def _sql(alias: str) -> Iterator[Connection]:
    """Raises ProgramFailed for what the server refuses."""
    try:
        with owner_connection(alias) as owner:
            yield owner
    except psycopg.Error as error:
        raise ProgramFailed("SQL", alias, str(error).partition("\n")[0]) from error


def _await_nobody(alias: str) -> None:
    deadline = time.monotonic() + LEAVE_WITHIN
    with owner_connection(alias) as owner:
        owner.autocommit = True
        while (row := owner.execute(OTHERS).fetchone()) and row[0]:
            if time.monotonic() > deadline:
                raise InUse(alias, row[0])
            time.sleep(0.1)


def _empty(owner: Connection) -> None:
    owner.execute("DROP SCHEMA IF EXISTS switching CASCADE")
    for (table,) in owner.execute(TABLES).fetchall():
        owner.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(table)))
    for (name,) in owner.execute(SEQUENCES).fetchall():
        owner.execute(sql.SQL("DROP SEQUENCE {}").format(sql.Identifier(name)))
    for name, arguments in owner.execute(FUNCTIONS).fetchall():
        drop = sql.SQL("DROP FUNCTION {}({})")
        owner.execute(drop.format(sql.Identifier(name), sql.SQL(arguments)))
    # the note that these migrations are done was about the tables that are gone
    if (row := owner.execute(NOTE).fetchone()) and row[0] is not None:
        owner.execute(
            sql.SQL("COMMENT ON DATABASE {} IS NULL").format(
                sql.Identifier(owner.info.dbname)
            )
        )
