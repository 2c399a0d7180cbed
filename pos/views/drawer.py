"""The drawer at the till: cash in and out, the X of a manager, the Z that closes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from pos import closing, shifts
from pos.approving import APPROVERS
from pos.models import CashWay, Closing, Shift
from pos.refusals import Problem
from pos.views.answers import (
    NotHere,
    NotJson,
    amount_of,
    body_of,
    endpoint,
    no_shift,
    not_json,
    open_shift_of,
    told,
)
from retail.interfaces.typed import one_line

LONGEST_REASON = 80


@endpoint("POST")
def cash(request: HttpRequest) -> HttpResponse:
    """`{id, way: "in"|"out", amount, reason}`; the same id again changes nothing."""
    employee = request.employee  # type: ignore[attr-defined]
    try:
        asked = body_of(request)
        id, way = UUID(asked["id"]), CashWay(asked["way"])
        amount, reason = amount_of(asked["amount"]), _reason(asked["reason"])
    except NotJson:
        return not_json()
    except (KeyError, TypeError, ValueError, AttributeError, NotHere):
        return told(Problem(400, "invalid", _("Say how much, and why.")))
    shift = open_shift_of(request)
    if shift is None:
        return no_shift()
    closing.move_cash(
        shift,
        id=id,
        way=way,
        amount=amount,
        reason=reason,
        employee_id=employee.id,
        employee_name=employee.first_name,
    )
    return JsonResponse({"status": "done"})


def _reason(value: object) -> str:
    text = one_line(value, most=LONGEST_REASON) if isinstance(value, str) else ""
    if not text:
        raise NotHere
    return text


@endpoint("GET")
def report(request: HttpRequest) -> HttpResponse:
    """The X: what the open shift took so far. For managers: who counts the drawer
    must not know what should be in it."""
    employee = request.employee  # type: ignore[attr-defined]
    till = request.till  # type: ignore[attr-defined]
    if employee.role not in APPROVERS:
        return told(Problem(403, "forbidden", _("Only a manager may see this.")))
    shift = shifts.current(till.id)
    if shift is None:
        return no_shift()
    found = closing.totals(shift, till)
    return JsonResponse(
        _body(
            "X",
            found,
            first=found.first,
            last=found.last,
            employee=shift.employee_name,
            at=shift.opened_at,
            tenders=[(method, due, None) for method, due in found.expected.items()],
            drawer=(shift.opening_cash, found.cash_in, found.cash_out),
        )
    )


@endpoint("POST")
def close(request: HttpRequest) -> HttpResponse:
    """`{id, shift, counted: {cash, card}}` → the Z. One's own shift; a manager closes
    anybody's. What should be there is told only now, after it was counted."""
    employee = request.employee  # type: ignore[attr-defined]
    till = request.till  # type: ignore[attr-defined]
    try:
        asked = body_of(request)
        id, shift_id = UUID(asked["id"]), UUID(asked["shift"])
        counted = {
            method.value: amount_of(asked["counted"][method], least=Decimal(0))
            for method in closing.COUNTED
        }
    except NotJson:
        return not_json()
    except (KeyError, TypeError, ValueError, AttributeError, NotHere):
        return told(Problem(400, "invalid", _("Count the drawer first.")))
    shift = Shift.objects.filter(id=shift_id, till=till).first()
    if shift is None:
        return no_shift()
    if shift.employee_id != employee.id and employee.role not in APPROVERS:
        return told(
            Problem(403, "forbidden", _("Only a manager closes a colleague’s shift."))
        )
    made = closing.close(
        shift,
        id=id,
        counted=counted,
        employee_id=employee.id,
        employee_name=employee.first_name,
    )
    return JsonResponse(closing_body(made, shift))


def closing_body(made: Closing, shift: Shift) -> dict[str, Any]:
    ways = {"in": Decimal(0), "out": Decimal(0)}
    for way, amount in shift.cash_moves.values_list("way", "amount"):
        ways[way] += amount
    return _body(
        "Z",
        made,
        first=made.first_number,
        last=made.last_number,
        employee=made.employee_name,
        at=made.at,
        tenders=made.tenders.order_by("method").values_list(
            "method", "expected", "counted"
        ),
        drawer=(shift.opening_cash, ways["in"], ways["out"]),
    )


def _body(
    kind: str,
    sums: closing.Totals | Closing,
    *,
    first: int,
    last: int,
    employee: str,
    at: datetime,
    tenders: Iterable[tuple[str, Decimal, Decimal | None]],
    drawer: tuple[Decimal, Decimal, Decimal],
) -> dict[str, Any]:
    """`tenders` are (way, what should be there, what was counted); `drawer` is what was
    in it at the opening, put in and taken out."""
    opening, cash_in, cash_out = drawer
    return {
        "kind": kind,
        "number": sums.number,
        "first": first,
        "last": last,
        "tickets": last - first + 1,
        "sold": f"{sums.sold:.2f}",
        "refunded": f"{sums.refunded:.2f}",
        "total": f"{sums.total:.2f}",
        "perpetual": f"{sums.perpetual:.2f}",
        "employee": employee,
        "at": at,
        "tenders": [
            {
                "method": method,
                "expected": f"{expected:.2f}",
                "counted": None if counted is None else f"{counted:.2f}",
                "difference": None if counted is None else f"{counted - expected:.2f}",
            }
            for method, expected, counted in tenders
        ],
        "opening": f"{opening:.2f}",
        "cash_in": f"{cash_in:.2f}",
        "cash_out": f"{cash_out:.2f}",
    }
