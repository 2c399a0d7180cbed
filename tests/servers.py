"""The servers that tests use: embedded ones in `var/test/`, or those named by URL.

TEST_DATABASE_URL and TEST_REDIS_URL name others (the first a login that may create
roles and databases). The process that runs pytest starts the servers and stops them at
its end; workers of xdist, and other runs at the same time, use the same ones.
"""

from __future__ import annotations

import atexit
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

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
    atexit.register(stop)
    for name in ("REDIS_URL", *map(url_variable, ALIASES)):
        os.environ.pop(name, None)  # never the databases of the developer's shell
    os.environ["RETAIL_DB_ROLE"] = "app"
    os.environ["SECRET_KEY"] = "the tests' own key, which opens nothing outside of them"
    os.environ["DEMO"] = "1"
    VAR.mkdir(parents=True, exist_ok=True)
    begin_using()
    if "TEST_DATABASE_URL" in os.environ:
        os.environ["RETAIL_TEST_REDIS"] = os.environ["TEST_REDIS_URL"].rstrip("/")
        with admin() as connection:
            databases.prepare(connection)
    else:
        started = servers.ensure(VAR, unsafe=True)
        os.environ["RETAIL_TEST_REDIS"] = f"redis://127.0.0.1:{started.redis}"
        os.environ["RETAIL_TEST_POSTGRES"] = started.url("postgres", user="postgres")
    os.environ.update(places("retail_"))
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
    if os.environ[RUN] != str(os.getpid()):  # a fork of the process that started them
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


def url(database: str) -> str:
    """That database on the tests' server, as the same login."""
    return urlsplit(admin_url())._replace(path=f"/{database}").geturl()


def places(prefix: str) -> dict[str, str]:
    """Environment by which the product finds databases named `<prefix><alias>`."""
    found = {"RETAIL_VAR": str(VAR), "RETAIL_DB_PREFIX": prefix}
    if "TEST_DATABASE_URL" not in os.environ:
        return found
    return found | {url_variable(alias): url(f"{prefix}{alias}") for alias in ALIASES}


def url_variable(alias: str) -> str:
    return "DATABASE_URL" if alias == "default" else f"{alias.upper()}_DATABASE_URL"
