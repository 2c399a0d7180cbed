"""Finding a store: where a postcode or a town is, and what lies near it.

The coordinates are those that the house has: cities.csv, our own list of the prefectures
and the large towns to a hundredth of a degree, and towns.csv (its own places, from
OpenStreetMap). A postcode that is in neither is placed by its département; the name of
a town that is in neither is not known. Nobody outside is asked.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from inventory.models import Location
from inventory.names import plain
from retail.fulfilment.offering import distance_km

__all__ = ["Spot", "by_distance", "spot_of"]

POSTCODE = 5
ALIKE = 0.8  # of difflib: a letter wrong in a town's name


@dataclass(frozen=True)
class Spot:
    """A place that somebody named. `rough` where only its département is known."""

    name: str
    lat: float
    lon: float
    rough: bool = False

    @property
    def near(self) -> tuple[float, float]:
        return self.lat, self.lon


@cache
def towns() -> list[tuple[str, str, float, float]]:
    """(postcode, name, latitude, longitude), the large ones first: of two names that
    begin alike, they are meant."""
    found = []
    for name in ("cities.csv", "towns.csv"):
        with Path(__file__).with_name(name).open(encoding="utf-8") as file:
            found += [
                (row["postcode"], row["name"], float(row["lat"]), float(row["lon"]))
                for row in csv.DictReader(file)
            ]
    return found


def spot_of(text: str) -> Spot | None:
    """Where a postcode or the name of a town is; None where nobody here knows."""
    text = " ".join(text.split())
    digits = "".join(sign for sign in text if sign.isascii() and sign.isdigit())
    if len(digits) == POSTCODE:
        exact = [town for town in towns() if town[0] == digits]
        if exact:
            return _middle(f"{digits} {exact[0][1]}", exact)
        around = [town for town in towns() if town[0][:2] == digits[:2]]
        return _middle(digits, around, rough=True) if around else None
    wanted = plain(text)
    if len(wanted) < 2:
        return None
    names = {plain(name): name for _, name, _, _ in towns()}
    found = next((name for name in names if name.startswith(wanted)), None)
    if found is None:
        found = next(iter(get_close_matches(wanted, names, 1, ALIKE)), None)
    if found is None:
        return None
    return _middle(names[found], [town for town in towns() if town[1] == names[found]])


def _middle(
    name: str, among: list[tuple[str, str, float, float]], *, rough: bool = False
) -> Spot:
    lat = sum(town[2] for town in among) / len(among)
    lon = sum(town[3] for town in among) / len(among)
    return Spot(name, lat, lon, rough)


def by_distance(
    places: Iterable[Location], spot: Spot | None
) -> list[tuple[Location, float | None]]:
    """The places with their distance in kilometres as the crow flies, nearest first; by
    name, and without one, where no spot is given."""
    if spot is None:
        return [(each, None) for each in sorted(places, key=lambda p: plain(p.name))]
    found = [(each, distance_km(spot.near, each)) for each in places]
    return sorted(found, key=lambda pair: (pair[1] is None, pair[1], pair[0].name))
