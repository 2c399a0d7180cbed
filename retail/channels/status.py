"""Where the dial stands, in the words of the command line and the API."""

from __future__ import annotations

from typing import Any

from inventory.places import Channel
from retail.channels.context import alias_of
from retail.channels.levels import Feature
from retail.channels.models import FlagChange
from retail.channels.snapshot import snapshot


def status() -> dict[str, Any]:
    """{"level", "epoch", "features": {name: {"on", "stores", …}}, "databases":
    {channel: alias}}. Read anew. The run is added by who may look at runs."""
    now = snapshot(fresh=True)
    return {
        "level": now.level.value,
        "epoch": now.epoch,
        "features": {
            each.value: {
                "on": now.flags[each].on,
                "stores": None
                if now.flags[each].stores is None
                else list(now.flags[each].stores or ()),
                "customers_percent": now.flags[each].customers_percent,
            }
            for each in Feature
        },
        "databases": {channel.value: alias_of(channel, now) for channel in Channel},
        "closed": now.moving is not None,
    }


def history(limit: int = 50) -> list[dict[str, Any]]:
    """Newest first."""
    return [
        {
            "at": each.at.isoformat(),
            "by": each.by,
            "why": each.why,
            "feature": each.feature,
            "before": each.before,
            "after": each.after,
            "flags_version": each.flags_version,
        }
        for each in FlagChange.objects.order_by("-at", "-id")[:limit]
    ]
