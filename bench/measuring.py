"""One burst of load, over HTTP or straight at PostgreSQL, and what it cost."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import accounting
from bench.house import House
from retail.embedded import postgres

# Orders of different runs of pgbench never have the same number (48 bits in all).
bases = itertools.count(int(time.time()) % 1_000_000 * 100_000_000, 100_000_000)


class Failed(Exception):
    """Load that was refused measures nothing."""


@dataclass
class Burst:
    """`cpu_ms` is of web server and database together, per operation."""

    per_second: float
    count: int
    app_ms: float
    database_ms: float
    latencies: list[float] = field(default_factory=list)  # ms

    @property
    def cpu_ms(self) -> float:
        return self.app_ms + self.database_ms


class Clock:
    """CPU time of the house's processes between making it and asking it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.begin = self._now()

    def spent(self) -> tuple[float, float]:
        """(web server, database) in ms."""
        app, database = self._now()
        return app - self.begin[0], database - self.begin[1]

    def _now(self) -> tuple[float, float]:
        return (
            accounting.cpu_ms(self.house.web_processes()),
            accounting.cpu_ms(self.house.database_processes()),
        )


def http(house: House, plan: dict[str, Any]) -> Burst:
    """Clients in a process of their own. Raises Failed where any answer was not good."""
    clock = Clock(house)
    told = json.loads(
        house.run("-m", "bench.load", told=json.dumps({**plan, "port": house.port}))
    )
    app, database = clock.spent()
    if told["errors"] or not told["latencies"]:
        raise Failed(f"{plan['kind']}: {told['errors']} {told['error']}")
    count = len(told["latencies"])
    return Burst(
        per_second=count / told["seconds"],
        count=count,
        app_ms=app / count,
        database_ms=database / count,
        latencies=told["latencies"],
    )


def raw(
    house: House, scripts: list[Path], *, clients: int, seconds: float, mode: str
) -> Burst:
    """pgbench, `mode` "simple" or "prepared". What is prepared is planned once, as the
    application's statements are: all but what is new in each order stands in the text, so
    nothing is lost by a plan for any value."""
    programs = postgres.place(house.var)
    command = [str(programs.programs / "pgbench"), "--no-vacuum", "--protocol", mode]
    command += ["-h", "127.0.0.1", "-p", str(house.place.postgres), "-U", "retail_app"]
    command += ["-c", str(clients), "-j", "1", "-T", str(max(1, round(seconds)))]
    command += ["-D", f"base={next(bases)}", "-D", "k=0"]
    for path in scripts:
        command += ["-f", str(path)]
    clock = Clock(house)
    plans = {"PGOPTIONS": "-c plan_cache_mode=force_generic_plan"}
    done = subprocess.run(
        [*command, house.database],
        env={**os.environ, **(plans if mode == "prepared" else {})},
        capture_output=True,
        text=True,
        check=False,
    )
    _app, database = clock.spent()
    if done.returncode:
        raise Failed(f"pgbench: {done.stderr[-2000:]}")
    count = int(_found(r"actually processed: (\d+)", done.stdout))
    return Burst(
        per_second=float(_found(r"tps = ([\d.]+)", done.stdout)),
        count=count,
        app_ms=0.0,
        database_ms=database / max(count, 1),
    )


def checkpoint(house: House) -> None:
    """So that none falls into the measurement."""
    with house.admin("postgres") as admin:
        admin.execute("checkpoint")


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise Failed(text)
    return match[1]
