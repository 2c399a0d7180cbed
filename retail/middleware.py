"""What all requests have in common: a line in the log, and that what is sent is packed,
except where packing would tell on it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from retail.channels.surfaces import surface_of
from retail.logs import about

__all__ = ["Packing", "RequestLines"]

log = logging.getLogger("retail.requests")

METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}


class RequestLines:
    """Outermost: names the request by an id of the house's own, in every line that is
    logged meanwhile and in `X-Request-ID` of the answer, and says afterwards who asked
    for what kind of thing, and how long it took. No query, nothing that was sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        id = uuid4().hex
        request.META["REQUEST_ID"] = id  # for what Django says after all is done
        with about(request=id):
            response = self.get_response(request)
            response["X-Request-ID"] = id
            if log.isEnabledFor(logging.INFO):
                ms = round((time.perf_counter() - began) * 1000, 1)
                log.info("request", extra={"said": said(request, response, ms)})
        return response


def said(request: HttpRequest, response: HttpResponseBase, ms: float) -> dict[str, Any]:
    match = getattr(request, "resolver_match", None)  # none where the doors were closed
    surface = surface_of(request.path_info)
    key = getattr(request, "auth", None)
    pinned = getattr(request, "pinned", None)
    channel = key.channel if key else surface.channel if surface else None
    return {
        "method": request.method if request.method in METHODS else "other",
        "route": match.route if match else None,
        "status": response.status_code,
        "ms": ms,
        "actor": actor(request),
        "channel": channel,
        "dial": pinned.level if pinned else None,
        "epoch": pinned.epoch if pinned else None,
    }


def actor(request: HttpRequest) -> str:
    """Its kind. A user whom nobody looked up is not looked up for a line."""
    key = getattr(request, "auth", None)
    if key:
        return f"key:{key.scope}"
    if getattr(request, "employee", None):
        return "employee"
    user = request.__dict__.get("_cached_user")
    return "account" if user is not None and user.is_authenticated else "anonymous"


class Packing(GZipMiddleware):
    """Django's, which masks CSRF tokens and adds a random length against BREACH
    (CVE-2013-3587). What no cache may keep (a pickup code, an account, all pages of
    staff) goes as it is: a random length slows that attack, a page that is not packed
    ends it. The API knows a caller by a key that no browser sends by itself."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        private = "no-store" in response.get("Cache-Control", "")
        if private and not request.path_info.startswith("/api/"):
            return response
        packed: HttpResponseBase = super().process_response(request, response)
        return packed
