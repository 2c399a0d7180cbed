"""The level and flags as one process last read them: one query, kept half a second.

Stale by that much is harmless: a flag gates beginnings, and a write on a side that
closed meanwhile is refused by the database itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import OperationalError
from django.db.models.functions import JSONObject

from retail.channels.levels import Feature, Level, level_of
from retail.channels.models import FeatureFlag, LevelState

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Flag:
    """`stores` and `customers_percent` are None where all are meant."""

    on: bool
    stores: tuple[str, ...] | None = None
    customers_percent: int | None = None

    @property
    def everywhere(self) -> bool:
        return self.on and self.stores is None and self.customers_percent is None


@dataclass(frozen=True, slots=True)
class Snapshot:
    shared_database: bool
    epoch: int
    flags_version: int
    study_mode: bool
    demo: bool
    moving: UUID | None
    flags: Mapping[Feature, Flag]
    heard: frozenset[str] = frozenset()
    # what `channels.on` found by these flags, so that a page of many stores asks once
    answers: dict[Any, bool] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )

    @property
    def features(self) -> tuple[Feature, ...]:
        """What is on, for some or for all."""
        return tuple(each for each in Feature if self.flags[each].on)

    @property
    def level(self) -> Level:
        """Custom as soon as anything is on for a part only."""
        found = [self.flags[each] for each in self.features]
        if not all(flag.everywhere for flag in found):
            return Level.CUSTOM
        return level_of(self.features)


def read() -> Snapshot:
    """One query on the head-office database. Raises LevelState.DoesNotExist where it
    was never migrated."""
    flags = FeatureFlag.objects.values(
        told=JSONObject(
            name="name", on="on", stores="stores", percent="customers_percent"
        )
    )
    row = LevelState.objects.annotate(flags=ArraySubquery(flags)).get()
    found = {each: Flag(on=False) for each in Feature}
    for told in row.flags:
        if told["name"] not in found:
            continue  # a feature this version no longer has
        found[Feature(told["name"])] = Flag(
            on=told["on"],
            stores=None if told["stores"] is None else tuple(told["stores"]),
            customers_percent=told["percent"],
        )
    found[Feature.SHARED_DATABASE] = Flag(on=row.shared_database)
    return Snapshot(
        shared_database=row.shared_database,
        epoch=row.epoch,
        flags_version=row.flags_version,
        study_mode=row.study_mode,
        demo=row.demo,
        moving=row.moving,
        flags=found,
        heard=frozenset(row.heard),
    )


_lock = threading.Lock()
_kept: tuple[float, Snapshot] | None = None


def snapshot(*, fresh: bool = False) -> Snapshot:
    """The kept one if young enough, else a new one.

    When head office's database does not answer, the last one known goes on serving: a
    channel sells on while it can.
    """
    global _kept
    held = _kept
    seconds = settings.CHANNELS_SNAPSHOT_SECONDS
    if held and not fresh and time.monotonic() - held[0] < seconds:
        return held[1]
    with _lock:
        if _kept is not held and _kept and not fresh and seconds:
            return _kept[1]  # another thread read it while we waited
        try:
            found = read()
        except OperationalError:
            if held is None or fresh:
                raise
            log.warning("head office does not answer: the last known level serves on")
            found = held[1]
        _kept = (time.monotonic(), found)
        return found


def forget() -> None:
    """Make the next question read anew: after a flip in this process."""
    global _kept
    _kept = None
