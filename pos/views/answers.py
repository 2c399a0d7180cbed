"""What the till's JSON endpoints have in common: who may ask, and how they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from inventory.money import CENT
from pos import shifts
from pos.models import Shift, Till
from pos.refusals import REFUSALS, Problem, problem
from retail import formatting
from retail.staff.models import Role
from retail.staff.permissions import staff_required

LONGEST = 80  # signs of a search
View = Callable[..., HttpResponse]


def endpoint(*methods: str) -> Callable[[View], View]:
    """A view for the till app: `request.till` is the till of the device that asks, with
    its location. Refusals of the verbs become problems; nothing else is caught."""

    def decorate(view: View) -> View:
        @staff_required(Role.CASHIER, Role.MANAGER)
        def at_till(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            till = till_of(request)
            if till is None:
                return told(Problem(403, "no-till", _("This device is not a till.")))
            request.till = till  # type: ignore[attr-defined]
            # the times that are said, too, are the store's
            with timezone.override(ZoneInfo(till.location.timezone)):
                try:
                    return view(request, *args, **kwargs)
                except REFUSALS as refusal:
                    return told(problem(refusal, location=till.location))

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return at_till(request, *args, **kwargs)
            except PermissionDenied:
                return told(Problem(403, "forbidden", _("This is not your job here.")))

        guarded.roles = at_till.roles  # type: ignore[attr-defined]
        return never_cache(require_http_methods(list(methods))(guarded))

    return decorate


def till_of(request: HttpRequest) -> Till | None:
    """The till at which the enrolled device stands; None for one of the store side."""
    device = request.device  # type: ignore[attr-defined]
    return Till.objects.select_related("location").filter(id=device.till_id).first()


def by_of(request: HttpRequest) -> str:
    """Who acts, as events keep it."""
    employee = request.employee  # type: ignore[attr-defined]
    return formatting.employee(employee.id, employee.first_name)


def asked_text(request: HttpRequest, name: str) -> str:
    """What was typed, trimmed to what a key can be; PostgreSQL knows no NUL."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:LONGEST]


def sent_code(request: HttpRequest) -> str:
    """The `code` of a body, trimmed: one that opens something comes in no address,
    because those are written into logs. Empty where there is none."""
    try:
        sent = body_of(request)
    except NotJson:
        return ""
    code = sent.get("code") if isinstance(sent, dict) else None
    return code.replace("\x00", "").strip()[:LONGEST] if isinstance(code, str) else ""


def told(refusal: Problem) -> JsonResponse:
    return JsonResponse(
        refusal.body(),
        status=refusal.status,
        content_type="application/problem+json",
    )


class NotJson(ValueError):
    """The body is no JSON, or holds what JSON does not know (NaN)."""


def body_of(request: HttpRequest) -> Any:
    """The decoded body. Raises NotJson."""
    try:
        return json.loads(request.body, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NotJson from error


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def not_json() -> JsonResponse:
    return told(Problem(400, "invalid", _("This is not JSON.")))


class NotHere(Exception):
    """What was asked for cannot be read."""


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


def open_shift_of(request: HttpRequest) -> Shift | None:
    """The one that this person has opened here."""
    shift = shifts.current(request.till.id)  # type: ignore[attr-defined]
    mine = request.employee.id  # type: ignore[attr-defined]
    return shift if shift is not None and shift.employee_id == mine else None


def no_shift() -> HttpResponse:
    return told(Problem(409, "no-shift", _("Open the till first.")))
