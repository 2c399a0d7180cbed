"""What the two launchers share: one per folder, restart after a crash, a clean end."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO, Any

START_WITHIN = 60.0  # seconds; recovery after a crash may take a while on a busy disk
RETRY_FOR = 6.0  # seconds; a killed server's children hold its memory for a moment
PORT_WITHIN = 2.0  # seconds; a server killed just now may hold it for a moment
CRASHES = 5  # restarts within a minute after which the launcher gives up
STOP_WITHIN = 20  # seconds until a server that ignores the request is killed
PR_SET_PDEATHSIG = 1


class AlreadyRunning(Exception):
    """Another launcher holds this folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"another launcher already serves {folder}")
        self.folder = folder


class NotStarted(Exception):
    """A server ended, or stayed silent, before it answered."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name} did not start: {why}")
        self.name = name
        self.why = why


def hold(lock: Path) -> IO[str]:
    """Take the folder for this process; the lock ends with the process, however it ends.

    Raises AlreadyRunning. The file says afterwards who holds it (see `note`).
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    file = lock.open("a+", encoding="utf-8")
    deadline = time.monotonic() + 0.5  # who only asks (`held`) has it for an instant
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                file.close()
                raise AlreadyRunning(lock.parent) from None
            time.sleep(0.02)
        else:
            return file


def note(file: IO[str], **facts: int) -> None:
    """Write into the held lock file what other processes need to find this server."""
    file.seek(0)
    file.truncate()
    json.dump({"pid": os.getpid(), **facts}, file)
    file.flush()


def noted(lock: Path) -> dict[str, int]:
    """What the last holder wrote; empty when nobody ever did, or wrote half of it."""
    try:
        facts = json.loads(lock.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return facts if isinstance(facts, dict) else {}


def held(lock: Path) -> bool:
    """Whether a living launcher holds this folder."""
    if not lock.exists():
        return False
    with lock.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def command_of(pid: int) -> str | None:
    """The command line of a living process; None for one that is gone or a zombie."""
    if Path("/proc/self/stat").exists():
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return None
        state = stat.rsplit(")", 1)[1].split()[0]
        return None if state in "ZX" else os.fsdecode(line.replace(b"\0", b" "))
    told = subprocess.run(
        ["/bin/ps", "-o", "stat=,command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return None if not told or told.startswith("Z") else told


def stop_leftover(pid: int, *signals: signal.Signals) -> None:
    """End a process nobody waits for: each signal in turn, five seconds apart."""
    for each in (*signals, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, each)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if command_of(pid) is None:
                return
            time.sleep(0.02)


def port_taken(port: int) -> bool:
    """Whether somebody listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def die_with_parent(how: signal.Signals) -> None:
    """Run in the child before exec: ask the kernel for that signal when the parent dies.

    A parent that is killed by force cannot stop its children; Linux can. Elsewhere they
    stay behind, and the next start ends them.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(how), 0, 0, 0)


class Launcher:
    """Keeps one server running in the foreground until SIGINT or SIGTERM comes."""

    def __init__(
        self,
        *,
        name: str,
        command: list[str],
        port: int,
        lock: IO[str],
        ready: Callable[[], bool],
        clear: Callable[[], None],
        how: dict[str, Any],
    ) -> None:
        self.name = name
        self.command = command
        self.port = port
        self.lock = lock
        self.ready = ready  # asks the server whether it answers
        self.clear = clear  # removes what a crash left behind
        self.how = how  # environment and identity of the server's process
        self.server: subprocess.Popen[bytes] | None = None
        self.stopping = False

    def run(self) -> int:
        """Blocks; 0 after a requested end. Raises NotStarted."""
        signal.signal(signal.SIGINT, self.stop)
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGALRM, self.kill)
        crashes: list[float] = []
        while True:
            server = self.start()
            if server is None:
                return 0
            status = server.wait()
            if self.stopping:
                return 0
            now = time.monotonic()
            crashes = [then for then in crashes if now - then < 60] + [now]
            print(f"{self.name} ended with {status}; starting it again", flush=True)
            if len(crashes) > CRASHES:
                raise NotStarted(self.name, f"it ended {len(crashes)} times a minute")

    def start(self) -> subprocess.Popen[bytes] | None:
        """The server once it answers, None when asked to stop before."""
        deadline = time.monotonic() + RETRY_FOR
        while not self.stopping:
            self.clear()
            self.await_port()
            server = self.spawn()
            if self.answers(server):
                print(f"{self.name} ready on port {self.port}", flush=True)
                return server
            if time.monotonic() > deadline and not self.stopping:
                raise NotStarted(self.name, f"it ended with {server.returncode}")
            time.sleep(0.2)
        return None

    def await_port(self) -> None:
        """Who holds it would answer in our server's place. Raises NotStarted."""
        deadline = time.monotonic() + PORT_WITHIN
        while port_taken(self.port):
            if time.monotonic() > deadline:
                raise NotStarted(self.name, f"port {self.port} is taken")
            time.sleep(0.05)

    def spawn(self) -> subprocess.Popen[bytes]:
        # A session of its own keeps the terminal's Ctrl-C away from the server: the
        # launcher decides how it is stopped.
        server = subprocess.Popen(
            self.command,
            start_new_session=True,
            preexec_fn=partial(die_with_parent, signal.SIGINT),
            **self.how,
        )
        self.server = server
        note(self.lock, port=self.port, server=server.pid)
        if self.stopping:  # the signal came between fork and assignment
            server.send_signal(signal.SIGINT)
        return server

    def answers(self, server: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_WITHIN
        while server.poll() is None:
            if self.ready():
                return True
            if time.monotonic() > deadline:
                server.kill()
                server.wait()
                raise NotStarted(self.name, f"no answer in {START_WITHIN:.0f} s")
            time.sleep(0.02)
        return False

    def stop(self, *_: object) -> None:
        """Fast: SIGTERM would make PostgreSQL wait for every pooled client."""
        self.stopping = True
        if self.server is not None and self.server.returncode is None:
            self.server.send_signal(signal.SIGINT)
            signal.alarm(STOP_WITHIN)

    def kill(self, *_: object) -> None:
        if self.server is not None and self.server.returncode is None:
            self.server.kill()
