"""A session and a CSRF cookie per surface: shop, till, warehouse and office.

In one browser a customer, a cashier and the head office can be signed in side by side,
and no sign-in is taken for another. A cookie's name is no boundary (a shop session's key
sent under the office cookie's name would be accepted), so the surface is written
into the session and checked when it is read. This module is also the SESSION_ENGINE.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

from inventory.places import Channel

KEY = "surface"


@dataclass(frozen=True, slots=True)
class Surface:
    """`channel` None: the side is chosen in the page's header."""

    name: str
    prefixes: tuple[str, ...]
    channel: Channel | None

    @property
    def session_cookie(self) -> str:
        return f"{self.name}_session"

    @property
    def csrf_cookie(self) -> str:
        return f"{self.name}_csrf"

    @property
    def path(self) -> str:
        """The cookies' path. Without a closing slash `/shop` itself is covered."""
        return self.prefixes[0] if len(self.prefixes) == 1 else "/"


SURFACES = (
    Surface("shop", ("/shop",), Channel.WEBSHOP),
    Surface("pos", ("/pos",), Channel.POS),
    Surface("warehouse", ("/warehouse",), Channel.WEBSHOP),
    Surface("office", ("/office", "/admin"), None),
)


def surface_of(path: str) -> Surface | None:
    """None for the API (keys, no cookies), health, and the demo's front page."""
    for surface in SURFACES:
        for prefix in surface.prefixes:
            if path == prefix or path.startswith(prefix + "/"):
                return surface
    return None


class SessionStore(db.SessionStore):
    """A session of one surface; one of another surface is as good as none."""

    def __init__(self, session_key: str | None = None, surface: str = "") -> None:
        super().__init__(session_key)
        self.surface = surface

    def load(self) -> dict[str, Any]:
        found = super().load()
        if found and found.get(KEY, "") != self.surface:
            self._session_key = None
            return {}
        return found

    def encode(self, session_dict: dict[str, Any]) -> str:
        return super().encode({**session_dict, KEY: self.surface})


def rename(
    cookie: str, surface: Surface, name: str, response: HttpResponseBase
) -> None:
    """Give the cookie that Django just set the surface's name and path."""
    morsel = response.cookies.pop(cookie, None)
    if morsel is None:
        return
    response.cookies[name] = morsel.value
    for attribute, value in morsel.items():
        if value:
            response.cookies[name][attribute] = value
    response.cookies[name]["path"] = surface.path


class SurfaceSessions(SessionMiddleware):
    """Django's sessions under the surface's own cookie."""

    def process_request(self, request: HttpRequest) -> None:
        surface = surface_of(request.path_info)
        if surface is None:
            # kept in memory and never asked for again: these paths have no cookie
            request.session = SessionStore(None)
            return
        key = request.COOKIES.get(surface.session_cookie)
        request.session = SessionStore(key, surface.name)

    def process_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        surface = surface_of(request.path_info)
        if surface is None:
            return response
        # The parent knows one name: lend it ours, then rename what it set.
        standard = settings.SESSION_COOKIE_NAME
        seen = request.COOKIES
        lent = {name: value for name, value in seen.items() if name != standard}
        if surface.session_cookie in seen:
            lent[standard] = seen[surface.session_cookie]
        request.COOKIES = lent
        try:
            response = super().process_response(request, response)
        finally:
            request.COOKIES = seen
        rename(standard, surface, surface.session_cookie, response)
        return response


class SurfaceCsrf(CsrfViewMiddleware):
    """Django's CSRF check with a cookie per surface.

    Cookies, not sessions: a page with a form must not write a session row for every
    visitor and robot.
    """

    # Django's own seams for where the secret is kept; its type stubs leave them out.

    def _get_secret(self, request: HttpRequest) -> str | None:
        surface = surface_of(request.path_info)
        if surface is None:
            return self.kept(request)
        standard = settings.CSRF_COOKIE_NAME
        seen = request.COOKIES
        lent = {name: value for name, value in seen.items() if name != standard}
        if surface.csrf_cookie in seen:
            lent[standard] = seen[surface.csrf_cookie]
        # for the whole request: Django's own admin looks once more, for the one name
        # that it knows, and would find another surface's secret there
        request.COOKIES = lent
        return self.kept(request)

    def kept(self, request: HttpRequest) -> str | None:
        secret: str | None = super()._get_secret(request)  # type: ignore[misc]
        return secret

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Under the surface's name, whoever has set it."""
        answer: HttpResponseBase = super().process_response(request, response)
        surface = surface_of(request.path_info)
        if surface is not None:
            rename(settings.CSRF_COOKIE_NAME, surface, surface.csrf_cookie, answer)
        return answer
