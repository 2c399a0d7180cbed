"""Which place sends a parcel: the warehouse, and where `endless_aisle` is on a store that
has all of what the warehouse lacks. A parcel is never put together from two places.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from inventory.models import Location, LocationKind
from inventory.questions import Question, answers, known
from retail.channels import Feature, on, shared
from retail.fulfilment.levels import Level, levels, most_free_asked
from retail.fulfilment.sourcing import warehouse
from retail.fulfilment.terms import all_stores, terms_in, with_terms

__all__ = [
    "most_to_send",
    "senders",
    "sends",
    "shipper",
    "to_send",
    "to_send_asked",
]


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
    return answers(to_send_asked(variants, at or timezone.now()))[0]


def to_send_asked(
    variants: Collection[UUID], at: datetime
) -> Question[dict[UUID, int]]:
    """Which places send is asked before: one query, two where stores send."""
    if not variants:
        return known({})
    return most_free_asked(_buffers(_shown()), variants, at)


def most_to_send(levels: Iterable[Level], at: datetime) -> int:
    """As `to_send`, of one variant whose levels are known, those of places that send
    nothing among them. One query, two where stores send: for these places."""
    kept = _buffers(_shown())
    found = [
        each.free(at, buffer=kept[each.place]) for each in levels if each.place in kept
    ]
    return max(found, default=0)


def _shown() -> list[Location]:
    """The places that send, as pages may know them."""
    return [warehouse(), *senders(as_shown=True)]


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
        found[each.place][each.variant] = each.free(at, buffer=kept[each.place])
    return [(place, found[place.id]) for place in places]


def _buffers(places: Collection[Location]) -> dict[UUID, int]:
    """{place: units of each variant that it keeps back from the web}."""
    return {
        place.id: terms_in(place).buffer if place.kind == LocationKind.STORE else 0
        for place in places
    }
