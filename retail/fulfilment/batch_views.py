"""Picking several orders on one walk, on a phone in one hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from inventory.ids import new_id
from retail.fulfilment import batch, pickup
from retail.fulfilment.batch import Batch, Want
from retail.fulfilment.job_forms import REFUSALS, Unclear, event_of, whole
from retail.fulfilment.mounts import Mount
from retail.fulfilment.words import refusal
from retail.fulfilment.work_permissions import at_work, by_of

__all__ = ["begin", "count", "scan", "show"]


@never_cache
@require_safe
@at_work
def show(request: HttpRequest, *, mount: Mount) -> HttpResponse:
    hit = request.GET.get("hit", "")
    return render(request, "fulfilment/batch.html", shown(request, mount, hit=hit))


@never_cache
@require_POST
@at_work
def begin(request: HttpRequest, *, mount: Mount) -> HttpResponse:
    """The next orders are this person's."""
    try:
        event_id, many = event_of(request.POST.dict()), whole(request.POST["count"])
    except (Unclear, KeyError):
        messages.error(request, _("The form was incomplete. Please do it again."))
        return redirect("pos_pick")
    taken = batch.take(
        request.place,  # type: ignore[attr-defined]
        max(many, 0),
        by=by_of(request),
        event_id=event_id,
    )
    if not taken:
        messages.info(request, _("No order waits to be picked."))
    else:
        told = ngettext("%(count)s order begun.", "%(count)s orders begun.", len(taken))
        messages.success(request, told % {"count": len(taken)})
    return redirect("pos_pick")


@never_cache
@require_POST
@at_work
def scan(request: HttpRequest, *, mount: Mount) -> HttpResponse:
    """One unit of what was scanned goes into the tote that wants it."""
    text = request.POST.get("scan", "").strip()[:200]
    walk = batch.mine(request.place, by_of(request))  # type: ignore[attr-defined]
    try:
        want = batch.scanned(walk, text)
    except batch.NotInBatch as error:
        wrong = _("%(text)s is in no order of this walk. Put it back.")
        return answered(request, mount, refused=wrong % {"text": error.text})
    except batch.Enough as error:
        enough = _("There are enough of %(title)s. Put this one back.")
        return answered(request, mount, refused=enough % {"title": error.title})
    return _picked(request, mount, want, want.line.picked + 1)


@never_cache
@require_POST
@at_work
def count(request: HttpRequest, *, mount: Mount) -> HttpResponse:
    """So many units lie in the tote: for plus, minus and "all of it"."""
    walk = batch.mine(request.place, by_of(request))  # type: ignore[attr-defined]
    line, units = request.POST.get("line", ""), request.POST.get("units", "")
    want = wanted_by(walk, line)
    if want is None or not units.isdigit():
        gone = _("This order is no longer on your walk.")
        return answered(request, mount, refused=gone)
    return _picked(request, mount, want, int(units))


def _picked(request: HttpRequest, mount: Mount, want: Want, units: int) -> HttpResponse:
    more = units > want.line.picked
    try:
        pickup.pick(
            want.tote.job,
            {want.line.position: units},
            by=by_of(request),
            event_id=event_of(request.POST.dict()),
        )
    except Unclear as unclear:
        return answered(request, mount, refused=str(unclear))
    except pickup.IdReused:
        # the same scan sent twice, after a lost answer: it counted the first time
        return answered(request, mount)
    except REFUSALS as error:
        return answered(request, mount, refused=refusal(error, want.tote.job))
    return answered(request, mount, hit=str(want.line.id) if more else "")


def answered(
    request: HttpRequest, mount: Mount, *, hit: str = "", refused: str = ""
) -> HttpResponse:
    """The list as it is now, alone for the script, as the page without it."""
    if request.headers.get("X-Piece"):
        given = {**shown(request, mount, hit=hit), "refused": refused}
        return render(request, "fulfilment/batch_list.html", given)
    if refused:
        messages.error(request, refused)
    return redirect(f"{reverse('pos_pick')}?hit={hit}" if hit else "pos_pick")


def wanted_by(walk: Batch, line_id: str) -> Want | None:
    for stop in walk.stops:
        for want in stop.wants:
            if str(want.line.id) == line_id:
                return want
    return None


def shown(request: HttpRequest, mount: Mount, *, hit: str = "") -> dict[str, Any]:
    walk = batch.mine(request.place, by_of(request))  # type: ignore[attr-defined]
    todo = walk.todo
    return {
        "mount": mount,
        "place": request.place,  # type: ignore[attr-defined]
        "here": "board",
        "batch": walk,
        "stop": todo[0] if todo else None,
        "next": todo[1:],
        "ready": [tote for tote in walk.totes if tote.done],
        "hit": wanted_by(walk, hit) if hit else None,
        "event": new_id(),
        "sizes": range(1, batch.MOST + 1),
    }
