"""The steps of a run that seeds the demo anew. Each may be begun again from its start."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

from django.db import connections
from django.utils import timezone

from retail.channels.models import LevelState, SwitchRun
from retail.channels.router import SIDES
from retail.channels.routing import route
from retail.channels.snapshot import forget, snapshot

DRAINS_WITHIN = 35.0  # seconds; longer than any statement may take
SEEN_WITHIN = 1.0  # seconds until every process knows that business is closed


class NotQuiet(Exception):
    """Transactions from before the close did not end in time."""

    def __init__(self, database: str) -> None:
        super().__init__(f"transactions on {database} do not end")
        self.database = database


def seeding() -> Any:
    """The demo's seeding, by name: it knows every room, and imports of this package
    point down."""
    return import_module("retail.demo.seeding")


def close(run: SwitchRun) -> str:
    """No page, till or key gets in any more, and who was in has left."""
    LevelState.objects.update(moving=run.pk)
    forget()
    closed_at = timezone.now()
    time.sleep(SEEN_WITHIN)
    for alias in SIDES:
        await_quiet(alias, since=closed_at)
    return ""


def await_quiet(alias: str, *, since: datetime) -> None:
    """Wait until no transaction from before the close is left. Raises NotQuiet."""
    deadline = time.monotonic() + DRAINS_WITHIN
    while time.monotonic() < deadline:
        with connections[alias].cursor() as cursor:
            cursor.execute(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                  AND backend_type = 'client backend' AND xact_start < %s
                """,
                [since],
            )
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.1)
    raise NotQuiet(alias)


def forget_rows(run: SwitchRun) -> str:
    """Every business row of the demo, on every side. Raises NotADemo."""
    for alias in SIDES:
        seeding().empty(alias)
    return ""


def point(run: SwitchRun) -> str:
    """The level is recorded; from here on both channels look at the other side."""
    route(run.to_level, by=run.by, why=run.why)
    return f"epoch {snapshot(fresh=True).epoch}"


def seed(run: SwitchRun) -> str:
    """The same people, acts and ids, at the new level. Begun again, it starts empty."""
    seeded = seeding().reseed()
    return f"{seeded.acts} acts, {len(seeded.refused)} refused"


def open_again(run: SwitchRun) -> str:
    LevelState.objects.filter(moving=run.pk).update(moving=None)
    forget()
    return ""


STEPS: dict[str, Callable[[SwitchRun], str]] = {
    "close": close,
    "forget": forget_rows,
    "route": point,
    "seed": seed,
    "open": open_again,
}
