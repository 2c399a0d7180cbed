"""Who may open the pages of a place, and which place that is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from inventory.models import Location
from retail import formatting
from retail.fulfilment.mounts import Mount
from retail.staff.permissions import staff_required

View = Callable[..., HttpResponse]

__all__ = ["at_work", "by_of", "may_count"]


def at_work(view: View) -> View:
    """Sets `request.place`: the location where the enrolled device stands. Everything
    that the page shows or does is that place's, its times too."""

    @wraps(view)
    def guarded(
        request: HttpRequest, *args: Any, mount: Mount, **kwargs: Any
    ) -> HttpResponse:
        def here(request: HttpRequest) -> HttpResponse:
            device = request.device  # type: ignore[attr-defined]
            place = Location.objects.filter(
                code=device.location_code, kind=mount.kind
            ).first()
            if place is None:
                raise PermissionDenied
            request.place = place  # type: ignore[attr-defined]
            with timezone.override(ZoneInfo(place.timezone)):
                return view(request, *args, mount=mount, **kwargs)

        return staff_required(*mount.roles)(here)(request)

    return guarded


def by_of(request: HttpRequest) -> str:
    """Who acts, as events keep it."""
    employee = request.employee  # type: ignore[attr-defined]
    return formatting.employee(employee.id, employee.first_name)


def may_count(request: HttpRequest, mount: Mount) -> bool:
    """Whether this person may correct what the books say lies here."""
    role: str = request.employee.role  # type: ignore[attr-defined]
    return role in mount.counters
