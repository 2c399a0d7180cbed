"""The servers that tests use: embedded ones in `var/test/`, or those named by URL.

TEST_DATABASE_URL and TEST_REDIS_URL name others (the first a login that may create
roles and databases). The process that runs pytest starts the servers and stops them at
its end; workers of xdist, and other runs at the same time, use the same ones.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlsplit

import psycopg

from retail.embedded import databases, servers

PROJECT = Path(__file__).resolve().parents[1]
VAR = PROJECT / "var" / "test"
ALIASES = ("default", "webshop", "pos", "shared")
RUN = "RETAIL_TEST_RUN"  # set by the process that runs pytest, inherited by workers
REDIS_NUMBERS = 16

_using: IO[str] | None = None


def start() -> None:
    """Servers up, environment set for `retail.settings`. Workers only read it."""
    if RUN in os.environ:
        choose_redis_number()
        return
    os.environ[RUN] = str(os.getpid())
    for name in ("RETAIL_DB_PREFIX", "REDIS_URL", *map(url_variable, ALIASES)):
        os.environ.pop(name, None)  # never the databases of the developer's shell
    os.environ["RETAIL_VAR"] = str(VAR)
    os.environ["RETAIL_DB_ROLE"] = "app"
    os.environ["DEMO"] = "1"
    VAR.mkdir(parents=True, exist_ok=True)
    begin_using()
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        os.environ["RETAIL_TEST_REDIS"] = os.environ["TEST_REDIS_URL"].rstrip("/")
        with admin() as connection:
            databases.prepare(connection, password=urlsplit(given).password or "")
    else:
        started = servers.ensure(VAR, unsafe=True)
        os.environ["RETAIL_TEST_REDIS"] = f"redis://127.0.0.1:{started.redis}"
        os.environ["RETAIL_TEST_POSTGRES"] = started.url("postgres", user="postgres")
    for alias in ALIASES:
        os.environ[url_variable(alias)] = url(f"retail_{alias}", role="app")
    choose_redis_number()


def begin_using() -> None:
    """Hold the servers shared; whoever finds nobody else clears what runs left over."""
    global _using
    _using = (VAR / "users.lock").open("a")
    try:
        fcntl.flock(_using, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fcntl.flock(_using, fcntl.LOCK_SH)
        os.environ["RETAIL_TEST_ALONE"] = ""
    else:
        fcntl.flock(_using, fcntl.LOCK_SH)
        os.environ["RETAIL_TEST_ALONE"] = "1"


def stop() -> None:
    """Stop the servers unless another run still uses them."""
    if _using is None or "TEST_DATABASE_URL" in os.environ:
        return
    try:
        fcntl.flock(_using, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    servers.stop(VAR)
    _using.close()


def choose_redis_number() -> None:
    """Workers keep apart by Redis' numbered databases."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    number = (int(os.environ[RUN]) * 4 + int(worker)) % REDIS_NUMBERS
    os.environ["REDIS_URL"] = f"{os.environ['RETAIL_TEST_REDIS']}/{number}"


def admin_url() -> str:
    return os.environ.get("TEST_DATABASE_URL") or os.environ["RETAIL_TEST_POSTGRES"]


@contextmanager
def admin() -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """As a login that may create and drop databases, in autocommit mode."""
    with psycopg.connect(admin_url(), autocommit=True) as connection:
        yield connection


def url(database: str, *, role: str) -> str:
    """That database as `retail_<role>`, on the tests' server."""
    given = urlsplit(admin_url())
    password = f":{quote(given.password)}" if given.password else ""
    place = f"{given.hostname}:{given.port or 5432}"
    return f"postgresql://retail_{role}{password}@{place}/{database}"


def url_variable(alias: str) -> str:
    return "DATABASE_URL" if alias == "default" else f"{alias.upper()}_DATABASE_URL"
