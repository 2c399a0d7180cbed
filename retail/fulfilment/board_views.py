"""The board of a store or of the warehouse, which keeps itself up to date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from inventory.ids import new_id
from inventory.models import Location
from retail import channels, formatting
from retail.fulfilment import batch, board, finding, finished, pickup, transfer_list
from retail.fulfilment.board import Card, Lane
from retail.fulfilment.job_views import job_page
from retail.fulfilment.models import PickupEvent, PickupJob
from retail.fulfilment.mounts import Mount
from retail.fulfilment.words import DO
from retail.fulfilment.work_permissions import at_work

# The way forward: a card offers the first of these that is legal.
FORWARD = (
    *("accept", "start-picking", "pick", "stage", "ready", "hand-over", "restock"),
    *("pack", "ship", "deliver"),
)
AT_ONCE = frozenset(
    {"accept", "ready", "restock", "deliver"}
)  # one tap, on the board itself
BEGINS = frozenset({"start-picking"})  # one tap, then the job's page
WAITS = "see"  # nothing to do here but to look


@never_cache
@require_safe
@at_work
def show(request: HttpRequest, *, mount: Mount) -> HttpResponse:
    return render(request, "fulfilment/board.html", shown(request, mount))


@never_cache
@require_safe
@at_work
def lanes(request: HttpRequest, *, mount: Mount) -> HttpResponse:
    """The lanes alone: 304 while nothing moved. Clocks go on by themselves."""
    etag = etag_of(request, mount)
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    answer = render(request, "fulfilment/lanes.html", shown(request, mount))
    answer["ETag"] = etag
    return answer


@never_cache
@require_POST
@at_work
def find(request: HttpRequest, *, mount: Mount) -> HttpResponse:
    """The order that a code fetches, opened with the code filled in; or that of a bag's
    label, or of an order's number. A POST, because a code in an address would be kept
    by every history and log."""
    place = request.place  # type: ignore[attr-defined]
    code = request.POST.get("code", "").strip()[:60]
    named = finding.by_label_or_number(place, code)
    if named is not None:
        return redirect(mount.job, named.id)
    try:
        job = pickup.find_by_code(place, code)
    except pickup.UnknownCode:
        messages.error(
            request,
            _(
                "No order is waiting at %(place)s under this code. A code opens the"
                " order in the one store it was made for; the customer’s order page"
                " names it."
            )
            % {"place": place.name},
        )
        return render(
            request, "fulfilment/board.html", shown(request, mount), status=404
        )
    return job_page(request, mount, job, typed={"code": code})


def etag_of(request: HttpRequest, mount: Mount) -> str:
    """Of the jobs' versions, the language and the hour: by the server's clock too, so
    that a page without its script's clocks is not older than that."""
    place = request.place  # type: ignore[attr-defined]
    hour = int(timezone.now().timestamp() // 3600)
    return (
        f'W/"{board.stamp(place, parcels=not mount.is_store)}.{hour}.{get_language()}"'
    )


def shown(request: HttpRequest, mount: Mount) -> dict[str, Any]:
    """Six queries at most, and one for the stamp."""
    place: Location = request.place  # type: ignore[attr-defined]
    now = timezone.now()
    # before the lanes: rather once too often than too seldom
    etag = etag_of(request, mount)
    found = board.lanes(place, parcels=not mount.is_store)
    token = get_token(request)
    minutes = minutes_of(found)
    return {
        "mount": mount,
        "place": place,
        "here": "board",
        "now": now,
        "etag": etag,
        "lanes": [(lane, cards_of(lane, mount, token, minutes)) for lane in found],
        "arrivals": arrivals_of(found),
        "batch_sizes": range(1, batch.MOST + 1),
        "next_event": new_id(),
        "parcels": board.parcels_open(place) if mount.is_store else 0,
        "transfers": transfer_list.due(place) if mount.is_store else None,
        "empty": not any(lane.cards for lane in found),
        "today": finished.today(place, now) if mount.is_store else None,
        "offered": not mount.is_store
        or channels.on(channels.Feature.WEB_TO_STORE, store=place.code),
    }


def minutes_of(lanes: list[Lane]) -> dict[UUID, datetime]:
    """When those who are on the way expect to be here. No query where nobody is."""
    told = {
        job.id: job.on_way_at
        for lane in lanes
        for job in lane.jobs
        if isinstance(job, PickupJob) and job.on_way_at is not None
    }
    if not told:
        return {}
    events = PickupEvent.objects.filter(job_id__in=told, move="on-way").order_by("at")
    said = {
        job_id: data["minutes"] for job_id, data in events.values_list("job", "data")
    }
    return {id: at + timedelta(minutes=said.get(id, 0)) for id, at in told.items()}


def cards_of(
    lane: Lane, mount: Mount, token: str, coming: Mapping[UUID, datetime]
) -> list[dict[str, Any]]:
    """Without those whose customer is here: they stand above the lanes. Where there is
    work, the most urgent card has the loud button."""
    waiting = [card for card in lane.cards if card.job.status != "checked_in"]
    loud = lane.name not in {"ready", "sent"}
    return [
        {
            "card": card,
            "job": card.job,
            "picked": sum(line.picked for line in card.lines),
            "missing": sum(getattr(line, "short", 0) for line in card.lines),
            "gone": sum(getattr(line, "collected", 0) for line in card.lines),
            "picker": formatting.who(getattr(card.job, "picker", "")),
            "promised": _when(card.promised),
            "coming": coming.get(card.job.id),
            "act": act_of(card, mount, token, first=loud and position == 0),
        }
        for position, card in enumerate(waiting)
    ]


def _when(promised: datetime | None) -> str:
    """The hour, and the day where it is not today."""
    if promised is None:
        return ""
    same = timezone.localtime(promised).date() == timezone.localdate()
    return formatting.hour(promised) if same else formatting.day_time(promised)


def arrivals_of(lanes: list[Lane]) -> list[dict[str, Any]]:
    """Who waits longest comes first."""
    jobs = [
        job
        for lane in lanes
        for job in lane.jobs
        if isinstance(job, PickupJob) and job.status == "checked_in"
    ]
    jobs.sort(key=lambda job: job.checked_in_at or job.placed_at)
    return [{"job": job, "owed": job.due - job.paid} for job in jobs]


def act_of(card: Card, mount: Mount, token: str, *, first: bool) -> str:
    """The one thing to do on a card."""
    name = next((each for each in FORWARD if each in card.moves), WAITS)
    return get_template("fulfilment/act.html").render(
        {
            "mount": mount,
            "job": card.job,
            "card": card,
            "name": name,
            "verb": DO.get(name, _("Look at it")),
            "at_once": name in AT_ONCE,
            "begins": name in BEGINS,
            "first": first,
            "event": new_id(),
            "csrf_token": token,
        }
    )
