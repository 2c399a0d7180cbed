"""`/api/v1/products/` and `/api/v1/stores/`: what there is, and where.

Open to anybody, as the shop is; a key sees its own channel's offer, a store's key also
how its own figures come about.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from math import isfinite
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from inventory.availability import Arithmetic
from inventory.gtin import BadGtin, valid
from inventory.models import Location, LocationKind
from inventory.prices import priced_asked
from inventory.questions import answers
from retail import channels
from retail.channels import Feature
from retail.fulfilment import api_schema as schema
from retail.fulfilment.goods import Goods, goods_like, one_of_goods
from retail.fulfilment.levels import Level
from retail.fulfilment.offering import (
    PlaceOffer,
    Told,
    offers_from,
    places_with_terms,
    told_of_asked,
)
from retail.fulfilment.slot_grid import Slot
from retail.fulfilment.terms import all_places
from retail.interfaces import paging
from retail.interfaces.fields import moment, money
from retail.interfaces.problems import Problem, invalid
from retail.interfaces.reading import Reading
from retail.interfaces.views import ApiView, query, told
from retail.staff.models import ApiKey, Scope

MOST_SLOTS = 60
NO_PRODUCT = _("No such product is on sale here.")


class GoodsView(ApiView):
    public = True


class Products(GoodsView):
    @extend_schema(
        operation_id="products_find",
        summary="What the channel sells, by name",
        parameters=schema.FIND,
        responses=schema.answers(schema.ProductPage, 400, public=True),
    )
    def get(self, request: Request) -> HttpResponse:
        asked = paging.asked(request._request, keys=2)
        found = goods_like(
            query(request, "q"),
            department=query(request, "category"),
            after=asked.after,
            limit=asked.limit + 1,
        )
        return told(
            paging.page(
                request._request,
                asked,
                found,
                product_body,
                lambda each: [each.sort_name, each.gtin],
            )
        )


class OneProduct(GoodsView):
    @extend_schema(
        operation_id="products_see",
        summary="A product by its barcode",
        responses=schema.answers(schema.ProductSchema, 404, public=True),
    )
    def get(self, request: Request, gtin: str) -> HttpResponse:
        found = one_of_goods(_gtin(gtin))
        if found is None:
            raise Problem("not-found", NO_PRODUCT)
        return told(product_body(found))


class Availability(GoodsView):
    @extend_schema(
        operation_id="products_availability",
        summary="Where a product is, and what can be promised of it",
        parameters=schema.NEAR,
        responses=schema.answers(schema.AvailabilitySchema, 400, 404, public=True),
    )
    def get(self, request: Request, gtin: str) -> HttpResponse:
        near = _near(query(request, "near"))
        slots = _slots(request)
        code = _gtin(gtin)
        now, places = timezone.now(), places_with_terms()
        found, taken, levels, copies = answers(
            priced_asked(channels.current().channel, [code], now),
            *told_of_asked(code, places, now),
        )
        if code not in found:
            raise Problem("not-found", NO_PRODUCT)
        one = {found[code].variant_id: 1}
        offers = offers_from(
            Told(taken, levels, copies), one, places, near=near, now=now
        )
        own = _own_places(levels, offers, now)
        ages = [each.as_of for each in offers if each.as_of is not None]
        key = request.auth
        explained = isinstance(key, ApiKey) and key.scope == Scope.STORE
        return told(
            {
                "gtin": code,
                "as_of": moment(min(ages, default=now)),
                "source": "feed" if ages else "live",
                "locations": [_offer_body(each, explained, slots) for each in offers]
                + [_place_body(*each, explained) for each in own],
            }
        )


class Stores(GoodsView):
    @extend_schema(
        operation_id="stores_list",
        summary="The stores, and whether web orders are collected there",
        responses=schema.answers(schema.StorePage, public=True),
    )
    def get(self, request: Request) -> HttpResponse:
        stores = Location.objects.filter(kind=LocationKind.STORE).order_by("code")
        return told({"results": [_store_body(each) for each in stores], "next": None})


def product_body(each: Goods) -> dict[str, Any]:
    former = each.former_amount
    return {
        "gtin": each.gtin,
        "name": each.title,
        "brand": each.brand,
        "category": each.department,
        "price": money(each.amount, each.currency),
        "former_price": money(former, each.currency) if former else None,
        "size": each.size,
        "unit": each.unit,
        "image": _picture(each.image),
        "delivery": {
            "offered": bool(each.for_delivery),
            "available": each.for_delivery,
        },
        "pickup": {"offered": each.stores > 0, "stores": each.stores},
    }


def _picture(image: str) -> str | None:
    if not image or image.startswith(("/", "http")):
        return image or None
    return staticfiles_storage.url(image)


def _own_places(
    levels: Iterable[Level], offers: Iterable[PlaceOffer], now: datetime
) -> list[tuple[Location, Arithmetic]]:
    """The channel's own places that no offer speaks of: the warehouse for the web, the
    stores for the tills. One query, for the places."""
    told_of = {each.location.id for each in offers}
    here = {each.place: each.sums(now) for each in levels}
    channel = channels.current().channel.value
    nothing = Arithmetic(0, 0, 0, 0)
    return [
        (place, here.get(place.id, nothing))
        for place in all_places()
        if place.channel == channel and place.id not in told_of
    ]


def _offer_body(offer: PlaceOffer, explained: bool, slots: bool) -> dict[str, Any]:
    km = offer.distance_km
    pickup: dict[str, Any] = {
        "offered": offer.pickup_offered,
        "ready_by": moment(offer.ready_by),
        "paused": offer.terms.paused,
    }
    if slots:
        found = offer.slots() if offer.pickup_offered else []
        pickup["slots"] = slots_body(found)
    return {
        "location": offer.location.code,
        "name": offer.location.name,
        "distance_m": None if km is None else round(km * 1000),
        "available": offer.available,
        "pickup": pickup,
    } | _explained(offer.arithmetic if explained else None)


def slots_body(slots: Iterable[Slot]) -> list[dict[str, Any]]:
    """The next that are free, at most 60."""
    free = [slot for slot in slots if slot.free][:MOST_SLOTS]
    return [
        {
            "starts_at": moment(slot.starts_at),
            "ends_at": moment(slot.ends_at),
            "free": slot.free,
        }
        for slot in free
    ]


def _place_body(place: Location, units: Arithmetic, explained: bool) -> dict[str, Any]:
    return {
        "location": place.code,
        "name": place.name,
        "distance_m": None,
        "available": units.available,
        "pickup": {"offered": False, "ready_by": None, "paused": False},
    } | _explained(units if explained else None)


def _explained(units: Arithmetic | None) -> dict[str, int]:
    if units is None:
        return {}
    return {
        "on_hand": units.on_hand,
        "reserved": units.reserved,
        "safety": units.safety,
    }


def _store_body(store: Location) -> dict[str, Any]:
    return {
        "code": store.code,
        "name": store.name,
        "address": store.address,
        "postcode": store.postcode,
        "city": store.city,
        "country": store.country,
        "lat": store.lat,
        "lon": store.lon,
        "phone": store.phone,
        "hours": store.hours,
        "closed_days": [
            {"first": first, "last": last, "fr": fr, "en": en}
            for first, last, fr, en in store.closed_days
        ],
        "closed_on": store.closed_on.isoformat() if store.closed_on else None,
        "timezone": store.timezone,
        "pickup": channels.on(Feature.WEB_TO_STORE, store=store.code),
    }


def _gtin(given: str) -> str:
    """Raises Problem: what is no barcode is on no product."""
    try:
        return valid(given)
    except BadGtin as error:
        raise Problem("not-found", NO_PRODUCT) from error


def _slots(request: Request) -> bool:
    given = Reading({"slots": request._request.GET.get("slots", "false")})
    found = given.one_of("slots", ("true", "false"))
    given.done()
    return found == "true"


def _near(given: str) -> tuple[float, float] | None:
    if not given:
        return None
    try:
        lat, lon = (float(each) for each in given.split(","))
        if isfinite(lat) and isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180:
            return lat, lon
    except ValueError:
        pass
    raise invalid(near=_("Give latitude and longitude, such as 45.76,4.83."))
