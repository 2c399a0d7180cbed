"""The customer as a store's staff may see them: what the level lets this store know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from inventory.models import Location
from retail import channels
from retail.channels import Channel
from retail.customers import consent_forms, counter_facts, knowing
from retail.customers.models import Customer
from retail.customers.registering import own_row
from retail.fulfilment.mounts import Mount
from retail.fulfilment.work_permissions import at_work, by_of
from retail.interfaces.typed import one_line
from retail.loyalty.points import statement, value_of
from retail.staff import look_ups

LONGEST = 80
SHORTEST = 3  # a search of one letter would be a list of everybody
MOST_PURCHASES = 20
MOST_ENTRIES = 6  # of points


@dataclass(frozen=True)
class Masked:
    """As much as is needed to be sure whom one speaks with."""

    id: UUID
    name: str
    card: str
    phone: str
    origin: str


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_work
def show(request: HttpRequest, *, mount: Mount) -> HttpResponse:
    """The search, or by `?id=` one customer. What is searched for is a card, a phone or
    a name: it comes in the body, because addresses are written into logs."""
    place = request.place  # type: ignore[attr-defined]
    text = one_line(request.POST.get("q", ""), most=LONGEST)
    context: dict[str, Any] = {
        "mount": mount,
        "place": place,
        "here": "customers",
        "q": text,
        "too_short": 0 < len(text) < SHORTEST,
        "unified": channels.on(channels.Feature.UNIFIED_CUSTOMERS),
        "one_card": channels.on(channels.Feature.UNIFIED_LOYALTY),
        "collects": channels.on(channels.Feature.WEB_TO_STORE, store=place.code),
    }
    if request.method != "POST" and (chosen := request.GET.get("id")):
        return profile_page(request, chosen, context)
    found: list[Customer] = []
    if len(text) >= SHORTEST:
        asks = request.employee  # type: ignore[attr-defined]
        try:
            look_ups.note(asks, knowing.kind_of(text))
        except look_ups.TooManyLookUps as over:
            context["wait"] = over.minutes
            return render(request, "customers/counter.html", context, status=429)
        found = knowing.lookup(text=text)
    if len(found) == 1:
        return redirect(_page_of(found[0]))
    return render(
        request,
        "customers/counter.html",
        {
            **context,
            "found": [masked(each) for each in found],
            "web_card": bool(knowing.CARD.fullmatch(text)) and text[0] in "wW",
        },
    )


def profile_page(
    request: HttpRequest, chosen: str, context: dict[str, Any]
) -> HttpResponse:
    """404 for a customer whom this store may not know, as for nobody."""
    customer, profile = _known(chosen)
    wishes = counter_facts.wishes(profile.rows)
    bought = sorted(
        [*profile.orders, *profile.tickets], key=lambda each: each.at, reverse=True
    )
    return render(
        request,
        "customers/counter_profile.html",
        {
            **context,
            "profile": profile,
            "customer": masked(customer),
            "rows": [(masked(each), wishes.get(each.id, [])) for each in profile.rows],
            **(
                _of_the_web(profile.rows, context["place"])
                if context["unified"]
                else {}
            ),
            "entries": statement(customer, most=MOST_ENTRIES),
            "purchases": bought[:MOST_PURCHASES],
            "worth": value_of(profile.points.total),
            "parts": profile.points.parts,
            "asked": consent_forms.questions(customer, Channel.POS),
            "language": consent_forms.language(),
            "erased": customer.erased_at is not None,
        },
    )


def _of_the_web(rows: list[Customer], place: Location) -> dict[str, Any]:
    return {
        "pickups": counter_facts.open_pickups(rows, place),
        "basket": counter_facts.web_basket(rows),
    }


@require_POST
@at_work
def consent(request: HttpRequest, *, mount: Mount) -> HttpResponse:
    """What a customer who stands here answered. Kept on the stores' own row: who is
    known to the site alone gets one."""
    given = request.POST
    customer, _profile = _known(given.get("customer", ""))
    try:
        with channels.atomic():
            consent_forms.answer(
                own_row(customer, Channel.POS), given, by=by_of(request)
            )
    except consent_forms.OutOfDate:
        messages.warning(request, _("This page was out of date. Please answer again."))
    else:
        messages.success(request, _("The answer is kept, with its date and your name."))
    return redirect(_page_of(customer))


def _page_of(customer: Customer) -> str:
    return f"{reverse('pos_customers')}?id={customer.id}"


def _known(chosen: str) -> tuple[Customer, knowing.Profile]:
    try:
        customer = Customer.objects.get(id=UUID(chosen))
        return customer, knowing.profile(customer)
    except (ValueError, Customer.DoesNotExist, knowing.NotKnownHere) as error:
        raise Http404 from error


def masked(customer: Customer) -> Masked:
    last = f" {customer.last_name[0]}." if customer.last_name else ""
    return Masked(
        id=customer.id,
        name=f"{customer.first_name}{last}".strip(),
        card=f"{customer.card[:2]}•••• {customer.card[-4:]}" if customer.card else "",
        phone=f"•• {customer.phone[-2:]}" if customer.phone else "",
        origin=customer.origin,
    )
