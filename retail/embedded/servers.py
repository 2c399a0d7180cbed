"""Start both embedded servers behind the caller's back, and say where they answer.

    .venv/bin/python -m retail.embedded.servers start | stop | status | forget
    .venv/bin/python -m retail.embedded.servers during COMMAND …

`var/servers.json` says it to everybody else:
`{"postgres": {"port": 40213}, "redis": {"port": 40217}}`. The folder is `var/` of the
project, or the one that RETAIL_VAR names.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from retail.embedded import databases, supervising, valkey

PROJECT = Path(__file__).resolve().parents[2]
URLS = (  # any of them set: the servers are elsewhere, nothing is started
    "DATABASE_URL",
    "WEBSHOP_DATABASE_URL",
    "POS_DATABASE_URL",
    "SHARED_DATABASE_URL",
    "REDIS_URL",
)
READY_WITHIN = 90.0  # seconds; the first start copies and initialises
STOPPED_WITHIN = 30.0


@dataclass(frozen=True)
class Servers:
    """Ports on 127.0.0.1."""

    postgres: int
    redis: int

    def url(self, database: str, *, user: str) -> str:
        return f"postgresql://{user}@127.0.0.1:{self.postgres}/{database}"

    @property
    def redis_url(self) -> str:
        return f"redis://127.0.0.1:{self.redis}/0"


class NotReady(Exception):
    """A launcher ended, or its server stayed silent; `log` says why."""

    def __init__(self, name: str, log: Path) -> None:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        super().__init__("\n".join([f"{name} did not start:", *lines[-8:]]))
        self.name = name
        self.log = log


def var_folder() -> Path:
    return Path(os.environ.get("RETAIL_VAR") or PROJECT / "var").resolve()


def elsewhere() -> bool:
    """Whether the environment names servers, so that none is embedded."""
    return any(os.environ.get(name) for name in URLS)


def ensure(var: Path, *, unsafe: bool = False) -> Servers:
    """Both servers answering, with their roles and databases; starts what is missing.

    Idempotent, about 0.1 s when all is there. Ports stay the same from start to start
    where they are still free. `unsafe` trades durability for speed: tests only.
    Raises NotReady.
    """
    var.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(var):
        before = noted(var)
        servers = Servers(
            postgres=launch(var, "postgres", before.get("postgres"), unsafe=unsafe),
            redis=launch(var, "valkey", before.get("redis"), unsafe=unsafe),
        )
        await_postgres(var, servers.postgres)
        await_valkey(var, servers.redis)
        with databases.connect(port=servers.postgres) as admin:
            databases.prepare(admin)
        write(var, servers)
    return servers


def launch(var: Path, name: str, port: int | None, *, unsafe: bool) -> int:
    """The port of the running launcher, or of the one started now."""
    lock = lock_of(var, name)
    if supervising.held(lock):
        deadline = time.monotonic() + 5  # it may have only just taken the lock
        while not (facts := supervising.noted(lock)).get("port"):
            if time.monotonic() > deadline:
                raise NotReady(name, log_of(var, name))
            time.sleep(0.02)
        return facts["port"]
    if port is None or supervising.port_taken(port):
        port = supervising.free_port()
    options = ["--unsafe"] if unsafe else []
    with log_of(var, name).open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", f"retail.embedded.{name}", var, str(port), *options],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # outlives the caller and its terminal
        )
    deadline = time.monotonic() + 10
    while not supervising.held(lock):
        if time.monotonic() > deadline:
            raise NotReady(name, log_of(var, name))
        time.sleep(0.02)
    return port


def await_postgres(var: Path, port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while True:
        try:
            databases.connect(port=port).close()
        except psycopg.OperationalError:
            wait_or_give_up(var, "postgres", deadline)
        else:
            return


def await_valkey(var: Path, port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while not valkey.answers(port):
        wait_or_give_up(var, "valkey", deadline)


def wait_or_give_up(var: Path, name: str, deadline: float) -> None:
    if time.monotonic() > deadline or not supervising.held(lock_of(var, name)):
        raise NotReady(name, log_of(var, name))
    time.sleep(0.03)


def running(var: Path) -> bool:
    """Whether both launchers live (their servers may still be starting)."""
    return all(supervising.held(lock_of(var, name)) for name in ("postgres", "valkey"))


def stop(var: Path) -> None:
    """Ask both launchers to end, and wait until they have. Idempotent."""
    with one_at_a_time(var):
        locks = [lock_of(var, name) for name in ("valkey", "postgres")]
        for lock in locks:
            pid = supervising.noted(lock).get("pid", 0)
            if pid and supervising.held(lock):
                os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOPPED_WITHIN
        while any(supervising.held(lock) for lock in locks):
            if time.monotonic() > deadline:
                raise TimeoutError(f"servers of {var} do not stop")
            time.sleep(0.03)


def forget(var: Path) -> None:
    """Stop both and remove everything they kept, wherever it lies."""
    stop(var)
    data = var / "pg"
    if data.is_symlink():
        shutil.rmtree(data.readlink(), ignore_errors=True)
        data.unlink()
    for folder in (data, var / "valkey"):
        shutil.rmtree(folder, ignore_errors=True)
    for file in ("servers.json", "postgres.log", "valkey.log"):
        (var / file).unlink(missing_ok=True)


@contextmanager
def one_at_a_time(var: Path) -> Iterator[None]:
    """Two commands that start or stop the same servers wait for one another."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "servers.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def noted(var: Path) -> dict[str, int]:
    """Ports by server, as the last start wrote them."""
    try:
        told = json.loads((var / "servers.json").read_text(encoding="utf-8"))
        return {name: int(place["port"]) for name, place in told.items()}
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def write(var: Path, servers: Servers) -> None:
    """Whole or not at all: settings of other processes read it at any time."""
    told = {"postgres": {"port": servers.postgres}, "redis": {"port": servers.redis}}
    fresh = var / f"servers.json.{os.getpid()}"
    fresh.write_text(json.dumps(told) + "\n", encoding="utf-8")
    fresh.replace(var / "servers.json")


def lock_of(var: Path, name: str) -> Path:
    return var / ("pg.lock" if name == "postgres" else f"{name}.lock")


def log_of(var: Path, name: str) -> Path:
    return var / f"{name}.log"


def during(var: Path, command: list[str]) -> int:
    """Run a command with servers, and stop them after it if it was the one in need.

    Embedded servers hold a demo, as `make run` would tell the command.
    """
    if elsewhere():
        return subprocess.call(command)
    env = {**os.environ, "DEMO": "1"}
    if running(var):
        return subprocess.call(command, env=env)
    ensure(var)
    try:
        return subprocess.call(command, env=env)
    finally:
        stop(var)


def main() -> int:
    parser = argparse.ArgumentParser(prog="retail.embedded.servers")
    parser.add_argument("act", choices=["start", "stop", "status", "forget", "during"])
    parser.add_argument("--var", type=Path, default=var_folder())
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    if given.command and given.act != "during":
        parser.error(f"{given.act} takes nothing after it: write --var before it")
    var = given.var.resolve()
    try:
        if given.act == "start":
            print(ensure(var))
        elif given.act == "stop":
            stop(var)
        elif given.act == "forget":
            forget(var)
        elif given.act == "during":
            return during(var, given.command)
        else:
            print("running" if running(var) else "not running")
            return 0 if running(var) else 1
    except NotReady as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
