"""The till: its page, and what the app asks for while it sells."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from inventory.money import ZERO
from pos import articles, cutting, greeting, offers, parking, shifts, whys
from pos.models import Shift
from pos.refusals import Problem
from pos.views.answers import (
    NotHere,
    NotJson,
    amount_of,
    asked_text,
    body_of,
    endpoint,
    not_json,
    sent_code,
    till_of,
    told,
)
from pos.views.parking import parked_body
from pos.words import words
from retail import channels
from retail.customers import knowing
from retail.loyalty import gift_cards
from retail.loyalty.points import POINTS_FOR_ONE_EURO
from retail.photographs import picture_url
from retail.staff import look_ups
from retail.staff.models import Role
from retail.staff.permissions import staff_required


@never_cache
@require_safe
@staff_required(Role.CASHIER, Role.MANAGER)
def till(request: HttpRequest) -> HttpResponse:
    """The shell; the app in it asks for the rest. On a device of the store side that is
    no till: the way to the store's pages."""
    here = till_of(request)
    if here is None:
        return render(request, "pos/no_till.html", status=403)
    boot = {
        "bootstrap": reverse("pos_api_bootstrap"),
        "icons": static("retail/icons.svg"),
        "language": get_language(),
        "words": words(),
        "zone": here.location.timezone,
    }
    return render(request, "pos/till.html", {"till": here, "boot": boot})


@endpoint("GET")
def bootstrap(request: HttpRequest) -> HttpResponse:
    """All that the app needs to begin, and again after a reload."""
    till = request.till  # type: ignore[attr-defined]
    employee = request.employee  # type: ignore[attr-defined]
    shift = shifts.current(till.id)
    return JsonResponse(
        {
            "till": {
                "id": till.id,
                "name": till.name,
                "number": till.number,
                "location": {
                    "code": till.location.code,
                    "name": till.location.name,
                    "address": till.location.address,
                    "postcode": till.location.postcode,
                    "city": till.location.city,
                },
            },
            "employee": {
                "id": employee.id,
                "name": employee.first_name,
                "manager": employee.role == Role.MANAGER,
            },
            "shift": shift_body(shift),
            "next": {
                "number": till.last_number + 1,
                "previous_hash": till.last_hash,
            },
            "parked": [parked_body(each) for each in parking.parked_at(till)],
            "cut_limit": {
                "percent": int(cutting.LINE_SHARE * 100),
                "amount": f"{cutting.TICKET_LIMIT:.2f}",
            },
            "level": channels.level(),
            "features": {f.value: channels.on(f) for f in channels.Feature},
            "points_for_one_euro": POINTS_FOR_ONE_EURO,
            "gift_card": {
                "least": int(gift_cards.LEAST * 100),
                "most": int(gift_cards.MOST * 100),
            },
            "offers": [
                offers.offer_body(each)
                for each in offers.running(till.location, at=timezone.now())
            ],
            **tiles_body(articles.tiles(till)),
            "csrf": get_token(request),
            "urls": {
                "shift": reverse("pos_api_shift"),
                "cash": reverse("pos_api_cash"),
                "report": reverse("pos_api_report"),
                "close": reverse("pos_api_close"),
                "products": reverse("pos_api_products"),
                "customers": reverse("pos_api_customers"),
                "customer_file": reverse("pos_customers"),
                "pickups": reverse("pos_api_pickups"),
                "gift_cards": reverse("pos_api_gift_cards"),
                "offers": reverse("pos_api_offers"),
                "coupons": reverse("pos_api_coupons"),
                "quick_keys": reverse("pos_quick_keys"),
                "jobs": reverse("pos_store_board") + "job/",
                "tickets": reverse("pos_till") + "till/tickets/",
                "receipts": reverse("pos_api_receipts"),
                "parked": reverse("pos_api_parked"),
                "orders": reverse("pos_till") + "till/orders/",
                "approvals": reverse("pos_api_approvals"),
            },
        }
    )


