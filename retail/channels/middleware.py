"""Pins the context of a request, waits out a switch of the dial, and tries once more
what a closed side refused."""

from __future__ import annotations

import contextvars
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from inventory.places import Channel
from retail.channels.closed_views import API, closed
from retail.channels.context import unpinned, use_channel, use_snapshot
from retail.channels.retries import forget_stale_plans, worth_a_second_try
from retail.channels.surfaces import surface_of
from retail.channels.waiting import Doorway

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
# Business that a switch run closes; the office stays open to watch it.
BUSINESS_PREFIXES = ("/shop", "/pos", "/warehouse", "/api", "/admin")
# What one try leaves on the request, and what the next must find gone.
LEFT_BEHIND = (
    "user",
    "_cached_user",
    "_acached_user",
    "_messages",
    "session",
    "csrf_processing_done",
    "resolver_match",
    "employee",
    "device",
    "visitor",
    "till",
    "pinned",
    "place",
)

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class PinContext:
    """Around the rest, so that the second try gets session, user and messages anew.

    While a switch run moves data, reads go on where the rows still are. What would
    write waits at the doorway for a few seconds, and then runs where its channel lives.
    A write that the fence refused or a deadlock undid, and whatever met a plan of
    before a migration, becomes a bare 503 inside (on 5xx the session saves nothing),
    and the request is tried once more in the same way. What the first try wrote to
    head office's database is not taken back.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.doorway = Doorway()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        until = time.monotonic() + settings.CLOSED_PATIENCE_SECONDS
        response = self.attempt(request, fresh=False, until=until)
        if not getattr(request, "fence_refused", False):
            return response
        response.close()
        if rewind(request) and self.doorway.passed(until=until):
            request.fence_refused = False  # type: ignore[attr-defined]
            response = self.attempt(request, fresh=True, until=until)
            if not getattr(request, "fence_refused", False):
                return response
            response.close()
        return closed(request)

    def attempt(
        self, request: HttpRequest, *, fresh: bool, until: float
    ) -> HttpResponseBase:
        surface = surface_of(request.path_info)
        if surface is None and not request.path_info.startswith(API):
            with unpinned():
                return self.get_response(request)
        with ExitStack() as stack:
            stack.enter_context(unpinned())
            pinned = stack.enter_context(use_snapshot(fresh=fresh))
            request.pinned = pinned  # type: ignore[attr-defined] # for the log
            if pinned.moving and would_write(request):
                if not self.doorway.passed(until=until):
                    return closed(request)
                stack.enter_context(use_snapshot())  # what the doorway saw last
            if surface is not None:
                # the office's own choice is read once its session is there
                channel = surface.channel or Channel.WEBSHOP
                stack.enter_context(use_channel(channel))
            response = self.get_response(request)
            if response.streaming and not getattr(response, "is_async", False):
                keep_context(cast(StreamingHttpResponse, response))
            return response

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        """Django turns a view's exception into a 500 before `__call__` could see it."""
        if not (worth_a_second_try(error) or forget_stale_plans(error)):
            return None
        request.fence_refused = True  # type: ignore[attr-defined]
        return HttpResponse(status=503)


class OfficeSide:
    """`/office/` and `/admin/` look at the side their session chose."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        surface = surface_of(request.path_info)
        if surface is None or surface.channel is not None:
            return self.get_response(request)
        with use_channel(side_of(request)):
            return self.get_response(request)


def side_of(request: HttpRequest) -> Channel:
    """The side this office session looks at."""
    told = request.session.get("side")
    return Channel(told) if told in Channel.values else Channel.WEBSHOP


def would_write(request: HttpRequest) -> bool:
    """Whether business rows may change: asked before anything was looked at."""
    path = request.path_info
    return request.method not in SAFE and any(
        path == each or path.startswith(each + "/") for each in BUSINESS_PREFIXES
    )


def keep_context(response: StreamingHttpResponse) -> None:
    """A streamed body runs after the middleware has left: lend it our context. Such
    views must not write, there is no second try for them."""
    context = contextvars.copy_context()
    parts = iter(cast("Iterator[bytes]", response.streaming_content))

    def steps() -> Iterator[bytes]:
        done = object()
        while (part := context.run(next, parts, done)) is not done:
            yield cast(bytes, part)

    response.streaming_content = steps()


def rewind(request: HttpRequest) -> bool:
    """Make the request as new; False when its body was read raw and is gone."""
    for name in LEFT_BEHIND:
        request.__dict__.pop(name, None)
    files: Any = getattr(request, "_files", None)
    if (
        getattr(request, "_read_started", False)
        and not hasattr(request, "_body")
        and files is None
    ):
        return False
    for _name, uploads in files.lists() if files else ():
        for upload in uploads:
            upload.seek(0)
    return True
