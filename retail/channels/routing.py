"""Where both channels' rows lie: changed only while nothing lies there that could be
lost, which is what a switch run and a seed see to."""

from __future__ import annotations

from django.db.models import F

from retail.channels.flipping import apply, preset
from retail.channels.levels import PRESETS, Feature, Level
from retail.channels.models import LevelState
from retail.channels.snapshot import forget, read
from retail.channels.transactions import head_office_atomic


def route(level: Level | str, *, by: str, why: str) -> None:
    """Stand the dial at a level, storage included: one transaction, epoch + 1 where
    the routing changed. The caller has the sides closed, or empty."""
    level = Level(level)
    joined = Feature.SHARED_DATABASE in PRESETS[level]
    with head_office_atomic():
        LevelState.objects.select_for_update().get()
        now = read()
        if now.shared_database != joined:
            LevelState.objects.update(
                shared_database=joined, epoch=F("epoch") + 1
            )
        apply(now, preset(level), by=by, why=why)
    forget()
