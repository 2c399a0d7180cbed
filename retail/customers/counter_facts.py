"""What else a store may see of a customer: pickups that wait, the basket on the web,
and how each record wishes to be written to and served."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from inventory import prices
from inventory.models import Location
from inventory.places import Channel, Origin
from retail.customers.models import Customer
from retail.fulfilment.models import PickupJob
from retail.fulfilment.states import PICKUP_OPEN
from retail.orders.models import BasketLine, Order

MOST_BASKET_LINES = 30


@dataclass(frozen=True)
class Waiting:
    """An open pickup: worked on `here`, or in another store, that of `place`."""

    id: UUID
    number: str
    status: str
    place: str
    here: bool
    ready_by: datetime | None
    hold_until: datetime | None


@dataclass(frozen=True)
class Gathered:
    """A line of a web basket. It promises nothing: no price, no stock."""

    gtin: str
    title: str
    size: str
    quantity: int


def open_pickups(customers: Iterable[Customer], place: Location) -> list[Waiting]:
    """Of all stores, the oldest order first. One query. Only where customers are one:
    apart, what the stores are told of a pickup names no customer."""
    orders = Order.objects.filter(customer__in=[each.id for each in customers])
    jobs = PickupJob.objects.filter(
        order_id__in=orders.values("id"), status__in=PICKUP_OPEN
    )
    return [
        Waiting(
            id=job.id,
            number=job.order_number,
            status=job.get_status_display(),
            place=job.location.name,
            here=job.location_id == place.id,
            ready_by=job.ready_by if job.ready_at is None else None,
            hold_until=job.hold_until,
        )
        for job in jobs.select_related("location").order_by("placed_at", "id")
    ]


def web_basket(customers: Iterable[Customer]) -> list[Gathered]:
    """What lies in the open baskets of these rows and is still sold. Two queries."""
    lines = BasketLine.objects.filter(
        basket__origin=Origin.WEBSHOP,
        basket__closed_at=None,
        basket__customer__in=[each.id for each in customers],
    )
    units: Counter[str] = Counter()
    found = lines.order_by("id").values_list("variant__gtin", "quantity")
    for gtin, number in found[:MOST_BASKET_LINES]:
        units[gtin] += number
    sold = prices.priced(Channel.WEBSHOP, units) if units else {}
    return [
        Gathered(gtin, sold[gtin].title, sold[gtin].size, number)
        for gtin, number in units.items()
        if gtin in sold
    ]


def wishes(customers: Iterable[Customer]) -> dict[UUID, list[str]]:
    """{customer row: in words how letters are written and orders received}. One query,
    or none where nobody named a store."""
    rows = [each for each in customers if each.erased_at is None]
    codes = {each.usual_store for each in rows} - {""}
    stores = dict(Location.objects.filter(code__in=codes).values_list("code", "name"))
    return {each.id: _wishes_of(each, stores) for each in rows}


def _wishes_of(row: Customer, stores: Mapping[str, str]) -> list[str]:
    language = dict(settings.LANGUAGES).get(row.language, row.language)
    said = [_("Letters: %(language)s") % {"language": language}]
    if row.receives == "collect":
        said.append(_("Likes to collect"))
    elif row.receives == "ship":
        said.append(_("Likes home delivery"))
    if row.usual_store:
        store = stores.get(row.usual_store, row.usual_store)
        said.append(_("Usual store: %(store)s") % {"store": store})
    return said
