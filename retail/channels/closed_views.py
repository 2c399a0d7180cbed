"""What is answered while business is closed for a moment: 503, and how to come again.

A form comes again by itself: its answer is a page that holds what was sent, with the
ids that make a second sending the same act. Rendered outside of every other middleware.
"""

from __future__ import annotations

from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

RETRY_AFTER = 2  # seconds
API = "/api/"
FORM = "application/x-www-form-urlencoded"
# Never written into a page, whatever a form calls it in full: `new_password`, `pin`.
SECRET = {"password", "pin", "code", "otp", "secret", "card"}
OURS = "csrfmiddlewaretoken"  # a secret of this browser, sent back to it unchanged
MOST = 100_000  # characters of a form that are worth keeping in a page


def closed(request: HttpRequest) -> HttpResponse:
    """503: the same request may be sent again, nothing of it was taken in."""
    if request.path_info.startswith(API) or wants_json(request):
        response: HttpResponse = JsonResponse(
            {
                "type": "/problems/closed",
                "title": "Closed for a moment",
                "status": 503,
                "detail": "Data is being moved. Send the same request again.",
            },
            status=503,
            content_type="application/problem+json",
        )
    elif request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=503)  # the page sends it again: see ui.js
    else:
        response = page(request)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def page(request: HttpRequest) -> HttpResponse:
    again = sent_again(request)
    told = {
        "address": back(request) if again is None else request.get_full_path(),
        "method": "post" if request.method == "POST" else "get",
        "fields": again,
        "seconds": RETRY_AFTER,
    }
    with translation.override(translation.get_language_from_request(request)):
        response = HttpResponse(render_to_string("503.html", told), status=503)
    # the middleware that writes these is further in
    response["Content-Security-Policy"] = build_policy()
    response["X-Content-Type-Options"] = "nosniff"
    return response


def sent_again(request: HttpRequest) -> list[tuple[str, str]] | None:
    """Names and values to send once more; None where a person must do it again.

    Only what this house's own page sent. Another site's form, kept here, would go out
    again as ours, with the cookies that the browser did not give to that site. The
    token against such forms is repeated as it came, and never made anew.
    """
    if request.method in {"GET", "HEAD"}:
        return [(k, v) for k, values in request.GET.lists() for v in values]
    if request.method != "POST" or request.content_type != FORM or is_foreign(request):
        return None
    fields = [(k, v) for k, values in request.POST.lists() for v in values]
    if not fields or any(is_secret(name) for name, _ in fields):
        return None
    return fields if sum(len(k) + len(v) for k, v in fields) <= MOST else None


def is_secret(name: str) -> bool:
    words = name.lower().replace("-", "_").split("_")
    return name != OURS and not SECRET.isdisjoint(words)


def is_foreign(request: HttpRequest) -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return True
    origin = request.headers.get("Origin")
    return origin is not None and origin != f"{request.scheme}://{request.get_host()}"


def back(request: HttpRequest) -> str:
    """The page that the person was on: the address of a form may take no GET."""
    asked = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()})
    return asked if asked and ours else "/"


def wants_json(request: HttpRequest) -> bool:
    return request.content_type == "application/json" or request.headers.get(
        "Accept", ""
    ).startswith("application/json")
