"""What the shop knows of its customer, and what they change of it themselves."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from inventory.places import Channel
from retail import channels
from retail.alerts.asking import waiting_of
from retail.channels import Feature
from retail.customers import consent_forms
from retail.customers.addresses import first_of
from retail.customers.changing import change, prefer
from retail.customers.knowing import profile
from retail.customers.phones import shown
from retail.loyalty import points
from webshop import whys
from webshop.account_forms import WANTED, Preferences, Profile
from webshop.promising import places_for
from webshop.who import visitor

NEWEST = 8  # entries of points on the account's page
PER_PAGE = 25


def sign_in(name: str) -> HttpResponse:
    """To the sign-in page, and back to the page of this name."""
    here = urlencode({"next": reverse(name)})
    return redirect(f"{reverse('account_login')}?{here}")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    who = visitor(request)
    if who.customer is None:
        return sign_in("shop_account")
    known = profile(who.customer)
    bought = sorted([*known.orders, *known.tickets], key=lambda p: p.at, reverse=True)
    return render(
        request,
        "webshop/account.html",
        {
            "customer": who.customer,
            "known": known,
            "bought": bought,
            "orders": {order.id for order in known.orders},
            "statement": points.statement(who.customer, most=NEWEST),
            "address": first_of(who.customer),
            "waiting": list(waiting_of(who.customer)),
            "euro": points.POINTS_FOR_ONE_EURO,
            "worth": points.value_of(known.points.total),
            "unified": channels.on(Feature.UNIFIED_CUSTOMERS),
            "why_stranger": whys.stranger_in_store(),
            "why_card": whys.other_card(),
            "why_points": whys.stranded_points(),
        },
    )


@never_cache
@require_safe
def points_page(request: HttpRequest) -> HttpResponse:
    """Every entry and what there was after it, some at a time."""
    customer = visitor(request).customer
    if customer is None:
        return sign_in("shop_points")
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    number = max(number, 1)
    found = points.statement(customer, most=PER_PAGE + 1, skip=(number - 1) * PER_PAGE)
    total = points.balance(customer).total
    return render(
        request,
        "webshop/points.html",
        {
            "statement": found[:PER_PAGE],
            "number": number,
            "older": number + 1 if len(found) > PER_PAGE else None,
            "newer": number - 1,
            "total": total,
            "worth": points.value_of(total),
            "unified": channels.on(Feature.UNIFIED_LOYALTY),
            "why_points": whys.stranded_points(),
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile_page(request: HttpRequest) -> HttpResponse:
    customer = visitor(request).customer
    if customer is None:
        return sign_in("shop_profile")
    first = {
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "phone": shown(customer.phone),
    }
    form = Profile(request.POST if request.method == "POST" else None, initial=first)
    if form.is_valid():
        with channels.atomic():
            change(customer, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("shop_account")
    return render(
        request,
        "webshop/profile.html",
        {
            "form": form,
            "customer": customer,
            "unified": channels.on(Feature.UNIFIED_CUSTOMERS),
        },
        status=422 if form.is_bound else 200,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Letters, store and way of this customer; what they allowed beside it is shown."""
    who = visitor(request)
    customer = who.customer
    if customer is None:
        return sign_in("shop_preferences")
    stores = [(each.code, each.name) for each in places_for(who)]
    usual = customer.usual_store
    if usual and usual not in dict(stores):  # closed to the web for now: still theirs
        stores.append((usual, usual))
    first = {
        "language": customer.language,
        "receives": customer.receives,
        "usual_store": usual,
        "wanted": [name for name, _label in WANTED if name not in customer.unwanted],
    }
    posted = request.POST if request.method == "POST" else None
    form = Preferences(posted, initial=first, stores=stores)
    if form.is_valid():
        with channels.atomic():
            prefer(
                customer,
                language=form.cleaned_data["language"],
                usual_store=form.cleaned_data["usual_store"],
                receives=form.cleaned_data["receives"],
                unwanted=form.unwanted,
            )
        messages.success(request, _("Saved."))
        return redirect("shop_preferences")
    return render(
        request,
        "webshop/preferences.html",
        {
            "form": form,
            "asked": consent_forms.questions(customer, Channel.WEBSHOP),
        },
        status=422 if form.is_bound else 200,
    )
