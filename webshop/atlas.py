"""The map of the stores: drawn by ourselves, so that nobody learns who looks at it.

A plain picture: north is up, a degree of longitude is drawn as long as it is at the
middle of the map. Values in, values out; the template makes the SVG.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from webshop.coast import LANDS

__all__ = ["Chart", "Mark", "chart"]

WIDTH, HEIGHT = 400.0, 400.0
FRANCE = (41.3, -5.1, 51.15, 9.75)  # south, west, north, east
MARGIN = 0.16  # of what is shown, around it
LEAST_KM = 3.0  # nearer than this a map shows nothing
TOGETHER = 17.0  # marks nearer than so many units of the picture are one
KM_PER_DEGREE = 111.2
RINGS = (1, 2, 5, 10, 25, 50, 100, 250)  # km


@dataclass(frozen=True)
class Mark:
    """One store, or several that would cover each other. `numbers` are theirs in the
    list."""

    x: float
    y: float
    numbers: tuple[int, ...]
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        return str(self.numbers[0]) if len(self.numbers) == 1 else f"{self.numbers[0]}+"


@dataclass(frozen=True)
class Chart:
    """`lands` are paths; `rings` are (radius in units, kilometres) around `spot`."""

    lands: list[str]
    marks: list[Mark]
    spot: tuple[float, float] | None
    rings: list[tuple[float, int]]


Point = tuple[float, float]  # latitude, longitude


def chart(
    places: Sequence[tuple[str, Point | None]],
    spot: Point | None = None,
    *,
    first: int = 1,
) -> Chart:
    """A map of `places` (name, point) in the order of the list, which begins with the
    number `first`; one that nobody can place keeps its number. Of all France unless
    there is a `spot` to look from, then of what lies around it."""
    known = [point for _, point in places if point is not None]
    box = FRANCE if spot is None else _around([*known, spot])
    at = _Projection(box)
    marks: list[Mark] = []
    for number, (name, point) in enumerate(places, first):
        if point is None:
            continue
        x, y = at(point)
        for i, mark in enumerate(marks):
            if (mark.x - x) ** 2 + (mark.y - y) ** 2 < TOGETHER**2:
                names, numbers = (*mark.names, name), (*mark.numbers, number)
                marks[i] = Mark(mark.x, mark.y, numbers, names)
                break
        else:
            marks.append(Mark(x, y, (number,), (name,)))
    lands = ["M" + " ".join(_pair(at(point)) for point in land) + "z" for land in LANDS]
    here = at(spot) if spot else None
    return Chart(lands, marks, here, _rings(box) if here else [])


class _Projection:
    """From latitude and longitude to the units of the picture."""

    def __init__(self, box: tuple[float, float, float, float]) -> None:
        south, west, north, east = box
        self.narrow = cos(radians((south + north) / 2))
        self.scale = min(
            WIDTH / ((east - west) * self.narrow or 1), HEIGHT / (north - south or 1)
        )
        self.middle = (south + north) / 2, (west + east) / 2

    def __call__(self, point: Point) -> tuple[float, float]:
        lat, lon = point
        x = WIDTH / 2 + (lon - self.middle[1]) * self.narrow * self.scale
        y = HEIGHT / 2 - (lat - self.middle[0]) * self.scale
        return round(x, 1), round(y, 1)


def _around(points: Sequence[Point]) -> tuple[float, float, float, float]:
    lats, lons = [lat for lat, _ in points], [lon for _, lon in points]
    least = LEAST_KM / KM_PER_DEGREE
    tall = max(max(lats) - min(lats), least)
    wide = max(max(lons) - min(lons), least / cos(radians(lats[0])))
    lat, lon = (max(lats) + min(lats)) / 2, (max(lons) + min(lons)) / 2
    tall, wide = tall * (0.5 + MARGIN), wide * (0.5 + MARGIN)
    return lat - tall, lon - wide, lat + tall, lon + wide


def _rings(box: tuple[float, float, float, float]) -> list[tuple[float, int]]:
    """The two largest that fit well into the picture."""
    scale = _Projection(box).scale / KM_PER_DEGREE
    fit = [(round(km * scale, 1), km) for km in RINGS if 24 < km * scale < WIDTH * 0.45]
    return fit[-2:]


def _pair(point: tuple[float, float]) -> str:
    return f"{point[0]:g} {point[1]:g}"
