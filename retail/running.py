"""The whole house on this machine: `make run`.

Servers, migrations, demo data, then web, worker, scheduler and relay until Ctrl-C.
Databases and Redis are embedded unless the environment names any by URL.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple

from honcho.manager import Manager
from honcho.process import Popen, Process

from retail.embedded import servers, supervising

PROJECT = Path(__file__).resolve().parents[1]
CHOOSER = (("Choose a role", "/"),)
PAGES = (
    ("Webshop", "/shop/"),
    ("Till", "/pos/"),
    ("Store", "/pos/store/"),
    ("Warehouse", "/warehouse/"),
    ("Head office", "/office/"),
    ("API", "/api/v1/docs/"),
)
END_WITHIN = 15.0  # seconds until processes that ignore the request are killed
ANSWER_WITHIN = 60.0


class Failed(Exception):
    """A step before the start ended badly; it has said why itself."""

    def __init__(self, step: str, status: int) -> None:
        super().__init__(f"{step} failed with status {status}")
        self.step = step
        self.status = status


class Part(NamedTuple):
    """A process of the house: its command line, and what only it finds around it."""

    command: list[str]
    environment: dict[str, str] = {}


def parts(*, host: str, port: int) -> dict[str, Part]:
    """What runs beside the servers, by name. Tests start the same."""
    python = sys.executable
    celery = [python, "-m", "celery", "--quiet", "-A", "retail.celery"]
    schedule = str(servers.var_folder() / "celerybeat-schedule")
    web = [python, "-m", "granian", "--interface", "wsgi", "--host", host]
    web += ["--port", str(port), "--workers", "2", "--blocking-threads", "4"]
    web += ["--no-ws", "--log-level", "warning", "retail.wsgi:application"]
    quiet = ["--loglevel", "warning"]
    as_root = {"PYTHONWARNINGS": "ignore:You're running the worker"}  # it knows
    return {
        # A pool of connections is for threads; a forked Celery child would share it.
        "web": Part(web, {"RETAIL_POOL": "1"}),
        "worker": Part([*celery, "worker", "--concurrency", "2", *quiet], as_root),
        "beat": Part([*celery, "beat", "-s", schedule, *quiet]),
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
        started = bool(super()._all_started())
        if started:
            facts = {name: each["pid"] for name, each in self._processes.items()}
            supervising.note(self.lock, **facts)
        return started


def main() -> int:
    var = servers.var_folder()
    host, port = (
        os.environ.get("HOST", "127.0.0.1"),
        int(os.environ.get("PORT", "8000")),
    )
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
    except (servers.NotReady, Failed) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def reset(var: Path) -> int:
    """Forget the embedded servers' data, and what was made from it."""
    servers.forget(var)
    shutil.rmtree(var / "static", ignore_errors=True)
    for name in ("static.stamp", "celerybeat-schedule"):
        (var / name).unlink(missing_ok=True)
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
            servers.ensure(var)
            env["DEMO"] = "1"
        prepare(var, env=env)
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


def prepare(var: Path, *, env: dict[str, str]) -> None:
    """Tables by their owner, demo data once, static files when they changed."""
    manage("migrate_all", env={**env, "RETAIL_DB_ROLE": "owner"})
    if has_command("seed") and env.get("DEMO") == "1":
        manage("seed", env=env)
    stamp, seal = var / "static.stamp", static_seal()
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != seal:
        manage("collectstatic", "--noinput", "--clear", "--verbosity", "0", env=env)
        stamp.write_text(seal, encoding="utf-8")


def manage(*arguments: str, env: dict[str, str]) -> None:
    """A command of manage.py. Raises Failed."""
    told = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=PROJECT, env=env, check=False
    )
    if told.returncode:
        raise Failed(f"manage.py {arguments[0]}", told.returncode)


def has_command(name: str) -> bool:
    folders = PROJECT.glob(f"*/**/management/commands/{name}.py")
    return any(".venv" not in path.parts for path in folders)


def static_seal() -> str:
    """Changes when a static file, a setting or an installed package does."""
    found = hashlib.sha256()
    ours = [
        path
        for room in ("inventory", "retail", "webshop", "pos")
        for path in (PROJECT / room).glob("**/static/**/*")
        if path.is_file()
    ]
    for path in sorted(
        [*ours, PROJECT / "requirements.txt", PROJECT / "retail/settings.py"]
    ):
        facts = path.stat()
        found.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return found.hexdigest()


class Announcement(threading.Thread):
    """Says where to go, once the first page answers; `cancel` ends it at once."""

    def __init__(self, *, home: str, env: dict[str, str], began: float) -> None:
        super().__init__(daemon=True)
        self.home = home
        self.env = env
        self.began = began
        self.cancelled = threading.Event()
        self.asking: subprocess.Popen[str] | None = None

    def run(self) -> None:
        deadline = time.monotonic() + ANSWER_WITHIN
        while not answers(f"{self.home}/health/"):
            if self.cancelled.wait(0.2) or time.monotonic() > deadline:
                return
        took = time.monotonic() - self.began
        demo = self.env.get("DEMO") == "1"
        lines = [f"Ready after {took:.0f} s. Ctrl-C stops everything.", ""]
        for name, path in (*(CHOOSER if demo else ()), *PAGES):
            lines.append(f"  {name:<15} {self.home}{path}")
        level = self.told("channels", "status", "--json")
        if level:
            lines += ["", f"  {'Level':<15} {json.loads(level)['level']}"]
        if demo and has_command("demo_logins"):
            lines += ["", self.told("demo_logins").rstrip()]
        if not self.cancelled.is_set():
            print("\n" + "\n".join(lines) + "\n", flush=True)

    def told(self, *arguments: str) -> str:
        """What a command of manage.py prints; empty when it cannot tell."""
        self.asking = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        said, _ = self.asking.communicate()
        return said if self.asking.returncode == 0 else ""

    def cancel(self) -> None:
        self.cancelled.set()
        if self.asking is not None and self.asking.poll() is None:
            self.asking.kill()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
