"""What can be done about an article that is not where it should be."""

from dataclasses import dataclass
from math import cos, hypot, radians

from inventory import availability
from inventory.availability import Arithmetic
from inventory.models import Location, LocationKind, Variant
from retail.fulfilment import shelves
from retail.fulfilment.models import PickupJob, PickupLine
from retail.fulfilment.shelves import Found

__all__ = ["Elsewhere", "elsewhere", "instead"]

MOST = 8


@dataclass(frozen=True)
class Elsewhere:
    """A store of the same owner that has units free."""

    place: Location
    units: Arithmetic


def instead(variant: Variant, job: PickupJob, text: str = "") -> list[Found]:
    """Articles that are free here and not in the order: those found by `text`, else of
    the department of the missing one; this department first. Three queries."""
    department = variant.product.department_id
    if text:
        found = shelves.search(text, job.location)
    else:
        found = shelves.on_shelf(department, job.location)
    ordered = set(job.lines.values_list("variant_id", flat=True))
    free = [
        each
        for each in found
        if each.here.available > 0 and each.variant.id not in ordered
    ]
    brand = variant.product.brand
    free.sort(
        key=lambda each: (
            each.variant.product.department_id != department,
            each.variant.product.brand != brand,
            each.variant.product.name,
        )
    )
    return free[:MOST]


def elsewhere(line: PickupLine, place: Location) -> list[Elsewhere]:
    """The nearest first: whoever drives there looks at that. Two queries."""
    levels = dict(availability.at_locations(line.variant_id))
    levels.pop(place.id, None)
    places = Location.objects.filter(
        id__in=[id for id, units in levels.items() if units.available > 0],
        kind=LocationKind.STORE,
        channel=place.channel,
    )
    found = [Elsewhere(each, levels[each.id]) for each in places]
    return sorted(found, key=lambda each: (_far(each.place, place), each.place.name))


def _far(one: Location, other: Location) -> float:
    """To compare distances within a country, not to show them; unknown is far."""
    if None in (one.lat, one.lon, other.lat, other.lon):
        return float("inf")
    north = float(one.lat) - float(other.lat)  # type: ignore[arg-type]
    east = float(one.lon) - float(other.lon)  # type: ignore[arg-type]
    return hypot(north, east * cos(radians(float(other.lat))))  # type: ignore[arg-type]
