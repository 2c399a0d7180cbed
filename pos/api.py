"""`/api/v1/tickets/`: what another system's tills sold.

A key that names a till books that till's tickets; one that names a store only, those of
the store's tills.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from pos import api_schema as schema
from pos import card_money, selling, shifts
from pos.models import Shift, Ticket, Till
from pos.refusals import REFUSALS, problem
from retail.interfaces.fields import moment, money
from retail.interfaces.parsing import body_of
from retail.interfaces.problems import Problem, invalid
from retail.interfaces.views import ApiView, key_of, reading_of, told
from retail.staff.models import ApiKey, Employee, Scope

MOST_TICKETS = 200
# of a ticket, of its lines, of its tenders; anything else is refused
FIELDS = frozenset(
    [
        "id",
        "till",
        "number",
        "kind",
        "sold_at",
        "employee",
        "customer",
        "order",
        "currency",
        "lines",
        "tenders",
        "points_spent",
        "total",
        "previous_hash",
        "hash",
        "take_held",
        "only_free",
        "coupons",
        "approval",
    ]
)
LINE_FIELDS = frozenset(
    [
        "gtin",
        "quantity",
        "unit",
        "unit_price",
        "total",
        "tax_rate",
        "cut",
        "returned",
        "offers",
    ]
)
TENDER_FIELDS = frozenset(["method", "amount", "given", "change", "gift_card"])


class TillView(ApiView):
    scopes = (Scope.TILL,)


class Tickets(TillView):
    @extend_schema(
        operation_id="tickets_book",
        summary="Book a ticket: 201, or 200 where it was booked before",
        request=schema.TicketSchema,
        responses=schema.answers(schema.BookedSchema, 400, 403, 409, 503, created=True),
    )
    def put(self, request: Request, id: UUID) -> HttpResponse:
        payload = body_of(request._request)
        if not isinstance(payload, dict) or payload.get("id") != str(id):
            raise invalid(id=_("This is not the id of the address."))
        ticket, new = _book(payload, key_of(request))
        return told(ticket_body(ticket, new), status=201 if new else 200)


class Batch(TillView):
    @extend_schema(
        operation_id="tickets_batch",
        summary="Book many tickets, each for itself, in the order given",
        request=schema.BatchSchema,
        responses=schema.answers(schema.BatchAnswerSchema, 400, 413, 503),
    )
    def post(self, request: Request) -> HttpResponse:
        """“parked”: tickets before it have not arrived; send it again after them."""
        body = reading_of(request)
        given = body.any("tickets")
        if not isinstance(given, list) or not given:
            body.wrong("tickets", _("This must be a list of tickets."))
        body.done()
        if len(given) > MOST_TICKETS:
            raise Problem("too-large")
        key = key_of(request)
        return told({"results": [_outcome(each, key) for each in given]})


class Tills(TillView):
    @extend_schema(
        operation_id="tills_list",
        summary="The key's tills, and what the next ticket of each must carry",
        responses=schema.answers(schema.TillPage),
    )
    def get(self, request: Request) -> HttpResponse:
        tills = list(_tills(key_of(request)).order_by("number"))
        open_now = Shift.objects.filter(till__in=tills, closed_at=None)
        by_till = {shift.till_id: shift for shift in open_now}
        return told(
            {
                "results": [till_body(each, by_till.get(each.id)) for each in tills],
                "next": None,
            }
        )


class Shifts(TillView):
    @extend_schema(
        operation_id="tills_open",
        summary="Open a till for an employee of the store",
        request=schema.OpenSchema,
        responses=schema.answers(schema.TillSchema, 400, 404, 409),
    )
    def post(self, request: Request, id: UUID) -> HttpResponse:
        """The same employee again finds the shift open."""
        key = key_of(request)
        body = reading_of(request)
        employee_id = body.uuid("employee", needed=True)
        body.done()
        assert employee_id is not None  # noqa: S101 - `done` has refused
        till = _tills(key).filter(id=id).first()
        if till is None:
            raise Problem("not-found")
        employee = Employee.objects.filter(
            id=employee_id, location_code=key.location_code, is_active=True
        ).first()
        if employee is None:
            raise invalid(employee=_("Nobody of that id works in this store."))
        try:
            shift = shifts.open_shift(
                till, employee_id=employee.id, employee_name=employee.first_name
            )
        except shifts.AlreadyOpen as error:
            raise Problem("shift-open", employee=error.shift.employee_name) from error
        return told(till_body(till, shift))


def _tills(key: ApiKey) -> QuerySet[Till]:
    """Those that the key speaks for."""
    tills = Till.objects.filter(location__code=key.location_code)
    return tills.filter(id=key.till_id) if key.till_id else tills


def _till_of(payload: dict[str, Any]) -> UUID:
    """The till that the ticket names. Raises Problem."""
    try:
        return UUID(str(payload.get("till")))
    except ValueError as error:
        raise invalid(till=_("This must be a UUID.")) from error


def _book(payload: Any, key: ApiKey) -> tuple[Ticket, bool]:
    """Raises Problem, and whatever nobody expected. Whether the key speaks for the till
    is read with the ticket; of a refusal it is the first thing that is said."""
    if not isinstance(payload, dict):
        raise invalid(body=_("This must be an object."))
    unknown = _unknown(payload)
    if unknown:
        why = str(_("This field is not known here."))
        raise Problem("invalid", errors=dict.fromkeys(unknown, why))
    named = _till_of(payload)
    if key.till_id not in (None, named):
        raise Problem("other-till")
    try:
        return selling.record(payload, till_id=named, store=key.location_code)
    except REFUSALS as refusal:
        till = _tills(key).select_related("location").filter(id=named).first()
        if till is None:
            raise Problem("other-till") from refusal
        said = problem(refusal, location=till.location)
        raise Problem(said.slug, said.title, **said.values) from refusal


def _unknown(payload: dict[str, Any]) -> list[str]:
    found = [name for name in payload if name not in FIELDS]
    for part, known in (("lines", LINE_FIELDS), ("tenders", TENDER_FIELDS)):
        rows = payload.get(part)
        for i, row in enumerate(rows if isinstance(rows, list) else []):
            names = row if isinstance(row, dict) else {}
            found += [f"{part}.{i}.{name}" for name in names if name not in known]
    return [name[:80] for name in found[:20]]


def _outcome(payload: Any, key: ApiKey) -> dict[str, Any]:
    id = payload.get("id") if isinstance(payload, dict) else None
    said = {"id": id if isinstance(id, str) else None}
    try:
        _ticket, new = _book(payload, key)
    except Problem as refusal:
        parked = _comes_too_early(payload, refusal)
        result = "parked" if parked else "refused"
        return {**said, "result": result, "problem": refusal.body()}
    return {**said, "result": "accepted" if new else "replayed", "problem": None}


def _comes_too_early(payload: Any, refusal: Problem) -> bool:
    """Whether it will fit once the tickets before it are there."""
    return (
        refusal.slug == "chain-broken" and payload["number"] > refusal.values["number"]
    )


def ticket_body(ticket: Ticket, new: bool) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "result": "accepted" if new else "replayed",
        "till": ticket.till_id,
        "number": ticket.number,
        "kind": ticket.kind,
        "hash": ticket.hash,
        "sold_at": moment(ticket.sold_at),
        "received_at": moment(ticket.received_at),
        "total": money(ticket.total, ticket.currency),
        "tax": money(ticket.tax, ticket.currency),
        "points_earned": ticket.points_earned,
        "points_spent": ticket.points_spent,
        "order_number": ticket.order_number or None,
        "gift_card": card_money.code_of(ticket) or None,
    }


def till_body(till: Till, shift: Shift | None) -> dict[str, Any]:
    return {
        "id": till.id,
        "name": till.name,
        "next": {"number": till.last_number + 1, "previous_hash": till.last_hash},
        "shift": {
            "employee": shift.employee_id,
            "employee_name": shift.employee_name,
            "opened_at": moment(shift.opened_at),
        }
        if shift
        else None,
    }
