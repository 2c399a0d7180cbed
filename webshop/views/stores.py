"""Our stores, and the one where the visitor collects."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from inventory.models import Location, LocationKind
from retail import channels
from retail.channels import Feature
from retail.fulfilment.offering import places_with_terms, promised
from webshop import hours, whys
from webshop.who import STORE, visitor


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    who, now = visitor(request), timezone.now()
    customer = who.customer.id if who.customer else None
    found = Location.objects.filter(kind=LocationKind.STORE).order_by("name")
    # those where orders are collected; when, None while they take none
    ready = promised(places_with_terms(customer=customer), now)
    rows = [
        {
            "place": place,
            "hours": hours.week_in_words(place),
            "now": hours.now_in_words(place, now),
            "collect": place.id in ready,
            "ready_by": ready.get(place.id),
            "chosen": place.code == who.store_code,
        }
        for place in found
    ]
    return render(
        request, "webshop/stores.html", {"rows": rows, "why": whys.no_store()}
    )


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    who = visitor(request)
    code = request.POST.get("store", "")
    store = Location.objects.filter(
        code=code[:12].replace("\x00", ""), kind=LocationKind.STORE
    ).first()
    if store is None or not channels.on(
        Feature.WEB_TO_STORE,
        store=store.code,
        customer=who.customer.id if who.customer else None,
    ):
        messages.error(request, _("Nothing can be collected there. Choose a store."))
        return redirect("shop_stores")
    request.session[STORE] = store.code
    said = _("You collect in %(store)s.") % {"store": store.name}
    messages.success(request, said)
    onward = request.POST.get("next", "")
    ours = onward.startswith("/shop/") and url_has_allowed_host_and_scheme(onward, None)
    return redirect(onward if ours else "shop_home")
