"""What traffic needs in a house: goods for all, tills, customers with points, keys.

    python -m tests.journeys.outfit STORE

Runs as a process of its own in the house's environment, through the verbs; says what it
made as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests import servers
from tests.journeys.crowd import Article
from tests.living import House

UNITS = 5000
POINTS = 2000
TILLS = 2
CUSTOMERS = 3  # of each channel


@dataclass(frozen=True)
class Outfit:
    """`keys` by scope; `customers` by channel: (id, card) of some with points."""

    store: str
    article: Article
    keys: dict[str, str]
    employee: UUID
    customers: dict[str, list[tuple[UUID, str]]]


def fit_out(house: House, store: str) -> Outfit:
    made = subprocess.run(
        [sys.executable, "-m", "tests.journeys.outfit", store],
        cwd=servers.PROJECT,
        env=house.environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    told = json.loads(made.stdout)
    return Outfit(
        store=store,
        article=Article(
            told["gtin"], Decimal(told["price"]), Decimal(told["tax_rate"])
        ),
        keys=told["keys"],
        employee=UUID(told["employee"]),
        customers={
            channel: [(UUID(id), card) for id, card in found]
            for channel, found in told["customers"].items()
        },
    )


def lay_out(store: str) -> dict[str, Any]:
    from inventory.models import Listing, Location, LocationKind
    from inventory.places import Channel
    from retail import channels
    from retail.staff.models import Employee

    told: dict[str, Any] = {"customers": {}}
    sold = Listing.objects.filter(
        price__isnull=False,
        variant__stocklevel__isnull=False,
        variant__unit="piece",
    )
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        on_the_web = set(sold.values_list("variant__gtin", flat=True))
    with channels.use_channel(Channel.POS), channels.atomic():
        place = Location.objects.get(code=store)
        known = sold.filter(
            variant__gtin__in=on_the_web, variant__stocklevel__location=place
        )
        listing = known.select_related("variant__tax_category").order_by("id")[0]
        told["gtin"] = listing.variant.gtin
        told["price"] = str(listing.price_set.latest("valid_from").amount)
        told["tax_rate"] = str(listing.variant.tax_category.rate)
        fill(place, listing.variant_id)
        add_tills(place, TILLS)
        told["customers"]["pos"] = some_with_points()
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        warehouse = Location.objects.get(kind=LocationKind.WAREHOUSE)
        fill(warehouse, listing.variant_id)
        told["customers"]["webshop"] = some_with_points()
    told["keys"] = keys(store)
    seller = Employee.objects.filter(location_code=store, is_active=True)
    told["employee"] = str(seller.order_by("id")[0].id)
    return told


def fill(place: Any, variant: UUID) -> None:
    from inventory import stock
    from inventory.ids import new_id

    stock.adjust(
        place, {variant: UNITS}, reason="count", reference=str(new_id()), by="system"
    )


def add_tills(place: Any, many: int) -> None:
    """So that the place has this many."""
    from pos.models import Till
    from pos.opening import add_till

    for number in range(Till.objects.filter(location=place).count() + 1, many + 1):
        add_till(place, f"Caisse {number}")


def some_with_points() -> list[tuple[str, str]]:
    from inventory.ids import new_id
    from retail.loyalty import points
    from retail.loyalty.models import LoyaltyAccount

    richest = LoyaltyAccount.objects.order_by("-balance", "id")[:CUSTOMERS]
    found = [each.customer for each in richest.select_related("customer")]
    for customer in found:
        points.earn(customer, points=POINTS, reference=str(new_id()))
    return [(str(customer.id), customer.card) for customer in found]


def keys(store: str) -> dict[str, str]:
    from inventory.places import Channel
    from retail.staff.keys import create_key

    return {
        scope: create_key(
            scope=scope,  # type: ignore[arg-type]
            channel=channel,
            location_code=None if scope == "shop" else store,
            name="traffic",
        )[1]
        for scope, channel in (
            ("shop", Channel.WEBSHOP),
            ("till", Channel.POS),
            ("store", Channel.POS),
        )
    }


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(lay_out(sys.argv[1])))
