"""Roles and databases, made by whoever may: idempotent, psycopg only.

Three roles: `retail_owner` owns every table and migrates, `retail_app` serves people
and owns nothing, `retail_copier` moves rows between sides. What the last two may do with
which table is granted after each migration. On the embedded server the roles have no
password: connections from 127.0.0.1 are trusted, so any local user can be any of them.
"""

from __future__ import annotations

from typing import Any, LiteralString

import psycopg
from psycopg import sql

OWNER, APP, COPIER = "retail_owner", "retail_app", "retail_copier"
DATABASES = ("retail_default", "retail_webshop", "retail_pos", "retail_shared")
Connection = psycopg.Connection[tuple[Any, ...]]


def connect(*, port: int) -> Connection:
    """To the embedded server, as its superuser."""
    return psycopg.connect(
        host="127.0.0.1",
        port=port,
        user="postgres",
        dbname="postgres",
        autocommit=True,
        connect_timeout=5,
    )


def prepare(admin: Connection, *, names: tuple[str, ...] = DATABASES) -> list[str]:
    """Roles, their special rights and the databases; what was there already stays.

    Answers what this login may not do, one line each, for whoever administers the
    server: empty when everything is in place. `admin` must be in autocommit
    mode and have enough rights to read the catalogue.
    """
    refused = []
    known = {row[0] for row in admin.execute("select rolname from pg_roles")}
    for role in (OWNER, APP, COPIER):
        if role not in known:
            refused += attempt(
                admin, f"create role {role} login", "create role {} login", role
            )
    refused += grant_rights(admin)
    for name in missing(admin, names):
        refused += make_database(admin, name)
    return refused


def prepare_named(url: str) -> list[str]:
    """The roles, and the owner's right to make tables in the database of that URL.

    Answers like `prepare`. A login that becomes the roles must be a member of them.
    """
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as admin:
        refused = prepare(admin, names=())
        name = admin.info.dbname
        login = admin.info.user
        for role in (OWNER, APP, COPIER):
            if role_exists(admin, role) and not may_become(admin, role):
                told = f"grant {role} to {login}"
                refused += attempt(admin, told, "grant {} to {}", role, login)
        if role_exists(admin, OWNER) and not may_make_tables(admin):
            told = f"alter database {name} owner to {OWNER}"
            refused += attempt(
                admin, told, "alter database {} owner to {}", name, OWNER
            )
    return refused


def may_become(admin: Connection, role: str) -> bool:
    row = admin.execute("select pg_has_role(%s, 'set')", [role]).fetchone()
    return bool(row and row[0])


def may_make_tables(admin: Connection) -> bool:
    row = admin.execute(
        "select has_schema_privilege(%s, 'public', 'create')"
        " and has_database_privilege(%s, current_database(), 'create')",
        [OWNER, OWNER],
    ).fetchone()
    return bool(row and row[0])


def answers_yes(url: str, question: LiteralString) -> bool:
    """What a query of one truth value says in the database of that URL."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        row = connection.execute(question).fetchone()
    return bool(row and row[0])


def copy(url: str, name: str, *, template: str) -> None:
    """Put a copy of `template` in the place of an empty database of the same owner, over
    a connection to any other of that server."""
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as owner:
        what, whence = sql.Identifier(name), sql.Identifier(template)
        owner.execute(sql.SQL("drop database if exists {}").format(what))
        owner.execute(sql.SQL("create database {} template {}").format(what, whence))


def note(url: str, text: str) -> None:
    """Leave a note with the database of that URL: it lives as long as its rows."""
    with psycopg.connect(url, connect_timeout=10) as owner:
        owner.execute(
            sql.SQL("comment on database {} is {}").format(
                sql.Identifier(owner.info.dbname), sql.Literal(text)
            )
        )


def noted(url: str) -> str | None:
    with psycopg.connect(url, connect_timeout=10) as connection:
        row = connection.execute(
            "select shobj_description(oid, 'pg_database') from pg_database"
            " where datname = current_database()"
        ).fetchone()
    return row[0] if row else None


def missing(admin: Connection, names: tuple[str, ...] = DATABASES) -> list[str]:
    """Databases that are not there yet."""
    known = {row[0] for row in admin.execute("select datname from pg_database")}
    return [name for name in names if name not in known]


def grant_rights(admin: Connection) -> list[str]:
    """What owner and copier need beyond their tables.

    The owner closes a side: it must end what stands in its way
    (pg_signal_backend) and be told of deadlocks early (deadlock_timeout), or autovacuum
    would not give way. The copier applies rows whose parents come later.
    """
    wanted = {
        "alter role {} createdb": (
            "select rolcreatedb or rolsuper from pg_roles where rolname = %s",
            OWNER,
        ),
        "grant pg_signal_backend to {}": (
            "select pg_has_role(%s, 'pg_signal_backend', 'member')",
            OWNER,
        ),
        "grant set on parameter deadlock_timeout to {}": (
            "select has_parameter_privilege(%s, 'deadlock_timeout', 'set')",
            OWNER,
        ),
        "grant set on parameter session_replication_role to {}": (
            "select has_parameter_privilege(%s, 'session_replication_role', 'set')",
            COPIER,
        ),
    }
    refused = []
    for statement, (question, role) in wanted.items():
        if not role_exists(admin, role):
            continue
        has = admin.execute(question, [role]).fetchone()
        if not (has and has[0]):
            refused += attempt(admin, statement.format(role), statement, role)
    return refused


def role_exists(admin: Connection, role: str) -> bool:
    asked = admin.execute("select 1 from pg_roles where rolname = %s", [role])
    return asked.fetchone() is not None


def make_database(admin: Connection, name: str) -> list[str]:
    """The database, owned by the owner role, and so its schema `public` too."""
    statement = "create database {} owner {}"
    return attempt(admin, f"create database {name}", statement, name, OWNER)


def attempt(
    admin: Connection, told: str, statement: str, *identifiers: str
) -> list[str]:
    """Run it; when this login may not, say so instead."""
    parts = [sql.Identifier(each) for each in identifiers]
    try:
        admin.execute(sql.SQL(statement).format(*parts))
    except psycopg.errors.InsufficientPrivilege:
        return [told]
    except (psycopg.errors.DuplicateObject, psycopg.errors.DuplicateDatabase):
        return []  # somebody else was faster
    return []
