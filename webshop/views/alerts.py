"""Asking to be told when something is back, and ending it: from the product's page, the
account, or the link of a letter."""

from __future__ import annotations

from uuid import UUID

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from inventory.models import Location, LocationKind, Variant
from retail import channels
from retail.alerts import asking
from retail.alerts.models import StockAlert
from retail.customers.own_rows import AlreadyErased
from retail.notices import links
from webshop.views.account import sign_in
from webshop.who import visitor


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """A customer's one click, or the address of anybody, who is then asked by letter."""
    gtin = request.POST.get("gtin", "")[:14]
    listed = Variant.objects.filter(
        listing__origin=channels.Channel.WEBSHOP, listing__active=True
    )
    variant = listed.filter(gtin=gtin).first()
    if variant is None:
        raise Http404
    code = request.POST.get("place", "")[:20]
    stores = Location.objects.filter(kind=LocationKind.STORE)
    place = stores.filter(code=code).first() if code else None
    if code and place is None:
        raise Http404
    back = redirect(f"{reverse('shop_product', args=[gtin])}#notify")
    language = (get_language() or "fr")[:2]
    customer = visitor(request).customer
    if customer is not None:
        try:
            with channels.atomic():
                kept = asking.ask(customer, variant, place, language=language)
        except AlreadyErased:
            kept = False
        if kept:
            messages.success(request, _("We write to you once it is back."))
        else:
            messages.warning(
                request, _("You wait for many things. End one in your account first.")
            )
        return back
    try:
        email = forms.EmailField(max_length=254).clean(request.POST.get("email"))
    except forms.ValidationError:
        messages.error(request, _("Write an e-mail address such as name@example.org."))
        return back
    if not ratelimit.consume(request, action="stock_alert"):
        messages.warning(request, _("Too many at once. Wait a minute and try again."))
        return back
    with channels.atomic():
        asking.ask_by_letter(email, variant, place, language=language)
    # the same words whatever is known of the address
    messages.success(
        request, _("Look into your mailbox and confirm: then we tell you, once.")
    )
    return back


@require_POST
def end(request: HttpRequest, id: UUID) -> HttpResponse:
    """A customer's own."""
    customer = visitor(request).customer
    if customer is None:
        return sign_in("shop_account")
    with channels.atomic():
        ended = asking.end(asking.waiting_of(customer).filter(id=id))
    if not ended:
        raise Http404
    messages.success(request, _("We do not write about it any more."))
    return redirect(f"{reverse('shop_account')}#waiting")


@csrf_exempt  # the address is the key, and a mailbox's own button posts here (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """What the address of this letter waits for. Looking changes nothing, because
    mailboxes look too: confirming and ending are buttons."""
    try:
        id, _number = links.opened(links.ALERT, token)
    except links.BadLink as error:
        raise Http404 from error
    alert = StockAlert.objects.filter(id=id).first()
    waiting = asking.waiting_at(alert.email if alert else "")
    if request.method == "POST":
        with channels.atomic():
            if request.POST.get("act") == "confirm":
                asking.confirm(id)
            elif one := _id(request.POST.get("end", "")):
                asking.end(waiting.filter(id=one))
            else:
                asking.end(waiting)
    return _page(request, list(waiting), id, done=request.method == "POST")


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _page(
    request: HttpRequest, waiting: list[StockAlert], id: UUID, *, done: bool
) -> HttpResponse:
    asked = next((a for a in waiting if a.id == id and not a.confirmed_at), None)
    given = {"waiting": waiting, "asked": asked, "done": done}
    response = render(request, "webshop/alert.html", given)
    patch_cache_control(response, private=True, no_store=True)
    # the address is the key: it is told to nobody else
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
