"""What customers say of collecting and receiving, and how well promises were kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from inventory.models import Location
from retail import channels
from retail.fulfilment.finished import LONG, Kept, kept_by_place
from retail.service import surveys
from retail.service.models import SurveyAnswer
from retail.service.surveys import Summary
from retail.staff.models import Role
from retail.staff.permissions import staff_required

MOST_COMMENTS = 12


@dataclass(frozen=True)
class Row:
    place: Location
    said: Summary
    kept: Kept

    @property
    def from_five(self) -> list[int]:
        """How many said 5, how many 4, and so on."""
        return [self.said.scores.get(score, 0) for score in range(5, 0, -1)]


@dataclass
class Found:
    """What the open databases answered; `away` are those that did not."""

    places: dict[str, Location] = field(default_factory=dict)
    said: dict[str, Summary] = field(default_factory=dict)
    kept: dict[str, Kept] = field(default_factory=dict)
    comments: list[SurveyAnswer] = field(default_factory=list)
    away: list[str] = field(default_factory=list)


@never_cache
@require_safe
@staff_required(Role.HEAD_OFFICE, Role.MANAGER)
def show(request: HttpRequest) -> HttpResponse:
    """Four queries for each open database."""
    now = timezone.now()
    found = Found()
    for database in channels.open_databases():
        try:
            with channels.use_channel(channels.channels_of(database)[0]):
                _read(found, now)
        except DatabaseError:
            found.away.append(database)
    nothing = Summary({})
    rows = [
        Row(place, found.said.get(code, nothing), found.kept.get(code, Kept(0, 0)))
        for code, place in found.places.items()
        if code in found.said or code in found.kept
    ]
    everything = Summary(
        {
            score: sum(each.scores.get(score, 0) for each in found.said.values())
            for score in range(1, 6)
        }
    )
    due = sum(each.due for each in found.kept.values())
    kept = sum(each.kept for each in found.kept.values())
    return render(
        request,
        "office/service.html",
        {
            "here": "service",
            "rows": sorted(rows, key=_by_answers),
            "others": len(found.places) - len(rows),
            "all": everything,
            "kept": Kept(due, kept),
            "comments": [
                (each, found.places.get(each.location))
                for each in sorted(found.comments, key=lambda c: c.at, reverse=True)
            ][:MOST_COMMENTS],
            "days": LONG.days,
            "away": found.away,
        },
    )


def _by_answers(row: Row) -> tuple[int, int, str]:
    """Those of whom most was said first, then those who promised most."""
    return -row.said.count, -row.kept.due, row.place.name


def _read(found: Found, now: datetime) -> None:
    """A place's answers lie with its orders' channel, its pickups with its own."""
    for place in Location.objects.order_by("name"):
        found.places[place.code] = place
    for code, said in surveys.by_place(since=now - LONG).items():
        known = found.said.get(code, Summary({}))
        found.said[code] = Summary(
            {n: known.scores.get(n, 0) + said.scores[n] for n in said.scores}
        )
    found.kept.update(kept_by_place(now))
    found.comments += surveys.comments(since=now - LONG, most=MOST_COMMENTS)
