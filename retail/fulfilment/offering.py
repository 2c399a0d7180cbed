"""What a store can promise, from its own rows or from the feed's copy of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from inventory.availability import Arithmetic
from inventory.models import Location, StockLevel
from retail.fulfilment.models import FeedState, StoreAvailability
from retail.fulfilment.promises import ready_by
from retail.fulfilment.sourcing import owns, stores

__all__ = ["TOO_OLD", "PlaceOffer", "offer"]

# A store that was silent for longer is not promised from.
TOO_OLD = timedelta(minutes=10)


@dataclass(frozen=True)
class PlaceOffer:
    """What one store can promise. `available` counts whole sets of what was asked for
    (units, for one variant). `as_of` and `source` "feed" where the figure is a copy,
    `arithmetic` where it is live and one variant was asked for. `distance_km` is as the
    crow flies."""

    location: Location
    available: int
    as_of: datetime | None
    source: str
    arithmetic: Arithmetic | None
    pickup_offered: bool
    ready_by: datetime | None
    distance_km: float | None = None


def offer(
    variant_ids: Iterable[UUID] | Mapping[UUID, int],
    *,
    near: tuple[float, float] | None = None,
    now: datetime | None = None,
    customer: UUID | None = None,
) -> list[PlaceOffer]:
    """What each store with web pickup can promise of these variants, taken together;
    `{variant_id: quantity}` asks for quantities. Nearest first where `near` (latitude,
    longitude) is given, else by name. Three queries. Empty where no store takes part:
    the webshop then knows nothing of the stores."""
    now = now or timezone.now()
    wanted = dict.fromkeys(variant_ids, 1)
    if isinstance(variant_ids, Mapping):
        wanted = dict(variant_ids)
    places = stores(customer=customer)
    live = [place for place in places if owns(place)]
    copied = [place for place in places if not owns(place)]
    found = [*_live(live, wanted, near, now), *_copied(copied, wanted, near, now)]
    return sorted(found, key=lambda o: (o.distance_km or 0, o.location.name))


Near = tuple[float, float] | None


def _live(
    places: list[Location], wanted: dict[UUID, int], near: Near, now: datetime
) -> list[PlaceOffer]:
    if not places:
        return []
    levels: dict[UUID, dict[UUID, Arithmetic]] = {}
    for level in StockLevel.objects.filter(location__in=places, variant__in=wanted):
        levels.setdefault(level.location_id, {})[level.variant_id] = Arithmetic(
            on_hand=level.on_hand,
            reserved=level.reserved,
            safety=level.safety,
            available=max(level.on_hand - level.reserved - level.safety, 0),
        )
    one = next(iter(wanted)) if len(wanted) == 1 else None
    found = []
    for place in places:
        here = levels.get(place.id, {})
        free = {variant: sums.available for variant, sums in here.items()}
        arithmetic = here.get(one) if one else None
        found.append(
            _place_offer(place, free, wanted, near, now, arithmetic=arithmetic)
        )
    return found


def _copied(
    places: list[Location], wanted: dict[UUID, int], near: Near, now: datetime
) -> list[PlaceOffer]:
    if not places:
        return []
    states = dict(
        FeedState.objects.filter(location__in=places).values_list("location", "as_of")
    )
    free: dict[UUID, dict[UUID, int]] = {}
    for place, variant, units in StoreAvailability.objects.filter(
        location__in=places, variant__in=wanted
    ).values_list("location", "variant", F("available") - F("open_requests")):
        free.setdefault(place, {})[variant] = max(units, 0)
    return [
        _place_offer(
            place,
            free.get(place.id, {}),
            wanted,
            near,
            now,
            as_of=states[place.id],
            fresh=now - states[place.id] <= TOO_OLD,
        )
        for place in places
        if place.id in states
    ]


def _place_offer(
    place: Location,
    free: dict[UUID, int],
    wanted: dict[UUID, int],
    near: Near,
    now: datetime,
    *,
    arithmetic: Arithmetic | None = None,
    as_of: datetime | None = None,
    fresh: bool = True,
) -> PlaceOffer:
    sets = min((free.get(v, 0) // n for v, n in wanted.items()), default=0)
    offered = fresh and sets > 0
    return PlaceOffer(
        location=place,
        available=sets,
        as_of=as_of,
        source="feed" if as_of else "live",
        arithmetic=arithmetic,
        pickup_offered=offered,
        ready_by=ready_by(place, now) if offered else None,
        distance_km=_distance(near, place) if near else None,
    )


def _distance(near: tuple[float, float], place: Location) -> float | None:
    """Great-circle distance in km, by the haversine formula; 6371 km is the radius."""
    if place.lat is None or place.lon is None:
        return None
    lat, lon, to_lat, to_lon = map(radians, (*near, place.lat, place.lon))
    h = sin((to_lat - lat) / 2) ** 2
    h += cos(lat) * cos(to_lat) * sin((to_lon - lon) / 2) ** 2
    return 2 * 6371 * asin(sqrt(h))
