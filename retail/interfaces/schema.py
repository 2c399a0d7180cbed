"""What the views' descriptions in OpenAPI have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from retail.interfaces.fields import ProblemSchema
from retail.interfaces.paging import MOST

Schema = type[serializers.Serializer[Any]]

PAGED = [
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST},
        description="24 unless given",
    ),
    OpenApiParameter("cursor", str, description="taken from `next`"),
]
SAYS = {
    400: "invalid: `errors` names each field",
    402: "payment-declined",
    403: "forbidden",
    404: "not-found: or somebody else's",
    409: "refused as things stand: `type` says why",
    413: "too-large",
    503: "closed for a moment: send the same again (Retry-After)",
}


class KeySchema(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Found by drf-spectacular because it is imported."""

    target_class = "retail.staff.api.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


def answers(
    schema: Schema,
    *problems: int,
    created: bool = False,
    requested: bool = False,
    public: bool = False,
) -> dict[Any, Any]:
    """200 with `schema`, also 201 or 202, and the problems of these statuses."""
    done = {200: schema}
    if created:
        done[201] = schema
    if requested:
        done[202] = schema
    return {**done, **_refused(problems, public=public)}


def ended(*problems: int) -> dict[Any, Any]:
    """204, for what is there no more, and the problems of these statuses."""
    return {204: None, **_refused(problems, public=False)}


def _refused(problems: Iterable[int], *, public: bool) -> dict[Any, Any]:
    refused = {401: "unauthorized", **({} if public else {403: SAYS[403]})}
    refused |= {status: SAYS[status] for status in problems}
    return {
        (status, "application/problem+json"): OpenApiResponse(ProblemSchema, says)
        for status, says in refused.items()
    }


def page_of(schema: Schema) -> Schema:
    """A cursor page of it."""
    name = schema.__name__.removesuffix("Schema") + "PageSchema"
    return type(
        name,
        (serializers.Serializer,),
        {
            "results": schema(many=True),
            "next": serializers.URLField(allow_null=True),
        },
    )
