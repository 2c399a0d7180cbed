"""The house that is measured: its own embedded servers, real durability, the web server
as `make run` starts it. Worker, scheduler and relay stay off."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from retail import starting
from retail.embedded import databases, servers, supervising
from retail.running import parts

PROJECT = Path(__file__).resolve().parents[1]
ANSWERS_WITHIN = 60.0  # seconds
BEGAN = time.monotonic()


@dataclass
class House:
    var: Path
    place: servers.Servers
    environment: dict[str, str]
    port: int
    database: str  # where a web order is written
    web: subprocess.Popen[bytes] | None = None

    def admin(self, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        """As superuser, in autocommit mode."""
        url = self.place.url(database, user="postgres")
        return psycopg.connect(url, autocommit=True)

    def run(self, *arguments: str, told: str = "") -> str:
        """A Python program of this house; what it prints. Fails when it fails."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=PROJECT,
            env=self.environment,
            input=told,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout

    def workers(self) -> list[int]:
        """Web worker processes (granian's own parent serves nobody)."""
        assert self.web is not None
        return children(self.web.pid)

    def web_processes(self) -> list[int]:
        assert self.web is not None
        return [self.web.pid, *self.workers()]

    def database_processes(self) -> list[int]:
        """The postmaster and what it has started by now."""
        launcher = supervising.noted(self.var / "pg.lock")["pid"]
        masters = children(launcher)
        return masters + [each for master in masters for each in children(master)]


def start(var: Path, *, level: str, keep: bool) -> House:
    """Servers, tables and demo: as just seeded, or with `keep` as the last run left
    them. Copies of the seeded databases last until the code changes."""
    for name in servers.URLS:  # never the databases of the developer's shell
        os.environ.pop(name, None)
    # a worker that compiles what it loads keeps the memory that this took: 10 MB
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    seal = f"{level} {starting.seal(code())}"
    seeded = var / "seeded"
    known = seeded.exists() and seeded.read_text(encoding="utf-8") == seal
    if not keep and not known:
        servers.forget(var)
        seeded.unlink(missing_ok=True)
    place = servers.ensure(var)
    port = supervising.free_port()
    house = House(
        var=var,
        place=place,
        environment={
            **os.environ,
            "RETAIL_VAR": str(var),
            "RETAIL_DB_ROLE": "app",
            "DEMO": "1",
            "PORT": str(port),
            "PYTHONUNBUFFERED": "1",
        },
        port=port,
        database="retail_shared" if level == "omnichannel" else "retail_webshop",
    )
    if known and not keep:
        say("databases as they were seeded")
        copy(house, "bench_{0}", "{0}")
    starting.migrate_embedded(place, env=house.environment)
    if not starting.has_goods(place.url(house.database, user="retail_owner")):
        say("seeding")
        house.run("manage.py", "seed", "--level", level, "--json")
        settle(house)
        copy(house, "{0}", "bench_{0}")
        seeded.write_text(seal, encoding="utf-8")
    starting.collect_static(var, env=house.environment)
    return house


def code() -> list[Path]:
    """What seeding depends on."""
    return [
        path
        for room in starting.ROOMS
        for kind in ("**/*.py", "demo/data/*.csv")
        for path in (PROJECT / room).glob(kind)
    ]


def settle(house: House) -> None:
    """What PostgreSQL does by itself a minute later: else the plans of a run depend on
    whether it lasted that long."""
    for name in databases.DATABASES:
        with house.admin(name) as admin:
            admin.execute("vacuum (analyze)")


def copy(house: House, source: str, target: str) -> None:
    """Each database under another name, in place of what had it."""
    with house.admin("postgres") as admin:
        for name in databases.DATABASES:
            old, new = source.format(name), target.format(name)
            admin.execute(f'drop database if exists "{new}" with (force)')  # type: ignore[call-overload]
            admin.execute(
                f'create database "{new}" template "{old}" owner retail_owner'
            )  # type: ignore[call-overload]


def serve(house: House) -> None:
    """The web server, answering."""
    part = parts(host="127.0.0.1", port=house.port)["web"]
    with (house.var / "web.log").open("wb") as log:
        house.web = subprocess.Popen(
            part.command,
            cwd=PROJECT,
            env={**house.environment, **part.environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_us,
            start_new_session=True,
        )
    deadline = time.monotonic() + ANSWERS_WITHIN
    while True:
        try:
            url = f"http://127.0.0.1:{house.port}/api/v1/level/"
            with urllib.request.urlopen(url, timeout=10) as answer:
                level = json.load(answer)["level"]
        except OSError:
            if time.monotonic() > deadline or house.web.poll() is not None:
                raise
            time.sleep(0.1)
        else:
            break
    say(f"web server on {house.port}, level {level}")


def die_with_us() -> None:
    supervising.die_with_parent(signal.SIGTERM)


@contextmanager
def in_text(house: House) -> Iterator[House]:
    """A second web server beside it, whose statements carry their values in their text,
    so that the database's log tells them whole."""
    other = replace(
        house,
        port=supervising.free_port(),
        environment={**house.environment, "RETAIL_PREPARE": "0"},
        web=None,
    )
    serve(other)
    try:
        yield other
    finally:
        close(other)


def close(house: House) -> None:
    """Its web server alone."""
    if house.web is not None and house.web.poll() is None:
        os.killpg(house.web.pid, signal.SIGTERM)
        try:
            house.web.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(house.web.pid, signal.SIGKILL)
            house.web.wait()


def stop(house: House) -> None:
    close(house)
    servers.stop(house.var)


def children(parent: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{parent}/task").iterdir():
        found += [int(pid) for pid in (task / "children").read_text().split()]
    return found


def say(text: str) -> None:
    print(f"{time.monotonic() - BEGAN:6.1f} s  {text}", file=sys.stderr, flush=True)
