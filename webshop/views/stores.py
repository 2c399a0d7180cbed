"""Our stores, and the one where the visitor collects."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from inventory.models import Location, LocationKind
from retail import channels
from retail.channels import Feature
from retail.formatting import span
from retail.fulfilment.closing_words import coming, day_in_words
from retail.fulfilment.closings import has_closed, today_at
from retail.fulfilment.offering import promised
from retail.fulfilment.terms import Terms, terms_in
from retail.interfaces.typed import one_line
from webshop import atlas, finder, hours, jsonld, whys
from webshop.assortments import assortment
from webshop.promising import places_for
from webshop.who import STORE, Visitor, visitor

A_PAGE = 24
LONGEST = 80
NEAREST = 8  # around a place that was asked for: what a map can show


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """All stores, or those around a place, with a map. `?q=` a postcode or town, `open=1`
    only those open now."""
    who, now = visitor(request), timezone.now()
    asked = one_line(request.GET.get("q", ""), most=LONGEST)
    spot = finder.spot_of(asked) if asked else None
    stores = [
        each
        for each in Location.objects.filter(kind=LocationKind.STORE)
        if not has_closed(each, now)
    ]
    only_open = request.GET.get("open") == "1"
    found = finder.by_distance(
        (each for each in stores if not only_open or hours.is_open(each, now)), spot
    )
    shown = Paginator(found, NEAREST if spot else A_PAGE).get_page(
        request.GET.get("page")
    )
    given = {
        "asked": asked,
        "spot": spot,
        "unknown": bool(asked) and spot is None,
        "only_open": only_open,
        "page": shown,
        "rows": _rows(list(shown), who, now),
        "chart": _chart([place for place, _ in shown], spot, shown.start_index()),
        "why": whys.no_store(who),
    }
    return render(request, "webshop/stores.html", given)


@require_safe
def store(request: HttpRequest, code: str) -> HttpResponse:
    """One store: where, when, how one collects there and what it has."""
    who, now = visitor(request), timezone.now()
    place = Location.objects.filter(
        code=one_line(code, most=12), kind=LocationKind.STORE
    ).first()
    if place is None:
        raise Http404
    row = _rows([(place, None)], who, now)[0]
    terms: Terms | None = row["terms"]  # where orders are collected
    given = {
        **row,
        "holidays": hours.holidays_in_words(place, now),
        "closings": coming(place, now),
        "closes": day_in_words(place.closed_on, today_at(place, now))
        if place.closed_on
        else "",
        "gone": has_closed(place, now),
        "lead": span(timedelta(minutes=place.lead_minutes)),
        "slot": span(timedelta(minutes=terms.slot_minutes)) if terms else "",
        "cut_off": hours.hour_of(terms.cut_off) if terms and terms.cut_off else "",
        "goods": assortment(place, terms, now) if terms else [],
        "chart": _chart([place], None),
        "data": jsonld.store(place, request.build_absolute_uri(), now),
        "why": whys.no_store(who),
    }
    return render(request, "webshop/store.html", given)


def _rows(
    places: list[tuple[Location, float | None]], who: Visitor, now: datetime
) -> list[dict[str, Any]]:
    """What a list or a page shows of each. Two queries, one where nothing is
    collected."""
    wanted = {place.id for place, _ in places}
    with_terms = [place for place in places_for(who) if place.id in wanted]
    # those where orders are collected; when, None while they take none
    ready = promised(with_terms, now)
    terms = {place.id: terms_in(place) for place in with_terms}
    return [
        {
            "place": place,
            "metres": round(distance * 1000) if distance is not None else None,
            "hours": hours.week_in_words(place),
            "now": hours.now_in_words(place, now),
            "open": hours.is_open(place, now),
            "collect": place.id in ready,
            "ready_by": ready.get(place.id),
            "terms": terms.get(place.id),
            "chosen": place.code == who.store_code,
        }
        for place, distance in places
    ]


def _chart(
    places: list[Location], spot: finder.Spot | None, first: int = 1
) -> atlas.Chart:
    named = [
        (
            place.name,
            None if place.lat is None or place.lon is None else (place.lat, place.lon),
        )
        for place in places
    ]
    return atlas.chart(named, spot.near if spot else None, first=first)


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    who = visitor(request)
    code = request.POST.get("store", "")
    store = Location.objects.filter(
        code=one_line(code, most=12), kind=LocationKind.STORE
    ).first()
    if (
        store is None
        or has_closed(store, timezone.now())
        or not channels.on(
            Feature.WEB_TO_STORE,
            store=store.code,
            customer=who.customer.id if who.customer else None,
        )
    ):
        messages.error(request, _("Nothing can be collected there. Choose a store."))
        return redirect("shop_stores")
    request.session[STORE] = store.code
    said = _("You collect in %(store)s.") % {"store": store.name}
    messages.success(request, said)
    onward = request.POST.get("next", "")
    ours = onward.startswith("/shop/") and url_has_allowed_host_and_scheme(onward, None)
    return redirect(onward if ours else "shop_home")
