"""What a store can promise, from its own rows or from the feed's copy of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import asin, cos, radians, sin, sqrt
from uuid import UUID

from django.utils import timezone

from inventory.availability import Arithmetic
from inventory.models import Location
from inventory.questions import Question, answers
from retail.channels import Feature, on
from retail.fulfilment.closings import has_closed
from retail.fulfilment.copies import (
    TOO_OLD,
    Copy,
    copies_asked,
    copies_of_asked,
    read_at,
)
from retail.fulfilment.levels import Level, levels_asked, levels_of_asked
from retail.fulfilment.promises import ready_by
from retail.fulfilment.slot_grid import Slot, Taken, taken_asked
from retail.fulfilment.slots import slots, soonest
from retail.fulfilment.sourcing import owns
from retail.fulfilment.terms import Terms, all_stores, terms_in

__all__ = [
    "PlaceOffer",
    "Told",
    "distance_km",
    "offer",
    "offers_from",
    "places_with_terms",
    "promised",
    "promised_asked",
    "told_of_asked",
]


@dataclass(frozen=True)
class PlaceOffer:
    """What one store can promise. `available` counts whole sets of what was asked for
    (units, for one variant), `free` the units of each variant. `as_of` and `source`
    "feed" where the figure is a copy, `arithmetic` where it is live and one variant was
    asked for; its safety is what the store keeps back from the web altogether.

    `ready_by` is when an order without a wish is ready: None where nothing is offered,
    because there are too few, the feed is too old (`silent`), the store takes no
    pickups for the moment (`terms.paused`) or no slot is free (`full`). `distance_km`
    is as the crow flies."""

    location: Location
    available: int
    as_of: datetime | None
    source: str
    arithmetic: Arithmetic | None
    pickup_offered: bool
    ready_by: datetime | None
    terms: Terms
    distance_km: float | None = None
    free: Mapping[UUID, int] = field(default_factory=dict)
    silent: bool = False
    full: bool = False
    now: datetime = field(default_factory=timezone.now)
    taken: Taken = field(default_factory=dict)

    def soonest(self) -> datetime | None:
        """As `ready_by`, whether or not there is enough of what was asked for."""
        if self.silent:
            return None
        return _soonest(self.location, self.terms, self.now, self.taken)

    def slots(self) -> list[Slot]:
        """Those that may be chosen, full ones too. No query."""
        earliest = ready_by(self.location, self.now, self.terms)
        return slots(
            self.location, self.terms, self.now, ready_by=earliest, taken=self.taken
        )


@dataclass(frozen=True)
class Told:
    """What is known of some goods at one moment: the pickups that name a slot, the levels
    of the places whose stock lies here, and what the feeds of the others said."""

    taken: Taken
    levels: Sequence[Level]
    copies: Sequence[Copy]


def offer(
    variant_ids: Iterable[UUID] | Mapping[UUID, int],
    *,
    near: tuple[float, float] | None = None,
    now: datetime | None = None,
    customer: UUID | None = None,
) -> list[PlaceOffer]:
    """What each store with web pickup can promise of these variants, taken together;
    `{variant_id: quantity}` asks for quantities. Nearest first where `near` (latitude,
    longitude) is given, else by name. One query, and one for the places. Empty where no
    store takes part: the webshop then knows nothing of the stores."""
    now = now or timezone.now()
    wanted = dict.fromkeys(variant_ids, 1)
    if isinstance(variant_ids, Mapping):
        wanted = dict(variant_ids)
    places = places_with_terms(customer=customer)
    if not places:
        return []
    taken, levels, copies = answers(
        taken_asked(places, now),
        levels_asked([place.id for place in places if owns(place)], wanted),
        copies_asked([place for place in places if not owns(place)], wanted),
    )
    return offers_from(Told(taken, levels, copies), wanted, places, near=near, now=now)


def told_of_asked(
    gtin: str, places: Sequence[Location], now: datetime
) -> tuple[Question[Taken], Question[list[Level]], Question[list[Copy]]]:
    """What `offers_from` reckons with for these `places_with_terms`, of the variant with
    this barcode. The levels are those of all places of the context's database."""
    return (
        taken_asked(places, now),
        levels_of_asked(gtin),
        copies_of_asked([place for place in places if not owns(place)], gtin),
    )


def offers_from(
    told: Told,
    wanted: Mapping[UUID, int],
    places: Sequence[Location],
    *,
    near: tuple[float, float] | None = None,
    now: datetime,
) -> list[PlaceOffer]:
    """As `offer`, of what is known already. No query."""
    live = [place for place in places if owns(place)]
    copied = [place for place in places if not owns(place)]
    stock = {**_live(live, told.levels, now), **_copied(copied, told.copies)}
    one = next(iter(wanted)) if len(wanted) == 1 else None
    found = [
        _place_offer(place, stock[place.id], wanted, one, near, now, told.taken)
        for place in places
        if place.id in stock
    ]
    return sorted(found, key=lambda o: (o.distance_km or 0, o.location.name))