@endpoint("POST")
def shift(request: HttpRequest) -> HttpResponse:
    """Opens the till for whoever signed in, with `cash` counted into its drawer.
    `instead_of`: the open shift of a colleague who has gone, which is closed first,
    uncounted; with a manager's word in `approval`, unless a manager asks."""
    till = request.till  # type: ignore[attr-defined]
    employee = request.employee  # type: ignore[attr-defined]
    try:
        asked = body_of(request)
        asked = asked if isinstance(asked, dict) else {}
        cash = amount_of(asked.get("cash", "0.00"), least=ZERO)
    except NotJson:
        return not_json()
    except NotHere:
        return told(Problem(400, "invalid", _("Say how much is in the drawer.")))
    open_now = shifts.current(till.id)
    named = open_now is not None and str(open_now.id) == asked.get("instead_of")
    if open_now and named and open_now.employee_id != employee.id:
        word = asked.get("approval")
        shifts.take_over(
            open_now,
            employee_id=employee.id,
            employee_name=employee.first_name,
            manager=employee.role == Role.MANAGER,
            approval=word if isinstance(word, str) else "",
        )
    opened = shifts.open_shift(
        till, employee_id=employee.id, employee_name=employee.first_name, cash=cash
    )
    return JsonResponse(shift_body(opened))


@endpoint("GET")
def products(request: HttpRequest) -> HttpResponse:
    found = articles.search(asked_text(request, "q"))
    return JsonResponse({"results": [article_body(each) for each in found]})


@endpoint("GET", "POST")
def customers(request: HttpRequest) -> HttpResponse:
    """Whom a card, phone, e-mail or name, the `code` of a body, means; or the one who
    was chosen, by `?id=`."""
    text = sent_code(request) if request.method == "POST" else ""
    if chosen := request.GET.get("id"):
        one = greeting.greet_one(chosen_id(chosen))
        found = [one] if one else []
    elif text:
        try:
            look_ups.note(request.employee, knowing.kind_of(text))  # type: ignore[attr-defined]
        except look_ups.TooManyLookUps as over:
            return told(_too_many(over))
        found = greeting.greet(text)
    else:
        found = []
    why = whys.stranger(text) if text and not found else None
    return JsonResponse({"results": [each.__dict__ for each in found], "why": why})


def _too_many(over: look_ups.TooManyLookUps) -> Problem:
    n = over.minutes
    told = ngettext(
        "You have looked up many customers in a short time. In %(n)s minute you can go"
        " on.",
        "You have looked up many customers in a short time. In %(n)s minutes you can go"
        " on.",
        n,
    )
    return Problem(429, "too-many-look-ups", told % {"n": n}, {"minutes": n})


def chosen_id(text: str) -> UUID:
    """Nobody's id where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def shift_body(shift: Shift | None) -> dict[str, Any] | None:
    if shift is None:
        return None
    return {
        "id": shift.id,
        "employee": shift.employee_id,
        "name": shift.employee_name,
        "opened_at": shift.opened_at,
    }


def tiles_body(tiles: articles.Tiles) -> dict[str, Any]:
    return {
        "keys": tiles.keys,
        "pages": [
            {
                "name": page.name,
                "tone": page.tone,
                "tiles": [article_body(each) for each in sold],
            }
            for page, sold in tiles.pages
        ],
        "tiles": [article_body(each) for each in tiles.often],
    }


def article_body(article: articles.Article) -> dict[str, Any]:
    priced = article.priced
    return {
        "gtin": priced.gtin,
        "title": priced.title,
        "brand": priced.brand,
        "size": priced.size,
        # the price is that of a kilo; `grams` where the scanned code told them
        "weighed": article.weighed,
        "grams": article.grams,
        "price": f"{priced.amount:.2f}",
        "former": f"{priced.former_amount:.2f}" if priced.former_amount else None,
        "tax_rate": f"{priced.tax_rate:.4f}",
        "department": priced.department_id,
        "image": picture_url(priced.image) if priced.image else "",
        "snap": priced.image_treatment == "snap",
        "icon": article.icon,
    }
