"""Days on which stores are closed: written by head office, or by a store's manager."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Q

from inventory.models import Location, LocationKind
from retail.catalogue import masters
from retail.fulfilment.asking import ENDED
from retail.fulfilment.closings import Closing, as_rows, closings_of
from retail.fulfilment.models import Fulfilment, Method
from retail.staff.edits import By

__all__ = [
    "MOST_DAYS",
    "EndsBefore",
    "Meets",
    "TooLong",
    "close",
    "reopen",
    "waiting_at",
]

MOST_DAYS = 366  # of one closing; who is closed for longer is closed for good


class EndsBefore(Exception):
    """The last day comes before the first."""


class TooLong(Exception):
    """More than `MOST_DAYS` at once."""


class Meets(Exception):
    """`store` is closed on some of these days already, by `other`."""

    def __init__(self, store: Location, other: Closing) -> None:
        super().__init__(f"{store.code} {other.first} {other.last}")
        self.store = store
        self.other = other


def close(codes: Collection[str], closing: Closing, *, by: By) -> list[Location]:
    """All of these stores on these days, or none. Inside a transaction at home. What is
    promised there stays promised: see `waiting_at`. Raises EndsBefore, TooLong, Meets
    and NotAtHome."""
    if closing.last < closing.first:
        raise EndsBefore
    if (closing.last - closing.first).days >= MOST_DAYS:
        raise TooLong
    stores = _locked(codes)
    for store in stores:
        known = closings_of(store)
        other = next((each for each in known if each.meets(closing)), None)
        if other is not None:
            raise Meets(store, other)
        _write(store, [*known, closing], by)
    return stores


def reopen(code: str, closing: Closing, *, by: By) -> bool:
    """Take the days back. False where they were taken back already. Inside a
    transaction at home. Raises NotAtHome."""
    for store in _locked([code]):
        known = closings_of(store)
        if closing in known:
            _write(store, [each for each in known if each != closing], by)
            return True
    return False


def _locked(codes: Collection[str]) -> list[Location]:
    """In one order, whoever asks."""
    found = Location.objects.filter(code__in=codes, kind=LocationKind.STORE)
    return list(found.order_by("id").select_for_update())


def _write(store: Location, closings: list[Closing], by: By) -> None:
    masters.change(Location, store.pk, {"closed_days": as_rows(closings)}, by=by)


def waiting_at(location: Location, closing: Closing | None = None) -> int:
    """How many orders the web has promised there that nobody has fetched yet: of those
    days, or at all. One query."""
    waiting = Fulfilment.objects.filter(
        location=location, method=Method.COLLECT
    ).exclude(status__in=ENDED)
    if closing is not None:
        zone = ZoneInfo(location.timezone)
        begin = datetime.combine(closing.first, time.min, zone)
        end = datetime.combine(closing.last, time.max, zone)
        waiting = waiting.filter(
            Q(slot_start__range=(begin, end))
            | Q(slot_start=None, ready_by__range=(begin, end))
        )
    return waiting.count()
