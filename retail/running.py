"""The whole house on this machine: `make run`.

Servers, migrations, demo data, then web, worker, scheduler and relay until Ctrl-C.
Databases and Redis are embedded unless the environment names any by URL.
"""

from __future__ import annotations

import multiprocessing
import os
import shlex
import shutil
import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple

from honcho.manager import Manager
from honcho.process import Popen, Process

from retail import starting
from retail.announcing import Announcement
from retail.embedded import servers, supervising

PROJECT = starting.PROJECT
END_WITHIN = 15.0  # seconds until processes that ignore the request are killed


class Part(NamedTuple):
    """A process of the house: its command line, and what only it finds around it."""

    command: list[str]
    environment: dict[str, str] = {}


def parts(*, host: str, port: int) -> dict[str, Part]:
    """What runs beside the servers, by name. Tests start the same."""
    python = sys.executable
    celery = [python, "-m", "celery", "--quiet", "-A", "retail.celery"]
    schedule = str(servers.var_folder() / "celerybeat-schedule")
    web = [python, "-m", "retail.serving", "--interface", "wsgi", "--host", host]
    web += ["--port", str(port), "--workers", "2", "--blocking-threads", "4"]
    # one worker that dies is replaced, and does not end the house
    web += ["--respawn-failed-workers", "--no-ws", "--log-level", "warning"]
    web += ["retail.wsgi:application"]
    quiet = ["--loglevel", "warning"]
    politely = ["nice", "-n", "5"]  # pages first, where cores are few
    as_root = {"PYTHONWARNINGS": "ignore:You're running the worker"}  # it knows
    return {
        # A pool of connections is for threads; a forked Celery child would share it.
        # One heap for all threads, of which one runs Python at a time, holds 2 MB less.
        "web": Part(web, {"RETAIL_POOL": "1", "MALLOC_ARENA_MAX": "1"}),
        "worker": Part(
            [*politely, *celery, "worker", "--concurrency", "2", *quiet], as_root
        ),
        "beat": Part([*politely, *celery, "beat", "-s", schedule, *quiet]),
        "relay": Part([python, str(PROJECT / "manage.py"), "relay"]),
    }


class Follower(Process):
    """Honcho's helper beside each process. Neither outlives a run killed by force."""

    lock: IO[str]

    def run(self, *args: Any, **named: Any) -> None:
        self.lock.close()  # the fork's copy: only the run itself holds the folder
        supervising.die_with_parent(signal.SIGKILL)
        end = partial(supervising.die_with_parent, signal.SIGTERM)
        self._child_ctor = partial(Popen, preexec_fn=end)
        super().run(*args, **named)


class House(Manager):
    """Honcho's manager, made sure that a request to end is never lost."""

    def __init__(self, lock: IO[str]) -> None:
        super().__init__()
        self.lock = Follower.lock = lock
        self._process_ctor = Follower
        self.noted = False

    def terminate(self) -> None:
        if self._terminating:
            return
        if not self._all_started():  # it knows no pid yet: ask again in a moment
            threading.Timer(0.1, self.terminate).start()
            return
        super().terminate()
        last = threading.Timer(END_WITHIN, self.kill)
        last.daemon = True
        last.start()

    def _all_started(self) -> bool:
        if not self.noted and super()._all_started():
            facts = {name: each["pid"] for name, each in self._processes.items()}
            supervising.note(self.lock, **facts)
            self.noted = True
        return self.noted


def main() -> int:
    var = servers.var_folder()
    host = os.environ.get("HOST", "127.0.0.1")
    port = int(os.environ.get("PORT", "8000"))
    embedded = not servers.elsewhere()
    multiprocessing.set_start_method("fork", force=True)  # honcho was made for it
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGINT, interrupt)  # also where a shell started us without it
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    try:
        with supervising.hold(var / "run.lock") as lock:
            end_leftovers(var)
            if "--reset" in sys.argv[1:]:
                return reset(var)
            if supervising.port_taken(port):
                print(
                    f"Port {port} is taken by another program. Try: make run PORT={port + 1}",
                    file=sys.stderr,
                )
                return 1
            return run(var, lock=lock, host=host, port=port, embedded=embedded)
    except supervising.AlreadyRunning:
        pid = supervising.noted(var / "run.lock").get("pid")
        print(f"Already running here (process {pid}): stop it first.", file=sys.stderr)
        return 1
    except (servers.NotReady, starting.Failed) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def reset(var: Path) -> int:
    """Forget the embedded servers' data, and what was made from it."""
    servers.forget(var)
    shutil.rmtree(var / "static", ignore_errors=True)
    for made in ("static.stamp", "seeding", "celerybeat-schedule*"):
        for file in var.glob(made):
            file.unlink()
    print("Forgotten. The next make run begins anew.")
    return 0


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def run(var: Path, *, lock: IO[str], host: str, port: int, embedded: bool) -> int:
    supervising.note(lock)
    began = time.monotonic()
    env = {**os.environ, "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    try:
        if embedded:
            place = servers.ensure(var)
            env["DEMO"] = "1"
            starting.migrate_embedded(place, env=env)
            starting.seed_once(var, place, env=env)
        else:
            starting.lend_roles()
            starting.migrate(env)
        starting.collect_static(var, env=env)
        house = House(lock)
        for name, part in parts(host=host, port=port).items():
            house.add_process(
                name,
                "exec " + shlex.join(part.command),  # no shell between us and it
                env={**env, **part.environment},
                cwd=str(PROJECT),
            )
        announcement = Announcement(
            home=f"http://localhost:{port}", env=env, began=began
        )
        announcement.start()
        try:
            house.loop()
        finally:
            announcement.cancel()
        return 0 if house.returncode in {130, 143} else int(house.returncode or 1)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C changes nothing
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if embedded:
            servers.stop(var)
            print("Everything is stopped; the data stays in", var)


def end_leftovers(var: Path) -> None:
    """Processes of a run that was killed by force: the next one ends them."""
    for name, pid in supervising.noted(var / "run.lock").items():
        command = supervising.command_of(pid) or ""
        if name != "pid" and str(PROJECT) in command:
            print(f"Ending the {name} of an earlier run (process {pid})")
            end_group(pid)


def end_group(pid: int) -> None:
    for each in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(pid, each)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + 5
        while supervising.command_of(pid) and time.monotonic() < deadline:
            time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
