"""The visitor's own data: what they agreed to, all of it to take away, and its erasure."""

from __future__ import annotations

import io
import tempfile
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from inventory.ids import new_id
from inventory.places import Channel
from retail import channels
from retail.channels import Feature
from retail.customers import consents, erasing, exporting
from retail.customers.linking import rows_of
from retail.customers.models import Customer, Purpose
from retail.loyalty import points
from webshop import whys
from webshop.who import visitor

# Either is understood, whichever language the page is read in.
WORDS = {"en": "ERASE", "fr": "EFFACER"}
IN_MEMORY = 1 << 20  # bytes of an export; what is longer goes through a file


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    customer = visitor(request).customer
    if customer is None:
        return _sign_in()
    return _page(request, customer)


def _page(request: HttpRequest, customer: Customer, **more: Any) -> HttpResponse:
    told = consents.effective(customer)
    status = more.pop("status", 200)
    return render(
        request,
        "webshop/privacy.html",
        {
            "customer": customer,
            "asked": [_asked(told[purpose]) for purpose in Purpose],
            "unified": channels.on(Feature.UNIFIED_CUSTOMERS),
            "others": [r for r in rows_of(customer) if r.id != customer.id],
            "points": points.balance(customer).total,
            "word": WORDS[_language()],
            "language": _language(),
            "why_other": whys.other_file(),
            **more,
        },
        status=status,
    )


def _asked(told: consents.Effective) -> dict[str, Any]:
    """A purpose as the page asks it: what would be agreed to, and what holds now."""
    here = told.on(Channel.WEBSHOP)
    wording = here.wording if here else consents.CURRENT[told.purpose].id
    return {
        "id": new_id(),
        "purpose": told.purpose,
        "label": told.purpose.label,
        "wording": wording,
        "text": consents.wording_in(wording, _language()),
        "here": here,
        "stores": told.on(Channel.POS),
        "refused": told.refused,
    }


@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """A yes or a no to one purpose. The form carries its id: sent twice, it is one."""
    customer = visitor(request).customer
    if customer is None:
        return _sign_in()
    given = request.POST
    try:
        with channels.atomic():
            consents.record(
                customer,
                id=UUID(given.get("id", "")),
                purpose=Purpose(given.get("purpose", "")),
                granted=given.get("answer") == "yes",
                wording=given.get("wording", ""),
                language=given.get("language", ""),
                by=f"customer:{customer.id}",
            )
    except (ValueError, consents.UnknownWording):
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
        return _sign_in()
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
        return _sign_in()
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


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    """What was done, for somebody whom nobody knows any more."""
    return render(request, "webshop/erased.html")


def _sign_in() -> HttpResponse:
    here = urlencode({"next": reverse("shop_privacy")})
    return redirect(f"{reverse('account_login')}?{here}")


def _language() -> str:
    return "en" if (get_language() or "fr").startswith("en") else "fr"
