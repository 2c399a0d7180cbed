"""Coming for the goods, as its customer says it: on the way, here, kept longer, somebody
else, another hour. A form names the promise it is about; without a name it is the one
that the act fits."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from retail import channels
from retail.customers import changing
from retail.formatting import day, slot
from retail.fulfilment import asking, slots, visits
from retail.fulfilment.asking import AlreadyAsked, NotAskable
from retail.fulfilment.models import Fulfilment, Method
from retail.fulfilment.slots import SlotFull
from retail.fulfilment.terms import terms_of
from retail.fulfilment.visits import TooManyCollectors
from retail.orders.models import Order
from retail.staff.permissions import is_fresh
from webshop import parts, progress
from webshop.views.orders import already_asked, order_of, promise_in, say, typed
from webshop.who import visitor


@require_POST
def check_in(request: HttpRequest, id: UUID) -> HttpResponse:
    """I'm here: the store's board shows it on top."""
    return _done(
        request,
        id,
        lambda promise, by: visits.ask_check_in(promise, place=_place(request), by=by),
        fits={"ready", "checked_in"},
        done=_("The store knows that you are here."),
        too_late=_("Your order is not ready to be collected."),
    )


@require_POST
def on_way(request: HttpRequest, id: UUID) -> HttpResponse:
    asked = request.POST.get("minutes", "")
    minutes = int(asked) if asked.isdecimal() else 0
    if minutes not in visits.ON_WAY_MINUTES:
        messages.error(request, _("Say in how many minutes you will be there."))
        return redirect("shop_order", id=order_of(request, id)[0].id)
    return _done(
        request,
        id,
        lambda promise, by: visits.tell_on_way(
            promise, minutes=minutes, place=_place(request), by=by
        ),
        fits=visits.WAITS,
        done=_("The store expects you."),
        told=_("We tell the store that you are on the way."),
        too_late=_("Your order is not ready to be collected."),
    )


@require_POST
def extend(request: HttpRequest, id: UUID) -> HttpResponse:
    return _done(
        request,
        id,
        lambda promise, by: visits.ask_extension(promise, by=by),
        fits={"ready"},
        done=_("The store keeps it longer."),
        too_late=_("It can no longer be kept for you."),
    )


@require_POST
def collector(request: HttpRequest, id: UUID) -> HttpResponse:
    """Somebody else collects; an empty name takes it back. Where the customer's number
    changed lately, they answer the code of a letter again before."""
    name = typed(request, "name", 80)
    customer = visitor(request).customer
    if name and customer and changing.lately(customer) and not is_fresh(request):
        return _again(request, id)
    return _done(
        request,
        id,
        lambda promise, by: visits.ask_collector(promise, name, by=by),
        fits=visits.NOT_YET_HERE,
        done=_("%(name)s may collect it.") % {"name": name}
        if name
        else _("Only you can collect it now."),
        too_late=_("It is too late to change who collects."),
    )


def _again(request: HttpRequest, id: UUID) -> HttpResponse:
    logout(request)
    messages.warning(
        request,
        _(
            "Your phone number changed lately. To protect your order we send you a code"
            " once more; then you can name who collects."
        ),
    )
    here = urlencode({"next": reverse("shop_order", args=[id])})
    return redirect(f"{reverse('account_login')}?{here}")


@require_http_methods(["GET", "HEAD", "POST"])
def hour(request: HttpRequest, id: UUID) -> HttpResponse:
    """Another hour to come: a page to choose it, and the choice."""
    if request.method == "POST":
        wanted = parse_datetime(request.POST.get("slot", ""))
        if wanted is not None and wanted.tzinfo is not None:
            return _move(request, id, wanted)
        messages.error(request, _("Choose an hour."))
    order, _by = order_of(request, id)
    promise = _fitting(
        request.GET.get("promise", ""),
        progress.promises_of(order),
        visits.NOT_YET_HERE,
    )
    if promise is None or promise.slot_start is None:
        messages.error(request, _("It is too late to change the hour."))
        return redirect("shop_order", id=order.id)
    given = {
        "order": order,
        "promise": promise,
        "now_at": parts.hour_of(promise, timezone.now()),
        "days": _days(promise),
    }
    response = render(request, "webshop/hour.html", given)
    patch_cache_control(response, private=True, no_store=True)
    return response


def _move(request: HttpRequest, id: UUID, wanted: datetime) -> HttpResponse:
    return _done(
        request,
        id,
        lambda promise, by: visits.ask_slot(promise, wanted, by=by),
        fits=visits.NOT_YET_HERE,
        done=_("The store expects you at the new hour."),
        too_late=_("It is too late to change the hour."),
    )


def _days(promise: Fulfilment) -> list[dict[str, Any]]:
    """The hours that may be chosen, by day. 2 queries."""
    now = timezone.now()
    place = promise.location
    terms = terms_of([place])[place.id]
    ready_by = max(promise.ready_by or now, now)
    found: dict[str, list[dict[str, Any]]] = {}
    for each in slots.slots(place, terms, now, ready_by=ready_by):
        found.setdefault(day(each.starts_at, now=now, long=True), []).append(
            {
                "value": each.starts_at.isoformat(),
                "title": slot(each.starts_at, each.ends_at),
                "mine": each.starts_at == promise.slot_start,
                "full": not each.free and each.starts_at != promise.slot_start,
            }
        )
    return [{"day": name, "slots": rows} for name, rows in found.items()]


def _done(
    request: HttpRequest,
    id: UUID,
    verb: Callable[[Fulfilment, str], str],
    *,
    fits: Iterable[str],
    done: str,
    too_late: str,
    told: str = "",
) -> HttpResponse:
    order, by = order_of(request, id)
    try:
        with channels.atomic():
            answer = verb(_locked(request, order, fits), by)
    except NotAskable:
        messages.error(request, too_late)
    except AlreadyAsked:
        messages.error(request, already_asked())
    except SlotFull:
        messages.error(request, _("That hour has just filled up. Choose another."))
    except TooManyCollectors:
        messages.error(
            request, _("The collector was changed too often. Please call the store.")
        )
    else:
        if answer != "done" and told:
            messages.info(request, told)
        else:
            say(request, answer, done=done)
    return redirect("shop_order", id=order.id)


def _locked(request: HttpRequest, order: Order, fits: Iterable[str]) -> Fulfilment:
    """Raises NotAskable."""
    promises = asking.lock_all(order.id)
    named = promise_in(request, promises)
    found = named or _fitting("", promises, fits)
    if found is None:
        raise NotAskable(promises[0].status if promises else "")
    return found


def _fitting(
    wanted: str, promises: list[Fulfilment], fits: Iterable[str]
) -> Fulfilment | None:
    for promise in promises:
        named = not wanted or str(promise.id) == wanted
        if named and promise.method == Method.COLLECT and promise.status in fits:
            return promise
    return None


def _place(request: HttpRequest) -> str:
    """At the door, or where in the car park, in words that the store reads."""
    where = typed(request, "place", 60)
    if request.POST.get("where") == "park":
        park = _("car park")
        return f"{park}, {where}"[:60] if where else park
    return where
