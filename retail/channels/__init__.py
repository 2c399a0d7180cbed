"""The dial: which channel acts, where its rows lie, which features are on.

Only these names are public. They load on first use, because Django imports this package
before its models may be defined.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from inventory.places import Channel

if TYPE_CHECKING:
    from retail.channels.context import (
        Context,
        FeatureOff,
        NoContext,
        channels_of,
        crossing,
        current,
        database_for,
        heard,
        level,
        on,
        open_databases,
        pin,
        require,
        shared,
        use_channel,
        use_snapshot,
    )
    from retail.channels.kept import kept
    from retail.channels.levels import Feature, Level
    from retail.channels.retries import refused, retrying
    from retail.channels.router import BUSINESS, SIDES, WrongDatabase
    from retail.channels.transactions import (
        atomic,
        head_office_atomic,
        head_office_on_commit,
        on_commit,
    )

__all__ = [
    "BUSINESS",
    "SIDES",
    "Channel",
    "Context",
    "Feature",
    "FeatureOff",
    "Level",
    "NoContext",
    "WrongDatabase",
    "atomic",
    "channels_of",
    "crossing",
    "current",
    "database_for",
    "head_office_atomic",
    "head_office_on_commit",
    "heard",
    "kept",
    "level",
    "on",
    "on_commit",
    "open_databases",
    "pin",
    "refused",
    "require",
    "retrying",
    "shared",
    "use_channel",
    "use_snapshot",
]

_HOMES = {
    "context": (
        "Context FeatureOff NoContext channels_of crossing current database_for heard"
        " level on open_databases pin require shared use_channel use_snapshot"
    ),
    "kept": "kept",
    "levels": "Feature Level",
    "retries": "refused retrying",
    "router": "BUSINESS SIDES WrongDatabase",
    "transactions": "atomic head_office_atomic head_office_on_commit on_commit",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = found
    return found
