"""Turning features on and off. A flip is live: every process sees it within a second.

Each is recorded with who, when, why, before and after. What moves data is refused here
and left to a switch run.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.utils import timezone

from retail.channels.levels import (
    PILOTABLE,
    PRESETS,
    SWITCHED,
    Feature,
    Level,
    dependents_of,
    missing_for,
)
from retail.channels.models import (
    STANDING,
    FeatureFlag,
    FlagChange,
    LevelState,
    SwitchRun,
)
from retail.channels.snapshot import Flag, Snapshot, forget, read
from retail.channels.transactions import head_office_atomic


class NeedsMissing(Exception):
    """`feature` cannot be on without `missing`."""

    def __init__(self, feature: Feature, missing: tuple[Feature, ...]) -> None:
        needs = ", ".join(each.value for each in missing)
        super().__init__(f"{feature.value} needs {needs}")
        self.feature = feature
        self.missing = missing


class NeedsSwitchRun(Exception):
    """The change moves data between databases."""

    def __init__(self, target: str) -> None:
        super().__init__(f"{target} moves data: it needs a switch run")
        self.target = target


class NotPilotable(Exception):
    """This feature is on for all or for nobody."""

    def __init__(self, feature: Feature) -> None:
        super().__init__(f"{feature.value} cannot be on for a part only")
        self.feature = feature


class RunStands(Exception):
    """A switch run keeps the dial still."""

    def __init__(self, run: UUID) -> None:
        super().__init__(f"switch run {run} is under way")
        self.run = run


def flip(
    feature: Feature,
    on: bool,
    *,
    stores: list[str] | None = None,
    customers_percent: int | None = None,
    by: str,
    why: str,
) -> FlagChange | None:
    """Turn one feature on or off; None when it stands so already.

    `stores` (location codes) and `customers_percent` narrow what is on. Raises
    NeedsMissing, NeedsSwitchRun, NotPilotable, RunStands.
    """
    feature = Feature(feature)
    if feature in SWITCHED:
        raise NeedsSwitchRun(feature.value)
    narrowed = stores is not None or customers_percent is not None
    if narrowed and feature not in PILOTABLE:
        raise NotPilotable(feature)
    if not on:
        stores = customers_percent = None
    after = Flag(
        on=on,
        stores=None if stores is None else tuple(sorted(set(stores))),
        customers_percent=customers_percent,
    )
    with head_office_atomic():
        now = locked()
        if on:
            missing = missing_for(feature, now.features)
            if missing:
                raise NeedsMissing(feature, missing)
        else:
            for dependent in dependents_of(feature, now.features):
                raise NeedsMissing(dependent, (feature,))
        changes = apply(now, {feature: after}, by=by, why=why)
    forget()
    return changes[0] if changes else None


def set_level(level: Level, *, by: str, why: str) -> list[FlagChange]:
    """Put every feature as the level has it, live. Raises NeedsSwitchRun when the
    databases would have to be joined or parted, RunStands."""
    wanted = PRESETS[Level(level)]
    with head_office_atomic():
        now = locked()
        if (Feature.SHARED_DATABASE in wanted) != now.shared_database:
            raise NeedsSwitchRun(Level(level).value)
        changes = apply(now, preset(level), by=by, why=why)
    forget()
    return changes


def preset(level: Level) -> dict[Feature, Flag]:
    """The flags of a level, everywhere and for all; without what a run changes."""
    wanted = PRESETS[Level(level)]
    return {each: Flag(on=each in wanted) for each in Feature if each not in SWITCHED}


def locked() -> Snapshot:
    """The dial as it is, held still until the transaction ends. Two people who flip at
    once follow one another, so that needs are judged on what holds."""
    LevelState.objects.select_for_update().get()
    now = read()
    run = SwitchRun.objects.filter(state__in=STANDING).first()
    if run:
        raise RunStands(run.pk)
    return now


def apply(
    now: Snapshot, wanted: dict[Feature, Flag], *, by: str, why: str
) -> list[FlagChange]:
    """Write what differs, with its history. Needs the lock of `locked`."""
    differing = {f: flag for f, flag in wanted.items() if now.flags[f] != flag}
    if not differing:
        return []
    version = now.flags_version + 1
    changes = []
    for feature, flag in differing.items():
        if feature not in SWITCHED:
            FeatureFlag.objects.update_or_create(
                name=feature.value, defaults=told(flag)
            )
        changes.append(
            FlagChange(
                at=timezone.now(),
                by=by,
                why=why,
                feature=feature.value,
                before=told(now.flags[feature]),
                after=told(flag),
                flags_version=version,
            )
        )
    FlagChange.objects.bulk_create(changes)
    LevelState.objects.update(flags_version=version)
    return changes


def told(flag: Flag) -> dict[str, Any]:
    found = asdict(flag)
    if flag.stores is not None:
        found["stores"] = list(flag.stores)
    return found