def places_with_terms(*, customer: UUID | None = None) -> list[Location]:
    """The stores where orders are collected, their terms read. One query."""
    return [
        store
        for store in all_stores()
        if on(Feature.WEB_TO_STORE, store=store.code, customer=customer)
        and not has_closed(store, timezone.now())
    ]


def promised(places: Iterable[Location], now: datetime) -> dict[UUID, datetime | None]:
    """When an order would be ready at each of these `places_with_terms`, whatever is
    ordered; None where nothing is taken. One query."""
    return answers(promised_asked(places, now))[0]


def promised_asked(
    places: Iterable[Location], now: datetime
) -> Question[dict[UUID, datetime | None]]:
    """`promised`, to be asked together with other questions."""
    known = list(places)
    return taken_asked(known, now).then(
        lambda taken: {
            place.id: _soonest(place, terms_in(place), now, taken) for place in known
        }
    )


def _soonest(
    place: Location, terms: Terms, now: datetime, taken: Taken
) -> datetime | None:
    if terms.paused:
        return None
    ready = ready_by(place, now, terms)
    return soonest(place, terms, now, ready_by=ready, taken=taken)


Near = tuple[float, float] | None
# of one place: its figures, and the age of the copy that they are from
Stock = tuple[Mapping[UUID, Arithmetic | int], datetime | None]


def _live(
    places: Iterable[Location], levels: Iterable[Level], now: datetime
) -> dict[UUID, Stock]:
    """Arithmetic where something may be promised of it, 0 where it is blocked."""
    buffers = {place.id: terms_in(place).buffer for place in places}
    found: dict[UUID, dict[UUID, Arithmetic | int]] = {each: {} for each in buffers}
    for each in levels:
        if each.place not in buffers:
            continue
        if each.blocked(now):
            found[each.place][each.variant] = 0
            continue
        kept_back = each.safety + buffers[each.place]
        found[each.place][each.variant] = Arithmetic(
            on_hand=each.on_hand,
            reserved=each.reserved,
            safety=kept_back,
            available=max(each.on_hand - each.reserved - kept_back, 0),
        )
    return {place: (here, None) for place, here in found.items()}


def _copied(places: Iterable[Location], copies: Iterable[Copy]) -> dict[UUID, Stock]:
    """Of the stores that have ever told something."""
    told = {place.id: (place, at) for place in places if (at := read_at(place))}
    free: dict[UUID, dict[UUID, Arithmetic | int]] = {each: {} for each in told}
    for each in copies:
        place, _ = told[each.place]
        free[each.place][each.variant] = max(each.units - terms_in(place).buffer, 0)
    return {place: (here, told[place][1]) for place, here in free.items()}


def _place_offer(
    place: Location,
    stock: Stock,
    wanted: Mapping[UUID, int],
    one: UUID | None,
    near: Near,
    now: datetime,
    taken: Taken,
) -> PlaceOffer:
    figures, as_of = stock
    free = {
        variant: each.available if isinstance(each, Arithmetic) else each
        for variant, each in figures.items()
    }
    sums = figures.get(one) if one else None
    sets = min((free.get(v, 0) // n for v, n in wanted.items()), default=0)
    silent = as_of is not None and now - as_of > TOO_OLD
    terms = terms_in(place)
    ready = None if silent else _soonest(place, terms, now, taken)
    offered = ready is not None and sets > 0
    return PlaceOffer(
        location=place,
        available=sets,
        as_of=as_of,
        source="feed" if as_of else "live",
        arithmetic=sums if isinstance(sums, Arithmetic) else None,
        pickup_offered=offered,
        ready_by=ready if offered else None,
        terms=terms,
        distance_km=distance_km(near, place) if near else None,
        free=free,
        silent=silent,
        full=ready is None and not silent and not terms.paused,
        now=now,
        taken=taken,
    )


def distance_km(near: tuple[float, float], place: Location) -> float | None:
    """Great-circle distance in km, by the haversine formula; 6371 km is the radius."""
    if place.lat is None or place.lon is None:
        return None
    lat, lon, to_lat, to_lon = map(radians, (*near, place.lat, place.lon))
    h = sin((to_lat - lat) / 2) ** 2
    h += cos(lat) * cos(to_lat) * sin((to_lon - lon) / 2) ** 2
    return 2 * 6371 * asin(sqrt(h))
