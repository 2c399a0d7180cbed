"""Which place sends a parcel: the warehouse, and where `endless_aisle` is on a store that
has all of what the warehouse lacks. A parcel is never put together from two places.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from inventory.models import Location, LocationKind
from retail.channels import Feature, on, shared
from retail.fulfilment.levels import levels, most_free
from retail.fulfilment.sourcing import warehouse
from retail.fulfilment.terms import all_stores, terms_in, with_terms

__all__ = ["senders", "sends", "shipper", "to_send"]


def senders(*, as_shown: bool = False) -> list[Location]:
    """The stores that send too; `as_shown` as pages may know them. One query, none where
    the feature is off."""
    if not (shared() and on(Feature.ENDLESS_AISLE)):
        return []
    stores = Location.objects.filter(kind=LocationKind.STORE).order_by("code")
    among = all_stores() if as_shown else with_terms(stores)
    return [place for place in among if sends(place)]


def sends(store: Location) -> bool:
    """Whether this store, read with its terms, sends what the warehouse lacks: the
    feature is on there, its stock lies in this database, and it has not paused."""
    return (
        shared()
        and store.kind == LocationKind.STORE
        and on(Feature.ENDLESS_AISLE, store=store.code)
        and not terms_in(store).paused
    )


def shipper(wanted: Mapping[UUID, int], *, at: datetime | None = None) -> Location:
    """The place that sends {variant_id: units} as one parcel: the warehouse if it has
    all of it, else the store that keeps most of its scarcest line; the warehouse where
    nobody has all, so that the refusal says what it lacks. One query, three where the
    warehouse lacks something and stores send. Holding the goods is what decides."""
    first = warehouse()
    left = {
        place: _left(place, wanted, free) for place, free in _free([first], wanted, at)
    }
    if left[first] >= 0:
        return first
    stores = senders()
    found = [
        (_left(place, wanted, free), place) for place, free in _free(stores, wanted, at)
    ]
    able = [(least, place) for least, place in found if least >= 0]
    return min(able, key=lambda each: (-each[0], each[1].code))[1] if able else first


def to_send(
    variants: Collection[UUID], *, at: datetime | None = None
) -> dict[UUID, int]:
    """{variant_id: units that one place can send}: the most that the warehouse, or a
    store that sends, has free. Two queries, three where stores send."""
    places = [warehouse(), *senders(as_shown=True)]
    return most_free(_buffers(places), variants, at or timezone.now())


def _left(place: Location, wanted: Mapping[UUID, int], free: Mapping[UUID, int]) -> int:
    """Units left of the scarcest line afterwards; below 0: it has not all of it."""
    return min(free.get(variant, 0) - units for variant, units in wanted.items())


def _free(
    places: Collection[Location], variants: Collection[UUID], at: datetime | None
) -> list[tuple[Location, dict[UUID, int]]]:
    """What each may promise: without safety units, a store's buffer and what nobody
    finds there. One query."""
    if not places:
        return []
    at = at or timezone.now()
    found: dict[UUID, dict[UUID, int]] = {place.id: {} for place in places}
    kept = _buffers(places)
    for each in levels(found, variants):
        if not each.blocked(at):
            units = each.on_hand - each.reserved - each.safety - kept[each.place]
            found[each.place][each.variant] = max(units, 0)
    return [(place, found[place.id]) for place in places]


def _buffers(places: Collection[Location]) -> dict[UUID, int]:
    """{place: units of each variant that it keeps back from the web}."""
    return {
        place.id: terms_in(place).buffer if place.kind == LocationKind.STORE else 0
        for place in places
    }
