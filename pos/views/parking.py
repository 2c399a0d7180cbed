"""Tickets put aside: the till puts one down, lists the store's, takes one up."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from inventory.money import ZERO
from inventory.quantities import MOST
from pos import parking
from pos.models import ParkedTicket
from pos.payloads import MAX_LINES
from pos.refusals import Problem
from pos.views.answers import (
    NotHere,
    NotJson,
    amount_of,
    body_of,
    by_of,
    endpoint,
    not_json,
    told,
)

MOST_BYTES = 100_000


@endpoint("GET", "POST")
def parked(request: HttpRequest) -> HttpResponse:
    """GET: those of the store. POST `{id, content: {lines, …}, customer, units, total}`."""
    till = request.till  # type: ignore[attr-defined]
    if request.method == "POST":
        try:
            asked = body_of(request)
            given = _given(asked)
        except NotJson:
            return not_json()
        except (KeyError, TypeError, ValueError, AttributeError, NotHere):
            return told(Problem(400, "invalid", _("This is not a ticket.")))
        if len(request.body) > MOST_BYTES:
            return told(Problem(413, "too-large", _("This ticket is too long.")))
        parking.park(till, by=by_of(request), **given)
    found = parking.parked_at(till)
    return JsonResponse({"results": [parked_body(each) for each in found]})


def _given(asked: Any) -> dict[str, Any]:
    """Raises KeyError, TypeError, ValueError, AttributeError, NotHere."""
    units, lines = asked["units"], asked["content"]["lines"]
    content = {"lines": lines, "coupons": asked["content"].get("coupons", [])}
    if type(units) is not int or not 1 <= units <= MOST * MAX_LINES:
        raise NotHere
    if not isinstance(lines, list) or not lines or not _storable(content):
        raise NotHere
    customer = asked.get("customer")
    return {
        "id": UUID(asked["id"]),
        "content": content,
        "customer_id": UUID(customer) if customer else None,
        "units": units,
        "total": amount_of(asked["total"], least=ZERO),
    }


def _storable(content: object) -> bool:
    """PostgreSQL knows no NUL, no half of a sign and no infinite number. Raises
    ValueError."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    return bool(text.encode()) and "\\u0000" not in text


@endpoint("POST")
def take_up(request: HttpRequest, id: UUID) -> HttpResponse:
    """What was on it, and who the customer was. 409 where another till was first."""
    till = request.till  # type: ignore[attr-defined]
    taken = parking.take_up(id, till=till, by=by_of(request))
    found = parking.parked_at(till)
    return JsonResponse(
        {
            "content": taken.content,
            "customer": taken.customer_id,
            "results": [parked_body(each) for each in found],
        }
    )


def parked_body(each: ParkedTicket) -> dict[str, Any]:
    return {
        "id": each.id,
        "till": each.till.name,
        "units": each.units,
        "total": f"{each.total:.2f}",
        "parked_at": each.parked_at,
        "by": each.by.partition(" ")[2],
    }
