"""The house's parts killed or cut, one after another, each with a proof that it was."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

from retail.channels.crashing import ONCE, POINTS, VARIABLE
from retail.embedded import valkey
from retail.embedded.supervising import free_port
from tests import servers
from tests.living import House
from tests.retail.webhooks.receiving import Receiver

UP_WITHIN = 20.0


@dataclass
class Broken:
    """`happened` has a proof of each fault; `seconds` how long each took to heal;
    `receiver` is another system, which hears of every order."""

    house: House
    folder: Path
    receiver: Receiver
    happened: dict[str, list[str]] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)
    down: set[str] = field(default_factory=set)
    lock: threading.RLock = field(default_factory=threading.RLock)
    queue: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.port = free_port()
        self.crashed = self.folder / "crashed"
        self.crashed.mkdir(parents=True)
        self.house.environment["REDIS_URL"] = f"redis://127.0.0.1:{self.port}/0"

    def crash_at(self, *points: str) -> None:
        """From the next start of a process on: each of these kills once."""
        self.house.environment[VARIABLE] = ",".join(points)
        self.house.environment[ONCE] = str(self.crashed)

    def begin(self, *names: str) -> None:
        self.start_valkey()
        for name in names:
            self.house.start(name)

    def proof(self, fault: str, what: str) -> None:
        self.happened.setdefault(fault, []).append(what)

    # processes

    @contextmanager
    def kept_alive(self) -> Iterator[None]:
        """Whatever dies of a crash point or of a fault is started again, as the
        supervisor of a real house does."""
        keeper = threading.Thread(target=self._keep)
        keeper.start()
        try:
            yield
        finally:
            self.stop.set()
            keeper.join()

    def _keep(self) -> None:
        while not self.stop.wait(0.1):
            with self.lock:
                for name, process in list(self.house.running.items()):
                    if process.poll() is not None and name not in self.down:
                        with contextlib.suppress(ProcessLookupError):
                            os.killpg(process.pid, signal.SIGKILL)
                        self.house.start(name)

    def kill(self, name: str) -> None:
        """The whole process group, at once, and started again by the keeper."""
        with self.lock:
            process = self.house.running[name]
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.proof(f"kill {name}", f"{process.pid} ended by {process.returncode}")

    def kill_a_web_worker(self) -> None:
        """One of the web's children; the parent replaces it."""
        parent = self.house.running["web"].pid
        found = children(parent)
        assert found, "the web has no workers"
        os.kill(found[0], signal.SIGKILL)
        until = time.monotonic() + UP_WITHIN
        while found[0] in children(parent) and time.monotonic() < until:
            time.sleep(0.02)
        assert found[0] not in children(parent)
        self.proof("kill a web worker", f"{found[0]} of {parent}")

    # Valkey

    def start_valkey(self) -> None:
        """Without data: whatever it knew is forgotten."""
        self.queue = subprocess.Popen(
            [
                str(valkey.program()),
                *("--port", str(self.port), "--save", "", "--appendonly", "no"),
                *("--loglevel", "warning"),
            ],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until = time.monotonic() + UP_WITHIN
        while not valkey.answers(self.port):
            assert time.monotonic() < until, "Valkey does not answer"
            time.sleep(0.02)

    def end_valkey(self) -> None:
        if self.queue is not None:
            os.killpg(self.queue.pid, signal.SIGKILL)
            self.queue.wait()

    def kill_valkey(self, seconds: float = 1.5) -> None:
        self.end_valkey()
        assert not valkey.answers(self.port)
        time.sleep(seconds)
        self.start_valkey()
        keys = redis.Redis(port=self.port).dbsize()
        self.proof("kill Valkey", f"away {seconds} s, back with {keys} keys")

    def flush_valkey(self) -> None:
        line = redis.Redis(port=self.port)
        line.set("here", 1)
        line.flushall()
        assert not line.exists("here")
        self.proof("flush Valkey", "FLUSHALL")

    # databases

    def cut_connections(self, alias: str) -> None:
        until = time.monotonic() + UP_WITHIN
        with servers.admin() as admin:
            while not (cut := terminate(admin, self.house.prefix + alias)):
                assert time.monotonic() < until, f"nobody is connected to {alias}"
                time.sleep(0.05)
        self.proof(f"cut {alias}", f"{cut} connections")

    def database_down(self, alias: str, seconds: float) -> None:
        """Nobody gets in, and who was in is thrown out."""
        name = self.house.prefix + alias
        with servers.admin() as admin:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            try:
                cut = terminate(admin, name)
                refused = False
                try:
                    psycopg.connect(servers.url(name)).close()
                except psycopg.OperationalError:
                    refused = True
                assert refused, f"{alias} still lets people in"
                time.sleep(seconds)
            finally:
                admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        self.proof(f"{alias} down", f"{seconds} s, {cut} connections cut")

    def faults(self) -> dict[str, Callable[[], None]]:
        """Each by its name."""
        return {
            "kill relay": lambda: self.kill("relay"),
            "kill worker": lambda: self.kill("worker"),
            "kill beat": lambda: self.kill("beat"),
            "kill a web worker": self.kill_a_web_worker,
            "kill Valkey": self.kill_valkey,
            "flush Valkey": self.flush_valkey,
            "cut pos": lambda: self.cut_connections("pos"),
            "cut webshop": lambda: self.cut_connections("webshop"),
            "pos down": lambda: self.database_down("pos", 3.0),
            "webshop down": lambda: self.database_down("webshop", 2.0),
        }

    def crashes(self) -> set[str]:
        return {file.name for file in self.crashed.iterdir()} & POINTS.keys()


def terminate(admin: psycopg.Connection[tuple[object, ...]], name: str) -> int:
    rows = admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = %s AND pid <> pg_backend_pid()",
        [name],
    ).fetchall()
    return len(rows)


def children(parent: int) -> list[int]:
    """By /proc, oldest first."""
    if sys.platform != "linux":
        told = subprocess.run(
            ["/usr/bin/pgrep", "-P", str(parent)],
            capture_output=True,
            text=True,
            check=False,
        )
        return [int(pid) for pid in told.stdout.split()]
    task = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(pid) for pid in task.read_text().split()]
