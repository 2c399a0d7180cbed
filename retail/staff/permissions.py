"""Who may open a page of the till, the warehouse or the office."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from retail.channels.surfaces import surface_of
from retail.staff.enrolling import device_for
from retail.staff.models import Employee, Role, TillDevice
from retail.staff.people import OFFICE
from retail.staff.signing_in import DEVICE, EMPLOYEE

SIGN_IN = {"pos": "pos_sign_in", "warehouse": "warehouse_sign_in"}
DEVICE_COOKIES = {"pos": "till_device", "warehouse": "warehouse_device"}

FRESH = timedelta(minutes=15)

View = Callable[..., HttpResponse]


def staff_required(*roles: Role | str) -> Callable[[View], View]:
    """Sets `request.employee` and `request.device` (None at the office).

    Nobody signed in: to the surface's sign-in page, or 401 for a script. Signed in with
    another role: 403. Without roles, anybody who works on the surface. The view carries
    its roles, for whoever tells people what they may.
    """
    wanted = {Role(role) for role in roles}

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            employee, device = who(request)
            if employee is None:
                return ask_to_sign_in(request)
            if wanted and employee.role not in wanted:
                raise PermissionDenied
            request.employee = employee  # type: ignore[attr-defined]
            request.device = device  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        guarded.roles = frozenset(wanted)  # type: ignore[attr-defined]
        return guarded

    return decorate


def who(request: HttpRequest) -> tuple[Employee | None, TillDevice | None]:
    """The person of this session, if everything it rests on still holds.

    At a till: the device that signed in is the one that shows its token now, is not
    revoked, and stands where the person works. One query each.
    """
    surface = surface_of(request.path_info)
    told = request.session.get(EMPLOYEE)
    if surface is None or told is None:
        return None, None
    employee = found_employee(told)
    if employee is None:
        return None, None
    if surface.channel is None:
        if employee.account_id is None or employee.account_id != request.user.pk:
            return None, None  # a changed password ended the account's session
        if employee.role not in OFFICE:
            return None, None
        return employee, None
    device = device_of(request)
    if device is None or str(device.pk) != request.session.get(DEVICE):
        return None, None
    if device.location_code != employee.location_code:
        return None, None
    return employee, device


def found_employee(told: str) -> Employee | None:
    try:
        return Employee.objects.filter(pk=UUID(told), is_active=True).first()
    except (ValueError, ValidationError):
        return None


def device_of(request: HttpRequest) -> TillDevice | None:
    """The enrolled device this browser is, on the till's or the warehouse's pages."""
    surface = surface_of(request.path_info)
    cookie = DEVICE_COOKIES.get(surface.name) if surface else None
    return device_for(request.COOKIES.get(cookie, "")) if cookie else None


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    surface = surface_of(request.path_info)
    name = SIGN_IN.get(surface.name if surface else "", "office_sign_in")
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse(
            {
                "type": "/problems/sign-in",
                "title": "Sign in",
                "status": 401,
                "detail": reverse(name),
            },
            status=401,
            content_type="application/problem+json",
        )
    target = reverse(name)
    if getattr(request, "htmx", False):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = target
        return response
    if request.method in {"GET", "HEAD"}:
        target += "?" + urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(target)


def is_fresh(request: HttpRequest) -> bool:
    """Whether a customer answered a code in this session just now: asked before what
    cannot be undone. Being signed in for weeks proves only that somebody holds the
    device."""
    user = cast(AbstractBaseUser, request.user)
    answered = [
        each["at"] for each in get_authentication_records(request, user) if "at" in each
    ]
    return time.time() - max(answered, default=0.0) < FRESH.total_seconds()
