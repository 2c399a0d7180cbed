"""Refusals in the words of RFC 9457: what kind of problem, and the values it carries.

A verb refuses by raising an exception of its own; a view says in its `refusals` which
kind of problem that is; all kinds are in `kinds`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.views.defaults import server_error
from rest_framework import exceptions

from retail.channels import FeatureOff, refused
from retail.interfaces.kinds import KINDS, Kind

__all__ = ["KINDS", "Kind", "Problem", "Tell", "answer", "broken", "invalid"]

RETRY_AFTER = "2"  # seconds


class Problem(Exception):
    """Raise it, or give it back from a table of `refusals`. `values` are the refusal's
    own members; what is None is left out."""

    def __init__(
        self,
        slug: str,
        detail: str | Promise = "",
        *,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> None:
        super().__init__(slug)
        self.slug = slug
        self.detail = detail
        self.headers = dict(headers or {})
        self.values = {name: each for name, each in values.items() if each is not None}

    @property
    def status(self) -> int:
        return KINDS[self.slug].status

    def body(self) -> dict[str, Any]:
        kind = KINDS[self.slug]
        return {
            "type": f"/problems/{self.slug}",
            "title": str(kind.title),
            "status": kind.status,
            "detail": str(self.detail or kind.help),
            **self.values,
        }

    def response(self) -> HttpResponse:
        return HttpResponse(
            orjson.dumps(self.body(), default=str),
            status=self.status,
            content_type="application/problem+json",
            headers={"Cache-Control": "no-store", **self.headers},
        )


def invalid(**errors: str | Promise) -> Problem:
    """One or more fields are wrong; a dotted path is given as `**{"a.b": "…"}`."""
    return Problem("invalid", errors={name: str(text) for name, text in errors.items()})


Tell = Callable[[Any], Problem]


def answer(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """DRF's EXCEPTION_HANDLER. None raises `error` on: a write that a closed side
    refused is tried again by the outermost middleware, and what nobody expected is
    logged and answered by `broken`."""
    if refused(error):
        return None
    found = error if isinstance(error, Problem) else None
    if found is None:
        found = _of_view(error, context.get("view")) or _of_framework(error)
    return found.response() if found else None


def _of_view(error: Exception, view: Any) -> Problem | None:
    tell = getattr(view, "tell", None)
    return tell(error) if tell else None


def _of_framework(error: Exception) -> Problem | None:
    match error:
        case FeatureOff():
            return Problem("feature-off", feature=error.feature.value)
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return Problem(
                "unauthorized", headers={"WWW-Authenticate": 'Bearer realm="api"'}
            )
        case exceptions.PermissionDenied() | PermissionDenied():
            return Problem("forbidden")
        case exceptions.NotFound() | Http404():
            return Problem("not-found")
        case exceptions.MethodNotAllowed():
            return Problem("method-not-allowed")
        case exceptions.UnsupportedMediaType():
            return Problem("unsupported-media-type")
        case exceptions.ParseError() | exceptions.ValidationError():
            return Problem("invalid")
        case RequestDataTooBig():
            return Problem("too-large")
        case exceptions.Throttled():
            wait = str(ceil(getattr(error, "wait", None) or 1))
            return Problem("too-many-requests", headers={"Retry-After": wait})
        case OperationalError():
            # too many at once, or a database that is away: ids make a second try safe
            return Problem("unavailable", headers={"Retry-After": RETRY_AFTER})
    return None


def broken(request: HttpRequest) -> HttpResponse:
    """Django's handler500: a problem for programs, a page for people."""
    if request.path_info.startswith("/api/"):
        return Problem("server-error").response()
    return server_error(request)
