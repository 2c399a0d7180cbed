"""The whole house over throw-away databases: web, worker, relay as real processes.

    @pytest.mark.journey
    def test_pickup(live, page):
        house = live(level="cross-channel")
        page.goto(house.url + "/shop/")
        house.manage("books", "check", "--json")
        house.mail()  # what it sent so far

`live(level=…, seed=True, beat=False, blank=False)` starts one house and answers when its
first page does. Its databases are clones of ones seeded once per level, so that a second
house costs two seconds; `seed=False` gives migrated, empty ones. Everything ends with
the test. A test that uses it needs no `django_db` mark and must not use the ORM: look
through `house.manage(…)`, `house.rows(alias, sql)` or the browser.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from retail.channels import Level
from retail.embedded.supervising import free_port
from retail.running import parts
from tests import cloning, servers

ANSWER_WITHIN = 60.0
TOLD_WITHIN = 170.0
SEEDED_WITHIN = 380.0  # half a minute, unless both cores have much else to do
END_WITHIN = 20.0
RUNS_ASYNC = "DJANGO_ALLOW_ASYNC_UNSAFE"  # set for the browser's sake, not for a house
numbers = itertools.count()


@dataclass
class House:
    """A running house. `environment` is what a further process of its own needs."""

    url: str
    level: str
    prefix: str  # of its databases' names, before the alias
    environment: dict[str, str]
    log: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def manage(
        self, *arguments: str, role: str = "app", check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """A command of manage.py in this house; fails the test when it fails."""
        return manage(self.environment, *arguments, role=role, check=check)

    def rows(self, alias: str, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a database holds, read past the product."""
        with psycopg.connect(servers.url(self.prefix + alias)) as connection:
            return connection.execute(query, values or None).fetchall()

    def switch(self, level: str) -> None:
        """Turn the dial, whether data moves or not, while its people go on."""
        self.manage("channels", "switch", level, "--yes", "--why", "a journey")
        self.level = level

    @property
    def var(self) -> Path:
        return Path(self.environment["RETAIL_VAR"])

    def mail(self) -> list[str]:
        """What it sent so far, oldest first, as text."""
        sent = sorted(
            (self.var / "mail").glob("*"), key=lambda file: file.stat().st_mtime
        )
        return [file.read_text(encoding="utf-8") for file in sent]

    def start(self, name: str) -> None:
        """One process of the house: web, worker, beat or relay."""
        port = int(self.environment["PORT"])
        part = parts(host="127.0.0.1", port=port)[name]
        with self.log.open("ab") as log:
            self.running[name] = subprocess.Popen(
                part.command,
                cwd=servers.PROJECT,
                env={**self.environment, **part.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def end(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """End one process and its children, and wait for it."""
        process = self.running.pop(name)
        os.killpg(process.pid, how)
        try:
            process.wait(timeout=END_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def live(
    request: pytest.FixtureRequest, tmp_path: Path, live_templates: Callable[..., None]
) -> Iterator[Callable[..., House]]:
    """Starts houses; see the module's text."""
    houses: list[House] = []

    def start(
        level: str = "multichannel", *, seed: bool = True, beat: bool = False
    ) -> House:
        live_templates(level if seed else None)
        folder = tmp_path / f"house{len(houses)}"
        folder.mkdir()
        house = build(level, seed=seed, folder=folder)
        houses.append(house)
        for name in ("web", "worker", "relay", *(["beat"] if beat else [])):
            house.start(name)
        await_answer(house)
        if beat and house.level == "cross-channel":
            await_feed(house)
        return house

    yield start
    for house in houses:
        for name in list(house.running):
            # how they end by themselves is tests/test_running.py's
            house.end(name, signal.SIGKILL)
        with servers.admin() as admin:
            for alias in servers.ALIASES:
                cloning.drop(admin, house.prefix + alias)
        # pytest shows it where the test failed
        print(house.log.read_text(encoding="utf-8", errors="replace")[-8000:])


@pytest.fixture(scope="session")
def live_templates(
    django_db_setup: None, django_db_blocker: Any
) -> Callable[[str | None], None]:
    """Makes the templates of a level, once for all runs and workers."""

    def make(level: str | None) -> None:
        if level is None:
            return
        prefix = seeded(level)
        names = {alias: prefix + alias for alias in servers.ALIASES}
        with servers.admin() as admin:
            # a lock of its own: two levels are seeded beside each other
            lock = cloning.LOCK + 1 + list(Level).index(Level(level))
            with cloning.locked(admin, lock):
                if all(cloning.is_template(admin, name) for name in names.values()):
                    return
                for alias, name in names.items():
                    source = cloning.template_of(alias, cloning.migrations_key())
                    cloning.create(admin, name, template=source)
                seeding = environment(prefix, port=0)
                manage(seeding, "seed", "--level", level, within=SEEDED_WITHIN)
                for name in names.values():
                    cloning.finish_template(admin, name)

    return make


def seeded(level: str) -> str:
    """The prefix of that level's templates; it changes with the code that seeds them."""
    return f"tpl_{cloning.migrations_key()}_{level}_{cloning.code_key()}_"


def build(level: str, *, seed: bool, folder: Path) -> House:
    run, worker = os.environ[servers.RUN], os.environ.get("PYTEST_XDIST_WORKER", "gw")
    prefix = f"live_{run}_{worker}_{next(numbers)}_"
    with servers.admin() as admin:
        for alias in servers.ALIASES:
            migrated = cloning.template_of(alias, cloning.migrations_key())
            source = seeded(level) + alias if seed else migrated
            cloning.create(admin, prefix + alias, template=source)
    port, var = free_port(), folder / "var"
    var.mkdir()  # its mail and schedule; the servers are everybody's
    if (servers.VAR / "servers.json").exists():
        shutil.copy(servers.VAR / "servers.json", var)
    redis.Redis.from_url(os.environ["REDIS_URL"]).flushdb()
    return House(
        url=f"http://127.0.0.1:{port}",
        level=level,
        prefix=prefix,
        environment={**environment(prefix, port=port), "RETAIL_VAR": str(var)},
        log=folder / "house.log",
    )


def environment(prefix: str, *, port: int) -> dict[str, str]:
    """What processes of a house see: its databases, demo on, the product's settings."""
    env = {name: value for name, value in os.environ.items() if name != RUNS_ASYNC}
    return {
        **env,
        **servers.places(prefix),
        "DJANGO_SETTINGS_MODULE": "retail.settings",
        "PORT": str(port),
        "DEMO": "1",
        "PYTHONUNBUFFERED": "1",
    }


def manage(
    env: dict[str, str],
    *arguments: str,
    role: str = "app",
    check: bool = True,
    within: float = TOLD_WITHIN,
) -> subprocess.CompletedProcess[str]:
    told = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=servers.PROJECT,
        env={**env, "RETAIL_DB_ROLE": role},
        capture_output=True,
        text=True,
        check=False,
        timeout=within,
    )
    if check and told.returncode:
        pytest.fail(f"manage.py {' '.join(arguments)}: {told.stdout}\n{told.stderr}")
    return told


def await_answer(house: House) -> None:
    deadline = time.monotonic() + ANSWER_WITHIN
    while True:
        try:
            urllib.request.urlopen(house.url + "/health/", timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            ended = house.running["web"].poll() is not None
            if ended or time.monotonic() > deadline:
                pytest.fail(
                    f"the house does not answer:\n{house.log.read_text()[-4000:]}"
                )
            time.sleep(0.1)
        else:
            return


def await_feed(house: House) -> None:
    """The shop offers no store whose stock was read too long ago, and that of a house
    was read when its template was seeded: until the beat's first sweep reads it anew."""
    old = "SELECT 1 FROM retail_feedstate WHERE as_of < now() - interval '5 minutes'"
    deadline = time.monotonic() + ANSWER_WITHIN
    while house.rows("webshop", old):
        assert time.monotonic() < deadline, "the feed is not read anew"
        time.sleep(0.2)
