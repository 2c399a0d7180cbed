"""Who is signed in on this surface, and what its pages may load."""

from __future__ import annotations

from csp.middleware import CSPMiddleware, PolicyParts
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from retail.channels.surfaces import surface_of

# The table editor brings its own scripts' style of evaluating attributes, the API's
# reader its own styles.
OPENED = {
    "/admin/": {"script-src": ["'unsafe-eval'"], "style-src": ["'unsafe-inline'"]},
    "/api/v1/docs/": {"style-src": ["'unsafe-inline'"]},
}


class SurfaceAuthentication(AuthenticationMiddleware):
    """Django's `request.user`, where the surface has sessions at all."""

    def process_request(self, request: HttpRequest) -> None:
        if surface_of(request.path_info) is None:
            request.user = AnonymousUser()
            return
        super().process_request(request)


class ContentSecurity(CSPMiddleware):
    """django-csp's header, opened for what others have written alone."""

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        for prefix, more in OPENED.items():
            if request.path_info.startswith(prefix) and not report_only:
                parts.update = {**(parts.update or {}), **more}
        return parts
