"""What is sent is packed, except where packing would tell on it."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

__all__ = ["Packing"]


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
