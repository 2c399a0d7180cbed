"""`make run` as a person sees it: started, refused twice, stopped, started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from retail import starting
from retail.embedded import databases, servers, supervising

WITHIN = 120.0  # seconds, with both cores busy
pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def var() -> Iterator[Path]:
    """Migrated embedded servers that take themselves for a seeded demo."""
    with tempfile.TemporaryDirectory(prefix="retail-running-") as folder:
        Path(folder).chmod(0o755)
        var = Path(folder, "var")
        place = servers.ensure(var, unsafe=True)
        env = environment(var, port=0) | {"DEMO": "1"}
        starting.migrate_embedded(place, env=env)
        head_office = place.url("retail_default", user=databases.OWNER)
        with psycopg.connect(head_office) as connection:
            connection.execute("update channels_levelstate set demo = true")
        servers.stop(var)
        yield var
        servers.forget(var)


def environment(var: Path, *, port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "RETAIL_VAR": str(var),
        "PORT": str(port),
    }


def run(var: Path, port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "retail.running"],
        cwd=starting.PROJECT,
        env=environment(var, port=port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def await_ready(house: subprocess.Popen[str]) -> None:
    assert house.stdout is not None
    said = []
    for line in house.stdout:
        said.append(line)
        if "Ready after" in line:
            return
    pytest.fail("".join(said))


def all_processes(var: Path) -> list[int]:
    return [
        pid
        for name in ("run", "pg", "valkey")
        for pid in (
            value
            for key, value in supervising.noted(var / f"{name}.lock").items()
            if key != "port"
        )
    ]


def left_of(processes: list[int], *, within: float) -> list[str]:
    """What still runs of them after so many seconds: the last one may be on its way."""
    deadline = time.monotonic() + within
    while True:
        left = [told for told in map(supervising.command_of, processes) if told]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.1)


def test_started_refused_stopped_and_started_again(var: Path) -> None:
    port = supervising.free_port()
    first = run(var, port)
    await_ready(first)
    assert urllib.request.urlopen(f"http://127.0.0.1:{port}/health/").status == 200
    running = all_processes(var)
    assert (
        len(running) == 9
    )  # run, web, worker, beat, relay; two launchers, two servers

    second = run(var, port)
    said, _ = second.communicate(timeout=WITHIN)
    assert second.returncode == 1
    assert said == f"Already running here (process {first.pid}): stop it first.\n"

    first.send_signal(signal.SIGINT)
    rest, _ = first.communicate(timeout=WITHIN)
    assert first.returncode == 0, rest
    assert "Everything is stopped" in rest
    assert left_of(running, within=5) == []
    assert not supervising.port_taken(port)

    third = run(var, port)
    await_ready(third)
    running = all_processes(var)
    third.kill()  # by force: nothing of it may stay but the servers, which the next reuse
    third.wait()
    parts = list(supervising.noted(var / "run.lock").values())
    # a worker ends what it has in hand first, beside other tests as well
    assert left_of(parts, within=60) == []
    assert not supervising.port_taken(port)
