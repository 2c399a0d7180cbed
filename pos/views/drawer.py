"""The drawer at the till: cash in and out, the X of a manager, the Z that closes."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from inventory.money import CENT
from pos import closing, shifts
from pos.models import CashWay, Closing, Shift
from pos.refusals import Problem
from pos.views.answers import NotJson, body_of, endpoint, not_json, told
from retail.interfaces.typed import one_line
from retail.staff.models import Role

LONGEST_REASON = 80


class NotHere(Exception):
    """What was asked for is not an act on this drawer."""


def amount_of(value: object, *, least: Decimal = CENT) -> Decimal:
    """A text with two decimals. Raises NotHere."""
    try:
        read = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        read = None
    if read is None or not read.is_finite() or not least <= read < 10**6:
        raise NotHere
    if read != read.quantize(CENT):
        raise NotHere
    return read


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
    if employee.role != Role.MANAGER:
        return told(Problem(403, "forbidden", _("Only a manager may see this.")))
    shift = shifts.current(till.id)
    if shift is None:
        return no_shift()
    found = closing.totals(shift, till)
    return JsonResponse(
        {
            "kind": "X",
            "number": found.number,
            "first": found.first,
            "last": found.last,
            "tickets": found.last - found.first + 1,
            "sold": f"{found.sold:.2f}",
            "refunded": f"{found.refunded:.2f}",
            "total": f"{found.total:.2f}",
            "perpetual": f"{found.perpetual:.2f}",
            "employee": shift.employee_name,
            "at": shift.opened_at,
            "tenders": [
                {
                    "method": method,
                    "expected": f"{amount:.2f}",
                    "counted": None,
                    "difference": None,
                }
                for method, amount in found.expected.items()
            ],
            **_drawer(shift, found.cash_in, found.cash_out),
        }
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
    if shift.employee_id != employee.id and employee.role != Role.MANAGER:
        return told(
            Problem(403, "forbidden", _("Only a manager closes a colleague's shift."))
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
    return {
        "kind": "Z",
        "number": made.number,
        "first": made.first_number,
        "last": made.last_number,
        "tickets": made.tickets,
        "sold": f"{made.sold:.2f}",
        "refunded": f"{made.refunded:.2f}",
        "total": f"{made.total:.2f}",
        "perpetual": f"{made.perpetual:.2f}",
        "employee": made.employee_name,
        "at": made.at,
        "tenders": [
            {
                "method": each.method,
                "expected": f"{each.expected:.2f}",
                "counted": None if each.counted is None else f"{each.counted:.2f}",
                "difference": None
                if each.counted is None
                else f"{each.counted - each.expected:.2f}",
            }
            for each in made.tenders.order_by("method")
        ],
        **_drawer(shift, ways["in"], ways["out"]),
    }


def _drawer(shift: Shift, cash_in: Decimal, cash_out: Decimal) -> dict[str, str]:
    return {
        "opening": f"{shift.opening_cash:.2f}",
        "cash_in": f"{cash_in:.2f}",
        "cash_out": f"{cash_out:.2f}",
    }


def open_shift_of(request: HttpRequest) -> Shift | None:
    """The one that this person has opened here."""
    shift = shifts.current(request.till.id)  # type: ignore[attr-defined]
    mine = request.employee.id  # type: ignore[attr-defined]
    return shift if shift is not None and shift.employee_id == mine else None


def no_shift() -> HttpResponse:
    return told(Problem(409, "no-shift", _("Open the till first.")))
