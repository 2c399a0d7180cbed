"""Databases for tests: migrated once by the owner role, then cloned in milliseconds.

Templates `tpl_head_<key>` and `tpl_side_<key>` carry the hash of all migrations, so
they last until one changes. Each worker has its own clone per alias. A test that
commits gets fresh clones after it: append-only tables refuse TRUNCATE, as they should.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import django
import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from retail.embedded.databases import APP, OWNER
from tests import servers

LOCK = 720720  # any number, the same for all runs; those beside it are taken too
ALIASES = ("default", "webshop")
ROOMS = ("inventory", "retail", "webshop", "pos")
Admin = psycopg.Connection[tuple[Any, ...]]


@cache
def migrations_key() -> str:
    """Changes with any migration, any module of ours one imports, or Django. What is
    written while a run goes on is not of this run."""
    files = {
        path
        for room in ROOMS
        for path in (servers.PROJECT / room).glob("**/migrations/*.py")
    }
    for path in list(files):
        imported = re.findall(
            r"^from ((?:inventory|retail|webshop|pos)[.\w]*) import",
            path.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
        files |= {
            module
            for name in imported
            if (module := servers.PROJECT / f"{name.replace('.', '/')}.py").exists()
        }
    return digest(files, django.__version__)


@cache
def code_key() -> str:
    """Changes with any code or data of the product: what seeding depends on."""
    return digest(
        {
            path
            for room in ROOMS
            for kind in ("**/*.py", "demo/data/*.*")
            for path in (servers.PROJECT / room).glob(kind)
        }
    )


def digest(files: set[Path], *more: str) -> str:
    found = hashlib.sha256()
    for path in sorted(files):
        found.update(str(path.relative_to(servers.PROJECT)).encode())
        found.update(path.read_bytes())
    for each in more:
        found.update(each.encode())
    return found.hexdigest()[:10]


def template_of(alias: str, key: str) -> str:
    return f"tpl_{'head' if alias == 'default' else 'side'}_{key}"


def make_templates() -> str:
    """Both templates, each by whoever comes first; the others wait. Answers the key."""
    key = migrations_key()
    aliases = list(ALIASES)
    if os.environ.get("PYTEST_XDIST_WORKER", "gw0")[-1] in "13579":
        aliases.reverse()  # the second worker makes one while the first makes the other
    with servers.admin() as admin:
        if os.environ.get("RETAIL_TEST_ALONE"):
            with locked(admin, LOCK):
                prune(admin, key)
        for alias in aliases:
            name = template_of(alias, key)
            with locked(admin, LOCK - 1 - ALIASES.index(alias)):
                if not is_template(admin, name):
                    create(admin, name)
                    migrate(alias, name)
                    finish_template(admin, name)
    return key


@contextmanager
def locked(admin: Admin, number: int) -> Iterator[None]:
    """One worker at a time, of all runs."""
    admin.execute("select pg_advisory_lock(%s)", [number])
    try:
        yield
    finally:
        admin.execute("select pg_advisory_unlock(%s)", [number])


def is_template(admin: Admin, name: str) -> bool:
    asked = admin.execute(
        "select 1 from pg_database where datname = %s and datistemplate", [name]
    )
    return asked.fetchone() is not None


def create(admin: Admin, name: str, *, template: str = "template1") -> None:
    if is_template(admin, name):  # one of several was lost: all are made anew
        admin.execute(
            sql.SQL("alter database {} is_template false").format(sql.Identifier(name))
        )
    drop(admin, name)
    admin.execute(
        sql.SQL("create database {} owner {} template {}").format(
            sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)
        )
    )


def drop(admin: Admin, name: str) -> None:
    admin.execute(
        sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
    )


def finish_template(admin: Admin, name: str) -> None:
    """Last of all, so that one left half made by an interrupted run is never used."""
    admin.execute(
        sql.SQL("alter database {} is_template true").format(sql.Identifier(name))
    )


def migrate(alias: str, name: str) -> None:
    """Migrate that database as its owner, through the alias whose schema it gets."""
    connection = connections[alias]
    connection.close()
    place = connection.settings_dict
    kept = dict(place)
    place.update(
        NAME=name,
        USER=place["USER"].replace(APP, OWNER),
        OPTIONS={
            **place["OPTIONS"],
            "options": place["OPTIONS"].get("options", "").replace(APP, OWNER),
        },
    )
    try:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    finally:
        connection.close()
        place.update(kept)


def prune(admin: Admin, key: str) -> None:
    """Forget what earlier runs left: templates of other migrations, clones of the dead.

    Only a run that found itself alone does this; one that starts meanwhile has clones
    with its own number, made after the lock that is held here.
    """
    run = os.environ[servers.RUN]
    for (name,) in admin.execute("select datname from pg_database").fetchall():
        stale = name.startswith("tpl_") and key not in name
        stale |= name.startswith(f"tpl_{key}_") and code_key() not in name
        left = re.match(r"(test|live)_(\d+)_", name)
        if stale or (left and left[2] != run and not alive(int(left[2]))):
            admin.execute(
                sql.SQL("alter database {} is_template false").format(
                    sql.Identifier(name)
                )
            )
            drop(admin, name)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def clone_name(alias: str) -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw")
    return f"test_{os.environ[servers.RUN]}_{worker}_{alias}"


def clone(alias: str, key: str, *, template: str = "") -> None:
    """A fresh database for this alias and worker, empty unless another `template` is
    named; its connection points there."""
    connection = connections[alias]
    connection.close()
    name = clone_name(alias)
    with servers.admin() as admin:
        create(admin, name, template=template or template_of(alias, key))
    connection.settings_dict["NAME"] = name


def drop_clones() -> None:
    for connection in connections.all():
        connection.close()
    with servers.admin() as admin:
        for alias in connections:
            drop(admin, clone_name(alias))
