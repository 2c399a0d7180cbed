"""Tickets put aside: the till puts one down, lists the store's, takes one up."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from inventory.money import ZERO
from inventory.quantities import MOST
from pos import approving, parking
from pos.models import ParkedTicket, Till
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
    """GET: those of the store. POST `{id, content: {lines, coupons, approval}, customer,
    units, total}`."""
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
    word = asked["content"].get("approval")
    if isinstance(word, str) and word:
        content["approval"] = word
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
    """`{ticket}`: the id that it goes on under. What was on it, who the customer was,
    and what a manager agreed to, for that ticket at this till. 409 where another till
    was first."""
    till = request.till  # type: ignore[attr-defined]
    try:
        asked = body_of(request).get("ticket")
        ticket = UUID(asked) if asked else None  # an app of before says none
    except NotJson:
        return not_json()
    except (TypeError, ValueError, AttributeError):
        return told(Problem(400, "invalid", _("This is not a ticket.")))
    taken = parking.take_up(id, till=till, by=by_of(request))
    found = parking.parked_at(till)
    content = dict(taken.content)
    word = content.pop("approval", "")
    return JsonResponse(
        {
            "content": content,
            "customer": taken.customer_id,
            "approval": _carried(word, taken, till, ticket),
            "results": [parked_body(each) for each in found],
        }
    )


def _carried(word: str, taken: ParkedTicket, till: Till, ticket: UUID | None) -> str:
    """Empty where nobody agreed, or for another ticket: then a manager is asked."""
    if not word or ticket is None:
        return ""
    try:
        return approving.carried(
            word,
            till_id=taken.till_id,
            ticket_id=taken.id,
            to_till=till.id,
            to_ticket=ticket,
        )
    except approving.BadApproval:
        return ""


def parked_body(each: ParkedTicket) -> dict[str, Any]:
    return {
        "id": each.id,
        "till": each.till.name,
        "units": each.units,
        "total": f"{each.total:.2f}",
        "parked_at": each.parked_at,
        "by": each.by.partition(" ")[2],
    }
