"""The office's page of what stands out in the stores: signs that somebody should look,
none of which proves anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from retail.office import older
from retail.staff.look_ups import WITHIN
from retail.staff.models import LookUp, Role
from retail.staff.permissions import staff_required

DAYS = 28
MOST = 20  # rows of each table
SHOWN = 50


@dataclass(frozen=True)
class Looker:
    by: str
    place: str
    searches: int
    over: int


@never_cache
@require_safe
@staff_required(Role.HEAD_OFFICE)
def show(request: HttpRequest) -> HttpResponse:
    """Two queries."""
    after = request.GET.get("after", "")
    lines = LookUp.objects.order_by("-at", "-id").filter(older.before(after))
    rows = list(lines[: SHOWN + 1])
    more = older.mark(rows[SHOWN - 1].at, rows[SHOWN - 1].id) if rows[SHOWN:] else ""
    given = {
        "here": "watch",
        "days": DAYS,
        "older": bool(after),
        "lookers": _lookers(),
        "limit": settings.LIMITS.look_ups,
        "minutes": int(WITHIN.total_seconds() // 60),
        "look_ups": rows[:SHOWN],
        "more": more,
    }
    return render(request, "office/watch.html", given)


def _lookers() -> list[Looker]:
    """Who searched for customers most, those first who were refused."""
    since = timezone.now() - timedelta(days=DAYS)
    found = (
        LookUp.objects.filter(at__gte=since)
        .values("employee_id", "by", "location_code")
        .annotate(n=Count("id"), over=Count("id", filter=Q(refused=True)))
        .order_by("-over", "-n", "by")[:MOST]
    )
    return [
        Looker(each["by"], each["location_code"], each["n"], each["over"])
        for each in found
    ]
