"""The visitor's own data: what they agreed to, all of it to take away, and its erasure."""

from __future__ import annotations

import io
import tempfile
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from inventory.places import Channel
from retail import channels
from retail.channels import Feature
from retail.customers import consent_forms, erasing, exporting
from retail.customers.linking import rows_of
from retail.customers.models import Customer
from retail.loyalty import points
from retail.staff.permissions import is_fresh
from webshop import whys
from webshop.views.account import sign_in
from webshop.who import visitor

# Either is understood, whichever language the page is read in.
WORDS = {"en": "ERASE", "fr": "EFFACER"}
IN_MEMORY = 1 << 20  # bytes of an export; what is longer goes through a file


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    customer = visitor(request).customer
    if customer is None:
        return sign_in("shop_privacy")
    return _page(request, customer)


def _page(request: HttpRequest, customer: Customer, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    return render(
        request,
        "webshop/privacy.html",
        {
            "customer": customer,
            "asked": consent_forms.questions(customer, Channel.WEBSHOP),
            "unified": channels.on(Feature.UNIFIED_CUSTOMERS),
            "others": [r for r in rows_of(customer) if r.id != customer.id],
            "points": points.balance(customer).total,
            "word": WORDS[consent_forms.language()],
            "language": consent_forms.language(),
            "why_other": whys.other_file(),
            "fresh": is_fresh(request),
            **more,
        },
        status=status,
    )


@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """A yes or a no to one purpose. The form carries its id: sent twice, it is one."""
    customer = visitor(request).customer
    if customer is None:
        return sign_in("shop_privacy")
    try:
        with channels.atomic():
            consent_forms.answer(customer, request.POST, by=f"customer:{customer.id}")
    except consent_forms.OutOfDate:
        messages.warning(request, _("This page was out of date. Please answer again."))
    else:
        messages.success(request, _("Your answer is kept, with its date."))
    return redirect("shop_privacy")


@never_cache
@require_safe
def download(request: HttpRequest) -> HttpResponseBase:
    """All that is known of the visitor, as a file."""
    customer = visitor(request).customer
    if customer is None:
        return sign_in("shop_privacy")
    if not is_fresh(request):
        return _not_fresh(request)
    now = timezone.now()
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 -- the response closes it
    text = io.TextIOWrapper(out, encoding="utf-8", write_through=True)
    exporting.write(customer, text, at=now)
    text.detach()
    out.seek(0)
    return FileResponse(
        out,
        as_attachment=True,
        filename=f"sarriette-{timezone.localdate(now):%Y-%m-%d}.json",
        content_type="application/json",
    )


@require_POST
def erase(request: HttpRequest) -> HttpResponse:
    """Wipes the visitor, once they typed the word."""
    customer = visitor(request).customer
    if customer is None:
        return sign_in("shop_privacy")
    if not is_fresh(request):
        return _not_fresh(request)
    typed = request.POST.get("word", "").strip().upper()
    if typed not in WORDS.values():
        return _page(request, customer, status=422, wrong_word=True)
    try:
        erasing.erase(customer, by=f"customer:{customer.id}")
    except erasing.StillOpen as refusal:
        return _page(request, customer, status=409, still_open=refusal.numbers)
    erasing.start_replay()
    logout(request)
    return redirect("shop_erased")


@require_POST
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Signs out, for a code to be answered anew; then back here."""
    logout(request)
    return sign_in("shop_privacy")


def _not_fresh(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("First sign in once more: this is for nobody but you."))
    return redirect("shop_privacy")


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    """What was done, for somebody whom nobody knows any more."""
    return render(request, "webshop/erased.html")
