"""Where the dial stands, changed outright: for who moves the data as well.

People flip features by `flipping`, which refuses what moves data; this does not.
"""

from __future__ import annotations

from django.db.models import F

from retail.channels.flipping import apply, preset
from retail.channels.levels import PRESETS, Feature, Level
from retail.channels.models import FlagChange, LevelState
from retail.channels.snapshot import Flag, forget, read
from retail.channels.transactions import head_office_atomic


def route(level: Level | str, *, by: str, why: str) -> list[FlagChange]:
    """Put the dial at a level; where the database changes, epoch + 1.

    The caller has emptied or copied the sides, and keeps business closed meanwhile:
    rows on the other side are not found any more.
    """
    level = Level(level)
    shared = Feature.SHARED_DATABASE in PRESETS[level]
    with head_office_atomic():
        LevelState.objects.select_for_update().get()
        now = read()
        wanted = preset(level)
        if shared != now.shared_database:
            wanted[Feature.SHARED_DATABASE] = Flag(on=shared)
            LevelState.objects.update(shared_database=shared, epoch=F("epoch") + 1)
        changes = apply(now, wanted, by=by, why=why)
    forget()
    return changes
