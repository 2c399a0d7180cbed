"""The till looks up a receipt, and asks a manager to agree."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from inventory.models import Unit
from inventory.money import CENT, ZERO
from inventory.quantities import quantity
from pos import approving, receipts, web_returns, whys
from pos.greeting import greet_one
from pos.models import ReturnReason
from pos.refusals import Problem
from pos.views.answers import (
    NotHere,
    NotJson,
    amount_of,
    asked_text,
    body_of,
    by_of,
    endpoint,
    no_shift,
    not_json,
    open_shift_of,
    told,
)
from retail import channels
from retail.orders.models import Order
from retail.orders.returning import left_of

# what is no money
PLAIN_ACTS = ("shift", approving.HAND_OVER)
ACTS = ("refund", approving.DISCOUNT, *PLAIN_ACTS)


@endpoint("GET")
def receipt(request: HttpRequest) -> HttpResponse:
    """What is left of the sale with that number. 404 where no till printed it; `why`
    where it is a web order's number, which this store may not know."""
    till = request.till  # type: ignore[attr-defined]
    text = asked_text(request, "number")
    if whys.WEB_ORDER.fullmatch(text) and channels.shared():
        return JsonResponse(order_body(web_returns.find(text)))
    ticket = receipts.find(text, till)
    found = receipts.receipt_of(ticket.id) if ticket else None
    if found is None:
        refusal = Problem(404, "not-found", _("No ticket has this number."))
        refusal.values["why"] = whys.web_order(text)
        return told(refusal)
    return JsonResponse(receipt_body(found))


def receipt_body(found: receipts.Receipt) -> dict[str, Any]:
    """`value` is what all units that are `left` are worth; fewer are worth their share
    of `total`, rounded to the cent."""
    ticket = found.ticket
    customer = greet_one(ticket.customer_id) if ticket.customer_id else None
    return {
        "id": ticket.id,
        "number": receipts.number_of(ticket),
        "store": ticket.till.location.name,
        "sold_at": ticket.sold_at,
        "customer": customer.__dict__ if customer else None,
        "money": {method: f"{amount:.2f}" for method, amount in found.money.items()},
        "lines": [
            {
                "position": position,
                "gtin": left.line.gtin,
                "title": left.line.title,
                "weighed": left.line.unit == Unit.GRAM,
                "sold": left.line.quantity,
                "left": left.quantity,
                "unit_price": f"{left.line.unit_price:.2f}",
                "value": f"{left.value:.2f}",
                "total": f"{left.line.total:.2f}",
                "tax_rate": f"{left.line.tax_rate:.4f}",
            }
            for position, left in found.lines.items()
        ],
    }


def order_body(order: Order) -> dict[str, Any]:
    """In the words of a receipt; `left` is what its customer has of a line."""
    left = left_of(order)
    return {
        "id": order.id,
        "number": order.number,
        "store": _("on the web"),
        "sold_at": order.placed_at,
        "customer": None,
        "order": True,
        "money": {},
        "lines": [
            {
                "position": line.position,
                "gtin": line.gtin,
                "title": line.title,
                "sold": line.quantity,
                "left": left.get(line.position, 0),
                "unit_price": f"{line.unit_price:.2f}",
                "value": f"{line.worth(left.get(line.position, 0)):.2f}",
                "total": f"{line.total:.2f}",
                "tax_rate": f"{line.tax_rate:.4f}",
            }
            for line in order.lines.order_by("position")
        ],
    }


@endpoint("POST")
def web_order(request: HttpRequest, id: UUID) -> HttpResponse:
    """`{id, lines: [{position, quantity}], reason, restock, approval?}`: goods of a web
    order come back here. The same id again has no second effect."""
    till = request.till  # type: ignore[attr-defined]
    try:
        asked = body_of(request)
        act = UUID(asked["id"])
        reason = ReturnReason(asked["reason"])
        units = {
            int(row["position"]): quantity(row["quantity"]) for row in asked["lines"]
        }
        word = asked.get("approval") or ""
    except NotJson:
        return not_json()
    except (KeyError, TypeError, ValueError, AttributeError):
        return told(Problem(400, "invalid", _("This is not what was asked for.")))
    shift = open_shift_of(request)
    if shift is None:
        return no_shift()
    back = web_returns.at_till(
        id,
        units,
        id=act,
        till=till,
        shift=shift,
        reason=reason,
        restock=asked.get("restock") is True,
        approval=word if isinstance(word, str) else "",
        by=by_of(request),
    )
    return JsonResponse(
        {
            "number": back.order.number,
            "online": f"{back.money.online:.2f}",
            "card": f"{back.money.card:.2f}",
            "counter": f"{back.money.counter:.2f}",
        }
    )


@endpoint("GET", "POST")
def approval(request: HttpRequest) -> HttpResponse:
    """GET: who may agree here. POST `{manager, pin, ticket, act, most}`: the signed
    word, for that ticket alone, or whatever else has that id."""
    device = request.device  # type: ignore[attr-defined]
    if request.method == "GET":
        found = approving.managers_at(device)
        names = [{"id": each.id, "name": each.first_name} for each in found]
        return JsonResponse({"results": names})
    try:
        asked = body_of(request)
        given = _approval_of(asked)
    except NotJson:
        return not_json()
    except (KeyError, TypeError, ValueError, AttributeError, NotHere):
        return told(Problem(400, "invalid", _("This is not what was asked for.")))
    text, name = approving.approve(device, **given)
    return JsonResponse({"approval": text, "name": name})


def _approval_of(asked: Any) -> dict[str, Any]:
    """Raises KeyError, TypeError, ValueError, AttributeError, NotHere."""
    if asked["act"] not in ACTS or not isinstance(asked["pin"], str):
        raise NotHere
    return {
        "employee_id": UUID(asked["manager"]),
        "pin": asked["pin"],
        "ticket_id": UUID(asked["ticket"]),
        "act": asked["act"],
        "most": amount_of(
            asked["most"], least=ZERO if asked["act"] in PLAIN_ACTS else CENT
        ),
    }
