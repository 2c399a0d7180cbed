"""The whole house over throw-away databases: web, worker, relay as real processes.

    @pytest.mark.journey
    def test_pickup(live, page):
        house = live(level="cross-channel")
        page.goto(house.url + "/shop/")
        house.manage("books", "check", "--json")

`live(level=…, seed=True, beat=False, blank=False)` starts one house and answers when its
first page does. Its databases are clones of ones seeded once per level, so that a second
house costs two seconds; `seed=False` gives migrated, empty ones. Everything ends with
the test. A test that uses it needs no `django_db` mark and must not use the ORM: look
through `house.manage(…)`, `house.rows(alias, sql)` or the browser.
"""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

import psycopg
import pytest

from retail.embedded.supervising import free_port
from retail.running import processes
from tests import cloning, servers

ANSWER_WITHIN = 60.0
END_WITHIN = 20.0
numbers = itertools.count()


@dataclass
class House:
    """A running house. `environment` is what a further process of its own needs."""

    url: str
    level: str
    databases: dict[str, str]  # alias → database name
    environment: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    log: IO[bytes] | None = None

    def manage(
        self, *arguments: str, role: str = "app", check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """A command of manage.py in this house; fails the test when it fails."""
        return manage(
            self.databases, self.environment, *arguments, role=role, check=check
        )

    def rows(self, alias: str, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a database holds, read past the product."""
        place = servers.url(self.databases[alias], role="owner")
        with psycopg.connect(place) as connection:
            return connection.execute(query, values or None).fetchall()

    def start(self, name: str) -> None:
        """One process of the house: web, worker, beat or relay."""
        port = int(self.url.rsplit(":", 1)[1])
        self.running[name] = subprocess.Popen(
            processes(host="127.0.0.1", port=port)[name],
            cwd=servers.PROJECT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
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
    request: pytest.FixtureRequest, tmp_path: Any, live_templates: Callable[..., None]
) -> Iterator[Callable[..., House]]:
    """Starts houses; see the module's text."""
    houses: list[House] = []

    def start(
        level: str = "multichannel", *, seed: bool = True, beat: bool = False
    ) -> House:
        live_templates(level if seed else None)
        house = build(level, seed=seed, folder=tmp_path)
        houses.append(house)
        for name in ("web", "worker", "relay", *(["beat"] if beat else [])):
            house.start(name)
        await_answer(house, tmp_path / "house.log")
        return house

    yield start
    for house in houses:
        for name in list(house.running):
            house.end(name)
        if house.log:
            house.log.close()
        with servers.admin() as admin:
            for name in house.databases.values():
                cloning.drop(admin, name)
    log = tmp_path / "house.log"
    if log.exists():  # pytest shows it where the test failed
        print(log.read_text(encoding="utf-8", errors="replace")[-8000:])


@pytest.fixture(scope="session")
def live_templates(
    django_db_setup: None, django_db_blocker: Any
) -> Callable[[str | None], None]:
    """Makes the templates of a level, once for all runs and workers."""

    def make(level: str | None) -> None:
        if level is None:
            return
        names = {alias: seeded(level, alias) for alias in servers.ALIASES}
        with servers.admin() as admin:
            admin.execute("select pg_advisory_lock(%s)", [cloning.LOCK])
            if not all(cloning.is_template(admin, name) for name in names.values()):
                for alias, name in names.items():
                    release(admin, name)
                    source = cloning.template_of(alias, cloning.migrations_key())
                    cloning.create(admin, name, template=source)
                manage(names, environment(names, port=0), "seed", "--level", level)
                for name in names.values():
                    cloning.finish_template(admin, name)
            admin.execute("select pg_advisory_unlock(%s)", [cloning.LOCK])

    return make


def release(admin: cloning.Admin, name: str) -> None:
    if cloning.is_template(admin, name):
        admin.execute(f'alter database "{name}" is_template false')


def seeded(level: str, alias: str) -> str:
    """The name of that level's template; it changes with the code that seeds it."""
    code = {
        path
        for room in cloning.ROOMS
        for kind in ("**/*.py", "demo/data/*.*")
        for path in (servers.PROJECT / room).glob(kind)
    }
    code_key = cloning.digest(code)
    return f"tpl_{level}_{alias}_{code_key}_{cloning.migrations_key()}"


def build(level: str, *, seed: bool, folder: Any) -> House:
    run, worker = (
        os.environ[servers.RUN],
        os.environ.get("PYTEST_XDIST_WORKER", "alone"),
    )
    number, key = next(numbers), cloning.migrations_key()
    databases = {
        alias: f"live_{alias}_{run}_{worker}_{number}" for alias in servers.ALIASES
    }
    with servers.admin() as admin:
        for alias, name in databases.items():
            source = seeded(level, alias) if seed else cloning.template_of(alias, key)
            cloning.create(admin, name, template=source)
    port = free_port()
    house = House(
        url=f"http://127.0.0.1:{port}",
        level=level,
        databases=databases,
        environment=environment(databases, port=port),
    )
    house.log = (folder / "house.log").open("ab")
    if not seed:
        house.manage("channels", "switch", level, "--yes", check=False)
    return house


def environment(
    databases: dict[str, str], *, port: int, role: str = "app"
) -> dict[str, str]:
    """What processes of this house see: its databases as that role, demo on."""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "retail.settings",
        "RETAIL_DB_ROLE": role,
        "PORT": str(port),
        "DEMO": "1",
        "PYTHONUNBUFFERED": "1",
    }
    env.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    for alias, name in databases.items():
        env[servers.url_variable(alias)] = servers.url(name, role=role)
    return env


def manage(
    databases: dict[str, str],
    env: dict[str, str],
    *arguments: str,
    role: str = "app",
    check: bool = True,
) -> subprocess.CompletedProcess[str]:
    told = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=servers.PROJECT,
        env={**env, **environment(databases, port=int(env["PORT"]), role=role)},
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    if check and told.returncode:
        pytest.fail(f"manage.py {' '.join(arguments)}: {told.stdout}\n{told.stderr}")
    return told


def await_answer(house: House, log: Any) -> None:
    deadline = time.monotonic() + ANSWER_WITHIN
    while True:
        try:
            urllib.request.urlopen(house.url + "/health/live/", timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            ended = house.running["web"].poll() is not None
            if ended or time.monotonic() > deadline:
                pytest.fail(f"the house does not answer:\n{log.read_text()[-4000:]}")
            time.sleep(0.1)
        else:
            return
