"""Looking goods up at a place: what lies there, elsewhere, and what moved last."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F

from inventory import availability
from inventory.availability import Arithmetic
from inventory.gtin import BadGtin, valid
from inventory.models import Location, StockLevel, StockMovement, Unit, Variant
from inventory.names import plain

MOST = 24  # variants that a search answers
LAST = 12  # movements shown


@dataclass(frozen=True)
class Found:
    variant: Variant
    here: Arithmetic


def search(text: str, place: Location) -> list[Found]:
    """By barcode where `text` is a GTIN, else all words in name or brand, whatever
    their accents. Two queries."""
    goods = Variant.objects.select_related("product__department")
    try:
        goods = goods.filter(gtin=valid(text.strip()))
    except BadGtin:
        words = plain(text).split()
        if not words:
            return []
        for word in words:
            goods = goods.filter(product__sort_name__contains=word)
    variants = list(goods.order_by("product__sort_name", "id")[:MOST])
    here = availability.free_at(place, [each.id for each in variants])
    return [Found(each, here[each.id]) for each in variants]


def by_gtin(gtin: str) -> Variant | None:
    goods = Variant.objects.select_related("product__department")
    return goods.filter(gtin=gtin).first()


def elsewhere(variant: Variant, place: Location) -> list[tuple[Location, Arithmetic]]:
    """The other places of the database that this one reads. Two queries."""
    levels = dict(availability.at_locations(variant.id))
    levels.pop(place.id, None)
    places = Location.objects.filter(id__in=levels).order_by("name")
    return [(each, levels[each.id]) for each in places]


def movements(variant: Variant, place: Location) -> list[StockMovement]:
    """Newest first. One query."""
    found = StockMovement.objects.filter(variant=variant, location=place)
    return list(found.order_by("-sequence")[:LAST])


def on_shelf(department_id: UUID, place: Location) -> list[Found]:
    """What lies free at the place of one department, by name, in pieces: what stands in
    for another article. Two queries."""
    levels = StockLevel.objects.filter(
        location=place, on_hand__gt=F("reserved") + F("safety")
    ).values("variant_id")
    goods = Variant.objects.select_related("product__department").filter(
        product__department_id=department_id, id__in=levels, unit=Unit.PIECE
    )
    variants = list(goods.order_by("product__sort_name", "id")[: MOST * 4])
    here = availability.free_at(place, [each.id for each in variants])
    return [Found(each, here[each.id]) for each in variants]
