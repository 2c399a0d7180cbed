"""The till books a ticket, and hands over what was ordered on the web."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from inventory.money import ZERO
from pos import approving, card_money, selling, whys
from pos.models import Ticket
from pos.refusals import Problem, problem
from pos.views.answers import (
    NotJson,
    asked_text,
    body_of,
    by_of,
    endpoint,
    not_json,
    sent_code,
    told,
)
from retail import formatting
from retail.fulfilment import pickup
from retail.fulfilment.models import PickupJob
from retail.fulfilment.name_checks import Desk, reason_for
from retail.fulfilment.states import PICKUP_MOVES, legal
from retail.fulfilment.typed_work import Unclear


@endpoint("PUT")
def ticket(request: HttpRequest, id: UUID) -> HttpResponse:
    """Books the ticket of this id: 201, or 200 when it was booked before."""
    till = request.till  # type: ignore[attr-defined]
    try:
        payload = body_of(request)
    except NotJson:
        return not_json()
    if not isinstance(payload, dict) or payload.get("id") != str(id):
        raise selling.Invalid({"id": "is not that of the address"})
    booked, new = selling.record(payload, till_id=till.id)
    return JsonResponse(
        {
            "status": "accepted" if new else "replayed",
            "ticket": ticket_body(booked),
            "next": {"number": booked.number + 1, "previous_hash": booked.hash},
        },
        status=201 if new else 200,
    )


@endpoint("GET", "POST")
def pickups(request: HttpRequest) -> HttpResponse:
    """The pickup of this store that a `code` in the body fetches, or that the board
    names by `?id=`. 404 with `why` where there is none: codes of other stores are as
    unknown as invented ones."""
    till = request.till  # type: ignore[attr-defined]
    try:
        if request.method == "POST":
            job = pickup.find_by_code(till.location, sent_code(request))
        else:
            job = pickup.job_at(till.location_id, UUID(asked_text(request, "id")))
    except (pickup.UnknownCode, pickup.NotYours, ValueError):
        refusal = problem(pickup.UnknownCode(), location=till.location)
        refusal.values["why"] = whys.no_pickup(till.location.code)
        return told(refusal)
    return JsonResponse(pickup_body(job))


@endpoint("POST")
def hand_over(request: HttpRequest, id: UUID) -> HttpResponse:
    """`{"event": uuid, "code": "…"}`, or in place of the code `"name_checked": true` with
    `reason` (and `word`), and a manager's word for this pickup in `approval` unless a
    manager asks. `"identity_checked": true` where the pickup's `identity` wants it.
    The same event again has no further effect."""
    till = request.till  # type: ignore[attr-defined]
    try:
        asked = body_of(request)
    except NotJson:
        return not_json()
    event_id = event_of(asked)
    if event_id is None:
        return told(Problem(400, "invalid", _("The event has no id.")))
    job = pickup.job_at(till.location_id, id)
    code = asked.get("code")
    try:
        unseen = _without_code(request, asked, job)
    except Unclear as unclear:
        return told(Problem(400, "invalid", str(unclear)))
    job = pickup.hand_over(
        job,
        code=code if isinstance(code, str) else None,
        **unseen,
        identity_checked=asked.get("identity_checked") is True,
        by=by_of(request),
        event_id=event_id,
    )
    return JsonResponse(pickup_body(job))


def _without_code(
    request: HttpRequest, asked: dict[str, Any], job: PickupJob
) -> dict[str, Any]:
    """What is kept of a checked name, nothing where none was. Raises Unclear,
    ApprovalNeeded, BadApproval."""
    if asked.get("name_checked") is not True:
        return {}
    reason = reason_for({name: text_of(asked, name) for name in ("reason", "word")})
    desk = Desk(request.employee, request.device)  # type: ignore[attr-defined]
    needs = {} if desk.alone else {approving.HAND_OVER: ZERO}
    word = approving.covered(
        text_of(asked, "approval"),
        needs,
        till_id=request.till.id,  # type: ignore[attr-defined]
        ticket_id=job.id,
    )
    second = formatting.employee(word.by, word.by_name) if word else ""
    return {"name_checked": True, "reason": reason, "approved_by": second}


def text_of(asked: dict[str, Any], name: str) -> str:
    value = asked.get(name)
    return value if isinstance(value, str) else ""


def event_of(asked: Any) -> UUID | None:
    try:
        return UUID(asked["event"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def ticket_body(ticket: Ticket) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "number": ticket.number,
        "hash": ticket.hash,
        "kind": ticket.kind,
        "sold_at": ticket.sold_at,
        "total": f"{ticket.total:.2f}",
        "tax": f"{ticket.tax:.2f}",
        "points_earned": ticket.points_earned,
        "points_spent": ticket.points_spent,
        "customer": ticket.customer_name,
        "order_number": ticket.order_number,
        "gift_card": card_money.code_of(ticket),
    }


def pickup_body(job: PickupJob) -> dict[str, Any]:
    collectable = "hand-over" in legal(PICKUP_MOVES, job.status)
    return {
        "id": job.id,
        "order": job.order_id,
        "number": job.order_number,
        "name": job.customer_name,
        "collector": job.collector_name,
        "status": job.status,
        "status_text": job.get_status_display(),
        "shelf": job.shelf,
        "due": f"{job.due - job.paid:.2f}",
        "collectable": collectable,
        "identity": collectable and pickup.needs_identity(job),
        "name_check": job.code_fails >= pickup.NAME_CHECK_AFTER,
        "lines": [
            {
                "title": line.title,
                "quantity": line.quantity,
                "picked": line.picked,
                "short": line.short,
            }
            for line in job.lines.order_by("position")
        ],
    }
