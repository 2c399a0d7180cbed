"""A switch run as people follow it: how far, what waits, how it ended, what to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID
from zlib import crc32

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from retail.channels.models import STANDING, RunState, SwitchRun, SwitchStep
from retail.channels.switching import run as running
from retail.office import words
from retail.office.dial import by
from retail.staff.models import Role
from retail.staff.permissions import staff_required

# A runner that was just started has not taken its lock yet.
STARTS_WITHIN = timedelta(seconds=10)


@never_cache
@require_GET
@staff_required(Role.HEAD_OFFICE, Role.MANAGER)
def run(request: HttpRequest, id: UUID) -> HttpResponse:
    """The part that changes asks for itself each second, and gets nothing where
    nothing changed: who listens to the page hears each step once."""
    found = get_object_or_404(SwitchRun.objects.prefetch_related("steps"), id=id)
    context = told(found)
    if not getattr(request, "htmx", False):
        role = request.employee.role  # type: ignore[attr-defined]
        head = role == Role.HEAD_OFFICE
        return render(request, "office/run.html", {**context, "may_turn": head})
    if request.GET.get("seen") == context["tag"]:
        return HttpResponse(status=204)
    context["may_turn"] = request.employee.role == Role.HEAD_OFFICE  # type: ignore[attr-defined]
    context["says_anew"] = request.GET.get("said") != context["said"]
    return render(request, "office/run_steps.html", context)


def told(found: SwitchRun) -> dict[str, Any]:
    """What the templates show. `said` is the sentence above the steps by name, `tag`
    changes with anything that is to be seen."""
    steps = sorted(found.steps.all(), key=lambda step: step.place)
    stands = found.state in STANDING
    lives = stands and running.runner_lives()
    starts = found.state == RunState.PENDING and (
        timezone.now() - found.started_at < STARTS_WITHIN
    )
    alone = stands and not lives and not starts
    opened = found.opened_at is not None and found.state != RunState.ABORTED
    said = _said(found, alone=alone, opened=opened)
    seen = "".join(f"{step.state}{step.share:.2f}{step.note}" for step in steps)
    return {
        "here": "dial",
        "run": found,
        "steps": [_row(step) for step in steps],
        "said": said,
        "tag": f"{said}-{crc32(seen.encode()):x}",
        "ended": not stands,
        "alone": alone,
        "may_give_up": stands and not found.given_up_by and not running.is_open(found),
        "seconds": (
            (found.finished_at or timezone.now()) - found.started_at
        ).total_seconds(),
    }


def _said(found: SwitchRun, *, alone: bool, opened: bool) -> str:
    if found.state in {RunState.DONE, RunState.ABORTED}:
        return str(found.state)
    if alone:
        if opened:
            return "stopped-open"
        return "stopped-closed" if found.closed_at else "stopped-before"
    if found.given_up_by:
        return "giving-up"
    if opened:
        return "checking"
    return "waiting" if found.closed_at else "copying"


def _row(step: SwitchStep) -> dict[str, Any]:
    name, text = words.STEPS.get(step.name, (step.name, ""))
    return {
        "step": step,
        "name": name,
        "text": text,
        # an error is not a sentence of ours
        "note": step.note if step.state == RunState.FAILED else words.noted(step.note),
        "percent": round(step.share * 100),
        "in_pause": step.name in words.IN_THE_PAUSE,
    }


@require_POST
@staff_required(Role.HEAD_OFFICE)
def resume(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take up a run that no runner works on."""
    _standing(id)
    try:
        running.resume()
    except running.NoRunStands:
        messages.info(request, _("This switch has ended meanwhile."))
    except running.RunnerBusy:
        messages.info(request, _("It is under way."))
    else:
        messages.success(request, _("Taken up where it stopped."))
    return redirect("office_run", id)


@require_POST
@staff_required(Role.HEAD_OFFICE)
def abort(request: HttpRequest, id: UUID) -> HttpResponse:
    """Give a run up, at work or not, as long as the new side is closed."""
    _standing(id)
    try:
        running.abort(by=by(request))
    except running.NoRunStands:
        messages.info(request, _("This switch has ended meanwhile."))
    except running.TooLate:
        messages.error(
            request,
            _(
                "The new side is open already: what is sold there would be lost. The way"
                " back is to turn the dial once more."
            ),
        )
    else:
        messages.success(request, _("It is being given up: the old side goes on."))
    return redirect("office_run", id)


def _standing(id: UUID) -> None:
    """A button of a page that is long out of date must not touch another run."""
    found = running.standing()
    if found is not None and found.pk != id:
        raise Http404
