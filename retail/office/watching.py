"""The office's page of what stands out in the stores: signs that somebody should look,
none of which proves anything."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pos.watching import signs
from retail import channels
from retail.customers.models import Customer
from retail.fulfilment.without_code import hands_over
from retail.office import older
from retail.staff.look_ups import WITHIN
from retail.staff.models import Employee, LookUp, Role
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
    """Three queries, and four of the stores' database."""
    since = timezone.now() - timedelta(days=DAYS)
    after = request.GET.get("after", "")
    lines = LookUp.objects.order_by("-at", "-id").filter(older.before(after))
    rows = list(lines[: SHOWN + 1])
    more = older.mark(rows[SHOWN - 1].at, rows[SHOWN - 1].id) if rows[SHOWN:] else ""
    given = {
        "here": "watch",
        "days": DAYS,
        "limits": settings.LIMITS,
        "minutes": int(WITHIN.total_seconds() // 60),
        "lookers": _lookers(since),
        "look_ups": rows[:SHOWN],
        "more": more,
        **_in_stores(since),
    }
    return render(request, "office/watch.html", given)


def _in_stores(since: datetime) -> dict[str, Any]:
    """`away` where the stores' database does not answer."""
    addresses = Employee.objects.filter(account__contact_email__gt="")
    emails = dict(addresses.values_list("id", "account__contact_email"))
    try:
        with channels.use_channel(channels.Channel.POS):
            told = signs(
                since=since,
                tickets=settings.LIMITS.card_tickets,
                own=_own_rows(emails),
                most=MOST,
            )
            handed = hands_over(since=since, most=MOST)
    except DatabaseError:
        return {"away": True}
    return {"cards": told.cards, "clocks": told.clocks, "handed": handed}


def _own_rows(emails: dict[UUID, str]) -> dict[UUID, list[UUID]]:
    """The customers that employees are themselves, where an e-mail address tells."""
    rows = defaultdict(list)
    wanted = {email.lower() for email in emails.values()}
    customers = Customer.objects.filter(email__in=wanted).values_list("email", "id")
    for email, id in customers:
        rows[email].append(id)
    return {
        employee: rows[email.lower()]
        for employee, email in emails.items()
        if email.lower() in rows
    }


def _lookers(since: datetime) -> list[Looker]:
    """Who searched for customers most, those first who were refused."""
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
