"""What every view of the API has in common: who may ask, how it answers and refuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import orjson
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from inventory.places import Channel
from retail.channels import pin
from retail.interfaces.parsing import body_of
from retail.interfaces.problems import Problem, Tell, invalid
from retail.interfaces.reading import Reading
from retail.staff.api import HasScope
from retail.staff.models import ApiKey, Scope

EVERY_SCOPE = tuple(Scope)
MOST_QUERY = 200  # characters of one value in a query


class OnlyJson(BaseContentNegotiation):
    """The API speaks JSON, whatever else is asked for."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """`scopes` say whose keys may ask; a `public` view answers anybody, as the webshop
    where no key says otherwise. `refusals` say of a verb's exceptions which problem
    they are, subclasses before their bases.

    Headers, cookies and queries that name a level or a database mean nothing: the key
    has its channel, and the dial knows the rest.
    """

    scopes: Sequence[Scope] = ()
    public = False
    refusals: Sequence[tuple[type[Exception], Tell]] = ()
    content_negotiation_class = OnlyJson

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny()] if self.public else [HasScope()]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.auth is None:
            pin(Channel.WEBSHOP)

    def tell(self, error: Exception) -> Problem | None:
        """The problem that an exception of a verb is."""
        for kind, told in self.refusals:
            if isinstance(error, kind):
                return told(error)
        return None


def key_of(request: Request) -> ApiKey:
    """Only where a key was needed."""
    return cast(ApiKey, request.auth)


def maker_of(request: Request) -> str:
    """Who acts, as orders and events keep it."""
    return f"key:{key_of(request).id}"


def reading_of(request: Request) -> Reading:
    """The body, to be read field by field. Raises Problem."""
    return Reading(body_of(request._request))


def query(request: Request, name: str) -> str:
    """A value of the query, empty where there is none. Raises Problem."""
    value = request._request.GET.get(name, "").strip()
    if len(value) > MOST_QUERY or (value and not value.isprintable()):
        raise invalid(**{name: _("This is not readable.")})
    return value


def told(
    body: Any, *, status: int = 200, headers: dict[str, str] | None = None
) -> HttpResponse:
    """UUIDs and lists, dictionaries, texts and numbers; money and times are made by
    `fields`."""
    return HttpResponse(
        orjson.dumps(body),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )
