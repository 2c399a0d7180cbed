"""Seeded databases in which nobody works, and this process as the run's own runner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from retail.channels import crashing
from retail.channels.models import SwitchRun
from retail.channels.roles import APP, COPIER
from retail.channels.snapshot import forget
from retail.channels.switching import (
    carrying,
    copying,
    filling,
    steps,
)
from retail.channels.switching import run as running
from tests import cloning, servers
from tests.living import House, build

ALIASES = ("default", "webshop", "pos", "shared")


@pytest.fixture
def house(
    live_templates: Callable[[str | None], None],
    django_db_blocker: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[House]:
    """A demo's databases at cross-channel. This process acts as the copier, as a runner
    does; runs are executed here, by `switch`."""
    live_templates("cross-channel")
    found = build("cross-channel", seed=True, folder=tmp_path)
    monkeypatch.setattr(running, "start_runner", lambda run: None)
    with django_db_blocker.unblock():
        kept = {alias: take_place(alias, found.prefix) for alias in ALIASES}
        forget()
        yield found
        for alias, place in kept.items():
            connections[alias].close()
            connections[alias].settings_dict.update(place)
            settings.DATABASES[alias]["NAME"] = place["NAME"]
        forget()
    with servers.admin() as admin:
        for alias in ALIASES:
            cloning.drop(admin, found.prefix + alias)


def take_place(alias: str, prefix: str) -> dict[str, Any]:
    connections[alias].close()
    place = connections[alias].settings_dict
    kept = dict(place)
    options = place["OPTIONS"].get("options", "")
    place.update(
        NAME=prefix + alias,
        USER=place["USER"].replace(APP, COPIER),
        OPTIONS={**place["OPTIONS"], "options": options.replace(APP, COPIER)},
    )
    settings.DATABASES[alias]["NAME"] = prefix + alias
    return kept


def switch(level: str) -> SwitchRun:
    """A whole run, carried out here."""
    run = running.start(level, by="test", why="")
    assert running.execute(run.pk)
    return ended(run)


def ended(run: SwitchRun) -> SwitchRun:
    run.refresh_from_db()
    return run


class Killed(BaseException):
    """As sudden as a signal for whoever catches only exceptions."""


@pytest.fixture
def kill_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], bool]], None]:
    """`kill_at(lambda place: …)`: the runner dies where it answers true."""

    def arrange(dies: Callable[[str], bool]) -> None:
        def crash_point(place: str) -> None:
            if dies(place):
                raise Killed(place)

        for module in (carrying, copying, crashing, filling, running, steps):
            monkeypatch.setattr(module, "crash_point", crash_point)

    return arrange


def as_app(house: House, alias: str) -> psycopg.Connection[Any]:
    """A plain client with the application's rights, each statement committed."""
    return psycopg.connect(
        servers.url(house.prefix + alias), options=f"-c role={APP}", autocommit=True
    )


def as_superuser(house: House, alias: str) -> psycopg.Connection[Any]:
    return psycopg.connect(servers.url(house.prefix + alias), autocommit=True)
