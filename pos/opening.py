"""Tills: those of a store that opens, and one more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from inventory.ids import master_id
from inventory.models import Location
from inventory.places import Origin
from pos.models import Till
from pos.tickets import genesis
from retail.messages.handlers import TooEarly

__all__ = ["MOST_TILLS", "add_till", "on_place_opened"]

MOST_TILLS = 50  # of one store


def on_place_opened(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `place.opened`: the tills that the new store begins with. Raises
    TooEarly where the store has not come yet."""
    store = Location.objects.filter(id=subject).first()
    if store is None:
        raise TooEarly(subject)
    for name in payload["tills"]:
        add_till(store, name)


def add_till(store: Location, name: str) -> Till:
    """The next number of the store, with nothing sold yet. Inside a transaction; two at
    once wait for each other."""
    Location.objects.select_for_update(no_key=True).get(id=store.id)
    last = Till.objects.filter(location=store).aggregate(last=Max("number"))["last"]
    number = (last or 0) + 1
    id = master_id("till", f"{store.code}-{number}")
    return Till.objects.create(
        id=id,
        origin=Origin.POS,
        location=store,
        number=number,
        name=name[:40],
        last_hash=genesis(id),
    )
