"""The office page of the post: messages between the databases and notices to customers.

What was given up stands first, because it waits for a person, who has it tried again or
sets it aside and says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from inventory.places import Channel
from retail import channels
from retail.fulfilment.models import Fulfilment, PickupJob
from retail.interfaces.typed import one_line
from retail.messages import letters
from retail.messages.models import OutboxMessage
from retail.notices.models import Notice
from retail.office.dial import by
from retail.office.letter_words import called
from retail.orders.models import Order
from retail.staff.models import Role
from retail.staff.permissions import staff_required
from retail.webhooks.models import Endpoint, State

MOST = 30
KINDS: dict[str, Any] = {
    "message": OutboxMessage,
    "notice": Notice,
}


@dataclass(frozen=True)
class Shown:
    """One letter: `kind` is a key of KINDS, `number` the order's."""

    kind: str
    letter: OutboxMessage | Notice
    words: str
    number: str


@dataclass(frozen=True)
class Side:
    """What one open database holds; `away` where it did not answer."""

    database: str
    away: bool = False
    directions: list[letters.Direction] = field(default_factory=list)
    dead: list[Shown] = field(default_factory=list)
    failing: list[Shown] = field(default_factory=list)
    waiting: list[Shown] = field(default_factory=list)
    handled: list[Shown] = field(default_factory=list)
    notices: int = 0


@never_cache
@require_safe
@staff_required(Role.HEAD_OFFICE, Role.MANAGER)
def show(request: HttpRequest) -> HttpResponse:
    """Twelve queries for each open database, and one of head office's."""
    now = timezone.now()
    sides = [_side(database, now) for database in channels.open_databases()]
    employee: Any = request.employee  # type: ignore[attr-defined]
    return render(
        request,
        "office/messages.html",
        {
            "here": "messages",
            "now": now,
            "sides": sides,
            "dead": sum(len(side.dead) for side in sides),
            "failing": sum(len(side.failing) for side in sides),
            "apart": len(sides) > 1,
            "stopped": Endpoint.objects.filter(state=State.STOPPED).count(),
            "may_act": employee.role == Role.HEAD_OFFICE,
            "channels": {each.value: each.label for each in Channel},
        },
    )


@require_POST
@staff_required(Role.HEAD_OFFICE)
def act(request: HttpRequest) -> HttpResponse:
    """Try again or set aside, once however often it is asked for."""
    kind = KINDS.get(request.POST.get("kind", ""))
    wanted = request.POST.get("act", "")
    try:
        id = UUID(request.POST.get("id", ""))
    except ValueError as error:
        raise Http404 from error
    if kind is None or wanted not in {"again", "aside"}:
        raise Http404
    why = one_line(request.POST.get("why", ""), most=200)
    if wanted == "aside" and not why:
        messages.error(request, _("Say why nobody has to do anything about it."))
        return redirect("office_messages")
    changed = 0
    for database in channels.open_databases():
        with channels.use_channel(channels.channels_of(database)[0]):
            if wanted == "again":
                changed += letters.take_up(kind, [id], by=by(request))
            else:
                changed += letters.set_aside(kind, [id], why=why, by=by(request))
    if not changed:
        messages.info(request, _("That was done before. Here is how things stand."))
    elif wanted == "again":
        messages.success(request, _("It is tried again now."))
    else:
        messages.success(request, _("Set aside. It stays in the history below."))
    return redirect("office_messages")


def _side(database: str, now: datetime) -> Side:
    try:
        with channels.use_channel(channels.channels_of(database)[0]):
            return _read(database, now)
    except DatabaseError:
        return Side(database, away=True)


def _read(database: str, now: datetime) -> Side:
    found = {
        "dead": [*_some("message", letters.dead), *_some("notice", letters.dead)],
        "failing": [
            *_some("message", letters.failing),
            *_some("notice", letters.failing),
        ],
        "waiting": [
            each
            for each in _some("message", lambda kind: letters.waiting(kind, now))
            if now - each[1].made_at > letters.AGES[0]
        ],
        "handled": [
            *_some("message", letters.handled),
            *_some("notice", letters.handled),
        ],
    }
    numbers = _numbers(letter for each in found.values() for _kind, letter in each)
    shown: dict[str, Any] = {
        name: [
            Shown(kind, letter, called(letter.kind), numbers.get(letter.subject, ""))
            for kind, letter in each
        ]
        for name, each in found.items()
    }
    return Side(
        database,
        directions=letters.directions(now),
        notices=letters.waiting(Notice, now).count(),
        **shown,
    )


def _some(kind: str, which: Any) -> Iterator[tuple[str, Any]]:
    for letter in which(KINDS[kind])[:MOST]:
        yield kind, letter


def _numbers(found: Iterable[Any]) -> dict[UUID, str]:
    """{subject: the order's number}, as this database knows it. Three queries."""
    subjects = {letter.subject for letter in found}
    if not subjects:
        return {}
    told = dict(
        PickupJob.objects.filter(id__in=subjects).values_list("id", "order_number")
    )
    promised = Fulfilment.objects.filter(id__in=subjects)
    ordered = Order.objects.filter(id__in=subjects)
    return {
        **told,
        **dict(promised.values_list("id", "order__number")),
        **dict(ordered.values_list("id", "number")),
    }
