"""Start-up checks: settings that would send a row to the wrong database."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

from retail.channels.router import HEAD_OFFICE, SIDES

POOL_AT_LEAST = 3  # seconds; the pool's first retry waits about one


def databases(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    found: list[checks.CheckMessage] = []
    if settings.DATABASE_ROUTERS != ["retail.channels.router.ContextRouter"]:
        found.append(
            checks.Error(
                "DATABASE_ROUTERS must be the context router alone: another one would"
                " answer for rows it does not know.",
                id="channels.E001",
            )
        )
    for alias in (HEAD_OFFICE, *SIDES):
        place = settings.DATABASES.get(alias)
        if place is None:
            found.append(
                checks.Error(f"There is no database {alias!r}.", id="channels.E002")
            )
            continue
        found += one_database(alias, place)
    return found


def one_database(alias: str, place: dict[str, Any]) -> list[checks.CheckMessage]:
    found: list[checks.CheckMessage] = []
    if place.get("ATOMIC_REQUESTS"):
        found.append(
            checks.Error(
                f"{alias}: ATOMIC_REQUESTS opens a transaction on every database, so"
                " one that is down fails every page.",
                id="channels.E003",
            )
        )
    pool = place.get("OPTIONS", {}).get("pool")
    if pool and place.get("CONN_MAX_AGE"):
        found.append(
            checks.Error(
                f"{alias}: a pool needs CONN_MAX_AGE 0.",
                id="channels.E004",
            )
        )
    if not place.get("CONN_HEALTH_CHECKS") or (
        isinstance(pool, dict) and pool.get("timeout", 30) < POOL_AT_LEAST
    ):
        found.append(
            checks.Error(
                f"{alias}: without health checks and {POOL_AT_LEAST} s for the pool,"
                " each dead connection is a failed request.",
                id="channels.E005",
            )
        )
    return found


def register() -> None:
    checks.register(databases, "channels")
