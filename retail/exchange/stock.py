"""Stock: what was counted at a place. The difference is posted as a movement; nothing is
overwritten, and what is held for customers stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Case, F, Value, When

from inventory import stock
from inventory.counting import COUNTED
from inventory.ids import derived
from inventory.models import Location, StockLevel, Variant
from inventory.places import Channel
from retail.exchange.cells import Column, gtin, text, units
from retail.exchange.models import Verdict
from retail.exchange.tables import Change, Judged, Read, Table, Wrong

COLUMNS = (
    Column("location", text(12), required=True),
    Column("gtin", gtin, required=True),
    Column("counted", units, required=True, judged=True),
)


def judge(channel: Channel, lines: Sequence[Read]) -> Iterable[Judged]:
    """Three queries."""
    places = _places(channel)
    gtins = {line.values["gtin"] for line in lines}
    variants = set(
        Variant.objects.filter(gtin__in=gtins).values_list("gtin", flat=True)
    )
    levels = {
        (each.location.code, each.variant.gtin): each
        for each in StockLevel.objects.filter(
            location__in=places.values(), variant__gtin__in=gtins
        ).select_related("location", "variant")
    }
    for line in lines:
        asked = line.values
        level = levels.get((asked["location"], asked["gtin"]))
        if asked["location"] not in places:
            yield Wrong(line.number, "location", "not-a-place", asked["location"])
        elif asked["gtin"] not in variants:
            yield Wrong(line.number, "gtin", "unknown-article", asked["gtin"])
        elif asked.get("counted") is None:
            # as `rows` writes it: the books hold what nobody can have counted
            untold = level is not None and _fewer_than_held(level)
            empty = Wrong(line.number, "counted", "empty-cell")
            yield (line, Verdict.SAME) if untold else empty
        elif level is None:
            yield line, Verdict.NEW if asked["counted"] else Verdict.SAME
        elif asked["counted"] < level.reserved:
            yield Wrong(
                line.number, "counted", "fewer-than-held", str(asked["counted"])
            )
        else:
            yield line, Verdict.CHANGE if difference(level, line) else Verdict.SAME


def difference(level: StockLevel, line: Read) -> int:
    """What must move so that the level is what was counted. Units that a till sold
    beyond the books are settled by it: goods that come in first make those good."""
    moved: int = line.values["counted"] - level.on_hand + level.oversold
    return moved


def _fewer_than_held(level: StockLevel) -> bool:
    """A till sold more than there was: less than nothing, or than what is held."""
    return level.on_hand - level.oversold < level.reserved


def apply(change: Change, lines: Sequence[Read]) -> list[Wrong]:
    """Of each place at once: its levels are locked, then read, then moved, in the order
    that every stock verb keeps."""
    places = _places(change.channel)
    wrong: list[Wrong] = []
    for code in sorted({line.values["location"] for line in lines}):
        here = [line for line in lines if line.values["location"] == code]
        if code not in places:
            wrong += [
                Wrong(each.number, "location", "gone-since", code) for each in here
            ]
        else:
            wrong += _count(change, places[code], here)
    return wrong


def _count(change: Change, place: Location, lines: Sequence[Read]) -> list[Wrong]:
    gtins = [line.values["gtin"] for line in lines]
    variants = dict(Variant.objects.filter(gtin__in=gtins).values_list("gtin", "id"))
    levels = {
        each.variant_id: each
        for each in StockLevel.objects.select_for_update(no_key=True)
        .filter(location=place, variant__in=variants.values())
        .order_by("id")
    }
    deltas, wrong = {}, []
    for line in lines:
        variant = variants.get(line.values["gtin"])
        if variant is None:
            wrong.append(Wrong(line.number, "gtin", "gone-since", line.values["gtin"]))
            continue
        level = levels.get(variant) or StockLevel()
        if line.values["counted"] < level.reserved:
            told = str(line.values["counted"])
            wrong.append(Wrong(line.number, "counted", "fewer-than-held", told))
        elif units := difference(level, line):
            deltas[variant] = units
    if deltas:
        reference = str(derived(change.run, "count", lines[0].number))
        stock.adjust(
            place,
            deltas,
            reason=COUNTED,
            reference=reference,
            by=change.by,
            at=change.at,
        )
    return wrong


def _places(channel: Channel) -> dict[str, Location]:
    return {each.code: each for each in Location.objects.filter(channel=channel)}


def rows(channel: Channel) -> Iterator[Sequence[Any]]:
    """What is counted is compared with; empty where no count could say so."""
    held = F("on_hand") - F("oversold")
    counted = Case(When(reserved__gt=held, then=Value(None)), default=held)
    found = StockLevel.objects.filter(origin=channel)
    return (
        found.order_by("location__code", "variant__gtin")
        .values_list(
            *("location__code", "variant__gtin", counted),
            *("reserved", "safety", "variant__product__name"),
        )
        .iterator(chunk_size=2000)
    )


TABLE = Table(
    columns=COLUMNS,
    key=lambda values: f"{values['location']} {values['gtin']}",
    judge=judge,
    apply=apply,
    header=(*(each.name for each in COLUMNS), "reserved", "safety", "name"),
    rows=rows,
)
