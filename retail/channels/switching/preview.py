"""What a change of level would do, before anybody decides."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections

from retail.channels.flipping import preset
from retail.channels.levels import PRESETS, Feature, Level
from retail.channels.router import BUSINESS
from retail.channels.snapshot import Flag, snapshot


def preview(level: Level | str) -> dict[str, Any]:
    """{"from", "to", "moves_data", "demo", "features": {name: {"before", "after"}},
    "lost": {database: {table: rows}}}. Counts every row of the open sides when data
    moves: seconds on large ones."""
    level = Level(level)
    now = snapshot(fresh=True)
    wanted = preset(level)
    shared = Feature.SHARED_DATABASE in PRESETS[level]
    wanted[Feature.SHARED_DATABASE] = Flag(on=shared)
    moves = shared != now.shared_database
    open_now = ("shared",) if now.shared_database else ("webshop", "pos")
    return {
        "from": now.level.value,
        "to": level.value,
        "moves_data": moves,
        "demo": now.demo,
        "features": {
            feature.value: {
                "before": now.flags[feature].on,
                "after": wanted[feature].on,
            }
            for feature in Feature
            if now.flags[feature] != wanted[feature]
        },
        "lost": {alias: rows(alias) for alias in open_now} if moves else {},
    }


def rows(alias: str) -> dict[str, int]:
    """Rows by table, tables with none left out."""
    tables = sorted(
        model._meta.db_table
        for label in BUSINESS
        for model in apps.get_app_config(label).get_models()
    )
    found = {}
    with connections[alias].cursor() as cursor:
        for table in tables:
            name = connections[alias].ops.quote_name(table)
            cursor.execute(f"SELECT count(*) FROM {name}")  # noqa: S608 - our tables
            count = cursor.fetchone()[0]
            if count:
                found[table] = count
    return found
