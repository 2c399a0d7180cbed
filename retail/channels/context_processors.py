"""What every page may know of the dial."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from retail.channels.context import on, pinned
from retail.channels.levels import Feature
from retail.channels.middleware import side_of
from retail.channels.surfaces import surface_of


def dial(request: HttpRequest) -> dict[str, Any]:
    """level, study_mode, features {name: bool}, surface (name or ""), demo, side.

    `features` answers without store and customer: a page that knows them asks `on`.
    """
    found = pinned()
    surface = surface_of(request.path_info)
    office = surface is not None and surface.channel is None
    session_is_there = hasattr(request, "session")
    return {
        "level": found.level.value,
        "study_mode": found.study_mode,
        "features": {each.value: on(each) for each in Feature},
        "surface": surface.name if surface else "",
        "demo": settings.DEMO,
        "side": side_of(request).value if office and session_is_there else "",
    }
