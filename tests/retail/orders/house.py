"""What a test of orders needs: places, articles with prices and stock, people, wishes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import cycle
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connections

from inventory.ids import new_id
from inventory.models import Listing, Location, Price, Variant
from inventory.places import Channel
from retail import channels
from retail.channels import flipping
from retail.channels.levels import PRESETS, Feature, Level
from retail.channels.models import FeatureFlag, LevelState
from retail.channels.snapshot import forget
from retail.customers.models import Customer
from retail.customers.registering import register
from retail.fulfilment import feed, offering
from retail.loyalty import points
from retail.orders.models import Order
from retail.orders.placing import Asked, place
from tests.inventory import goods

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
PRICES = [Decimal("3.40"), Decimal("12.00"), Decimal("25.00")]
SIDES = ["default", "webshop", "pos", "shared"]
ADDRESS = {
    "name": "Alice Martin",
    "line1": "3 rue des Capucins",
    "postcode": "69001",
    "city": "Lyon",
    "country": "FR",
}


@dataclass
class House:
    """`gtins` cost 3.40, 12.00 and 25.00 euros; each lies ten times in the warehouse
    and three times in each store."""

    level: str
    gtins: list[str]
    variants: dict[str, UUID]

    def location(self, code: str) -> Location:
        return Location.objects.get(code=code)


def open_house(level: str) -> House:
    set_level(level)
    gtins: list[str] = []
    for channel in Channel:
        with channels.use_channel(channel), channels.atomic():
            if channel == Channel.WEBSHOP or not channels.shared():
                goods.places("W01", "M01", "M02")
                goods.variants(3)
            found = list(Variant.objects.select_related("product").order_by("gtin"))
            places = {each.code: each for each in Location.objects.all()}
            gtins = [each.gtin for each in found]
            list_for(channel, found)
            codes = ["W01"] if channel == Channel.WEBSHOP else ["M01", "M02"]
            units = 10 if channel == Channel.WEBSHOP else 3
            for code in codes:
                goods.stocked(places[code], {v.id: units for v in found})
    feed.refresh()
    return House(level=level, gtins=gtins, variants={v.gtin: v.id for v in found})


def set_level(level: str) -> None:
    """The level without a switch run: these databases are empty."""
    shared = Feature.SHARED_DATABASE in PRESETS[Level(level)]
    LevelState.objects.update(shared_database=shared)
    FeatureFlag.objects.bulk_create(
        [
            FeatureFlag(name=feature.value, **flipping.told(flag))
            for feature, flag in flipping.preset(Level(level)).items()
        ],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["on", "stores", "customers_percent"],
    )
    forget()


def list_for(channel: Channel, variants: Iterable[Variant]) -> None:
    priced = list(zip(variants, cycle(PRICES), strict=False))
    listings = Listing.objects.bulk_create(
        Listing(
            origin=channel,
            variant=variant,
            title=f"Article {variant.gtin}",
            department_id=variant.product.department_id,
        )
        for variant, _ in priced
    )
    Price.objects.bulk_create(
        Price(
            origin=channel,
            listing=listing,
            amount=amount,
            valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for listing, (_, amount) in zip(listings, priced, strict=True)
    )


def alice(*, with_points: int = 0) -> Customer:
    """A customer of the webshop."""
    with channels.atomic():
        customer = register(
            id=new_id(),
            channel=Channel.WEBSHOP,
            first_name="Alice",
            last_name="Martin",
            email="alice@example.org",
        )
        if with_points:
            points.earn(customer, points=with_points, reference="opening")
    return customer


def a_parcel(*lines: tuple[str, int], **changes: Any) -> Asked:
    """Alice as a guest, who has it sent and pays online."""
    wish = Asked(
        lines=list(lines),
        method="ship",
        address=ADDRESS,
        email="alice@example.org",
        first_name="Alice",
        last_name="Martin",
    )
    return replace(wish, **changes)


def a_pickup(*lines: tuple[str, int], **changes: Any) -> Asked:
    """Alice as a guest, who collects in the first store and pays there."""
    wish = Asked(
        lines=list(lines),
        method="collect",
        location_code="M01",
        payment_method="at_store",
        email="alice@example.org",
        first_name="Alice",
        last_name="Martin",
    )
    return replace(wish, **changes)


def placed(asked: Asked, *, customer: Customer | None = None, **given: Any) -> Order:
    maker = f"customer:{customer.id}" if customer else "session:abc"
    order, created = place(
        id=new_id(), maker=maker, customer=customer, asked=asked, **given
    )
    assert created
    return order


def everything(*aliases: str) -> dict[str, list[Any]]:
    """All business rows of these databases (those open, unless named), to say that a
    refusal moved nothing."""
    found = {}
    for alias in aliases or channels.open_databases():
        with connections[alias].cursor() as cursor:
            for model in apps.get_models():
                if model._meta.app_label in channels.BUSINESS:
                    table = model._meta.db_table
                    cursor.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608
                    found[f"{alias}.{table}"] = cursor.fetchall()
    return found


def free(place: str, gtin: str) -> int:
    """What may still be promised of it there, as the webshop knows it."""
    location = Location.objects.get(code=place)
    variant = Variant.objects.get(gtin=gtin)
    offers = {o.location.code: o for o in offering.offer({variant.id: 1})}
    if place in offers:
        return offers[place].available
    held = goods.level(location, variant.id)
    return held.on_hand - held.reserved
