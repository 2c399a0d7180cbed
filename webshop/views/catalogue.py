"""The home page and the page of a product."""

from collections.abc import Iterable
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from inventory.gtin import BadGtin, valid
from inventory.models import Location, Price
from inventory.questions import answers
from retail.channels import kept
from retail.flavours import drawn
from retail.formatting import day_time
from retail.fulfilment import promises
from retail.fulfilment.offering import (
    Told,
    distance_km,
    offers_from,
    told_of_asked,
)
from retail.fulfilment.shippers import most_to_send
from retail.fulfilment.sourcing import warehouse
from retail.loyalty import points
from retail.photographs import picture_url
from retail.promotions.models import Promotion
from webshop import alerting, hours, jsonld, looks, whys
from webshop.listed import listed_asked
from webshop.promising import chosen_of, places_for, promise
from webshop.shelves import (
    BY_NAME,
    Card,
    alike,
    all_departments,
    cards_and_times,
    mixed,
    on_offer,
    on_sale,
    running_offers,
    tags_of,
)
from webshop.who import visitor

OFFERS = 12
READ = 120  # offers among which the home page chooses
NEAR = 6  # stores that the page of a product shows at once


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    who, now = visitor(request), timezone.now()
    places = places_for(who)
    store = chosen_of(who, places)
    running, read = _offered()
    shown, ready = cards_and_times(
        mixed(read, OFFERS), store=store, places=places, now=now, running=running
    )
    departments = all_departments()
    return render(
        request,
        "webshop/home.html",
        {
            "store": store,
            "store_now": hours.now_in_words(store, now) if store else "",
            "ready_by": ready[store.id] if store else None,
            "places": tuple(
                (each.code, each.name, each.city, day_time(at, now=now))
                for each in places
                if (at := ready[each.id])
            ),
            "collect": who.collects,
            "cards": shown,
            "promises": promise(ready[store.id] if store else None, now),
            "shelf": _pictured(read)[:6],
            "departments": departments,
            "tiles": tuple(
                (each.code, each.name, *drawn(each.icon, "")) for each in departments
            ),
            "customer": who.customer,
            "points": points.balance(who.customer) if who.customer else None,
            "points_for_one_euro": points.POINTS_FOR_ONE_EURO,
            "why_no_store": whys.no_store(who),
            "why_card": whys.other_card(),
            "now": now,
        },
    )


@kept
def _offered() -> tuple[tuple[Promotion, ...], tuple[Price, ...]]:
    """(what runs, some of what it is about), those with a photograph first: an empty
    picture sorts last. Two queries."""
    running = running_offers()
    offers = on_sale(timezone.now()).filter(on_offer(running))
    by_picture = offers.order_by("-listing__variant__product__image", *BY_NAME)
    return running, tuple(by_picture[:READ])


def _pictured(prices: Iterable[Price]) -> list[Card]:
    """Those with a photograph, cut-outs first: they look best side by side."""
    found = [Card(price=each, parcels=0, units=None) for each in prices]
    found = [each for each in found if each.product.image]
    return sorted(found, key=lambda each: each.product.image_treatment != "cutout")


@require_safe
def product(request: HttpRequest, gtin: str) -> HttpResponse:
    try:
        code = valid(gtin)
    except BadGtin as error:
        raise Http404 from error
    if code != gtin:
        return redirect("shop_product", gtin=code)
    who, now = visitor(request), timezone.now()
    places = places_for(who)
    price, taken, levels, copies = answers(
        listed_asked(code, now), *told_of_asked(code, places, now)
    )
    if price is None:
        raise Http404
    variant = price.listing.variant
    # what is weighed is not ordered: no place is asked for it
    offers, parcels = [], 0
    if not variant.weighed:
        told = Told(taken, levels, copies)
        offers = offers_from(told, {variant.id: 1}, places, now=now)
        parcels = most_to_send(levels, now)
    # the chosen store first, then those near it that have it
    mine = next((o.location for o in offers if o.location.code == who.store_code), None)
    far = {each.location.id: _metres(mine, each.location) for each in offers}
    offers.sort(
        key=lambda o: (
            o.location.code != who.store_code,
            o.available == 0,
            far[o.location.id] or 0,
        )
    )
    nearest = next((each for each in offers if each.pickup_offered), None)
    card = Card(
        price=price,
        parcels=parcels,
        units=None,
        tag=tags_of([price], running_offers()).get(code),
    )
    to_be_had = parcels > 0 or any(each.pickup_offered for each in offers)
    # a chain of hundreds of stores is told when it is asked for
    shown = offers if request.GET.get("stores") == "all" else offers[:NEAR]
    return render(
        request,
        "webshop/product.html",
        {
            "card": card,
            "department": variant.product.department,
            "goods": looks.goods(card),
            "ways": looks.ways(
                card,
                nearest,
                collect=who.collects,
                leaves_by=_leaves_by(now) if parcels else None,
                to_be_had=to_be_had,
                now=now,
            ),
            "facts": looks.facts(card),
            "rows": [
                looks.row(
                    each,
                    now,
                    far[each.location.id],
                    mine=each.location.code == who.store_code,
                )
                for each in shown
            ],
            "more_stores": len(offers) - len(shown),
            "as_of": min((o.as_of for o in offers if o.as_of), default=None),
            "instead": [] if to_be_had or card.weighed else _instead(price, now),
            "alert": None
            if card.weighed
            else alerting.offered(who, variant, offers, to_be_had=to_be_had),
            "customer": who.customer,
            "promises": promise(None, now),
            "data": _data(request, card, available=to_be_had),
            "collect": who.collects,
            "why_no_store": whys.no_store(who),
            "why_feed": whys.feed_has_an_age(who),
            "now": now,
        },
    )


@require_safe
def digital_link(request: HttpRequest, gtin: str) -> HttpResponse:
    """A GS1 Digital Link address, as the code on a package gives it."""
    try:
        return redirect("shop_product", gtin=valid(gtin))
    except BadGtin as error:
        raise Http404 from error


def _metres(here: Location | None, place: Location) -> int | None:
    """From the chosen store, as the crow flies; None where none is chosen."""
    if here is None or here.lat is None or here.lon is None or here == place:
        return None
    km = distance_km((here.lat, here.lon), place)
    return None if km is None else round(km * 1000)


def _instead(price: Price, now: datetime) -> list[Card]:
    """Others like it, of which something can be sent."""
    near, _ = cards_and_times(alike(price, now, 12), store=None, places=(), now=now)
    return [card for card in near if card.parcels][:6]


def _data(request: HttpRequest, card: Card, *, available: bool) -> str:
    """The product in the words of schema.org."""
    image = picture_url(card.product.image) if card.product.image else ""
    return jsonld.product(
        name=card.title,
        gtin=card.gtin,
        url=request.build_absolute_uri(request.path),
        brand=card.brand,
        image=request.build_absolute_uri(image) if image else "",
        category=card.product.department.name,
        amount=card.amount,
        currency=card.price.currency,
        available=available,
    )


def _leaves_by(now: datetime) -> datetime:
    """When a parcel ordered now has left the warehouse."""
    return promises.ready_by(warehouse(), now)
