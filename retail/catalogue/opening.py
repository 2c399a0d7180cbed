"""A new store: head office's row of it, and what the stores' side makes of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any, cast

from django.utils import timezone

from inventory.models import Location, LocationKind
from inventory.places import Channel
from retail.catalogue import masters
from retail.messages.outbox import tell
from retail.staff.edits import By

__all__ = ["OPENED", "open_store"]

OPENED = "place.opened"


def open_store(
    values: Mapping[str, Any],
    *,
    terms: Mapping[str, Any],
    tills: Sequence[str],
    by: By,
) -> Location:
    """The store, on which `terms` it takes pickups (of `PickupSetting`), and a till for
    each name. Setting and tills are rows of the stores' side: while databases are apart
    they come there by message, behind the store itself. Inside a transaction at home.
    Raises NotAtHome, and IntegrityError for a code that is there."""
    store = cast(
        Location,
        masters.add(
            Location,
            {**values, "kind": LocationKind.STORE, "channel": Channel.POS},
            by=by,
        ),
    )
    at = timezone.now()
    tell(
        Channel.POS,
        OPENED,
        subject=store.pk,
        payload={
            "terms": {name: _plain(value) for name, value in terms.items()},
            "tills": list(tills),
            "by": by.name,
            "at": at.isoformat(),
        },
        origin=masters.HOME,
        at=at,
    )
    return store


def _plain(value: Any) -> Any:
    return value.strftime("%H:%M") if isinstance(value, time) else value
