"""The dial's page: where it stands, what another level would mean, flags, history.

Choosing a level only previews it. What moves data is previewed by counting every row,
so that part is asked for after the page is there; it is begun with the password typed
anew, and goes on in a process of its own, which the run's page follows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from inventory.models import Location
from inventory.models.places import LocationKind
from inventory.places import Channel
from retail import channels, formatting
from retail.channels import Feature, Level, flipping
from retail.channels.levels import NEEDS, PILOTABLE, SWITCHED
from retail.channels.models import DemoAct, FlagChange, SwitchRun
from retail.channels.snapshot import snapshot
from retail.channels.switching import run as running
from retail.channels.switching.preview import open_pickups
from retail.demo import people
from retail.interfaces.typed import one_line
from retail.office import words
from retail.office.previewing import previewed
from retail.staff.models import Employee, Role
from retail.staff.permissions import staff_required
from retail.staff.signing_in import Locked, WrongPassword, check_password
from retail.staff.words import locked_text

WHY_MOST = 500  # characters


@dataclass(frozen=True)
class FlagRow:
    feature: Feature
    on: bool
    stores: tuple[str, ...] | None
    means: Promise
    needs: list[Feature]
    pilotable: bool
    by_run: bool


@never_cache
@require_GET
@staff_required(Role.HEAD_OFFICE, Role.MANAGER)
def dial(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request)
    moves = bool(chosen) and running.kind_of(chosen) is not None
    at_once = bool(chosen) and (not moves or request.GET.get("preview") == "now")
    return render(
        request,
        "office/dial.html",
        {
            "here": "dial",
            "stops": [
                (each, Level(each).label, text) for each, text in words.LEVELS.items()
            ],
            **_asked(request, chosen),
            "preview": previewed(chosen) if at_once else None,
            "flags": _flags(),
            "stores": _stores(),
            "open_pickups": open_pickups(),
            "changes": FlagChange.objects.order_by("-at", "-id")[:12],
            "runs": SwitchRun.objects.order_by("-started_at")[:8],
            "standing": running.standing(),
            "refused": DemoAct.objects.exclude(answer="done").count(),
        },
    )


@never_cache
@require_GET
@staff_required(Role.HEAD_OFFICE, Role.MANAGER)
def preview(request: HttpRequest) -> HttpResponse:
    """What the page asks for once it is there. Seconds, where much data would move."""
    chosen = _chosen(request)
    if not chosen or not getattr(request, "htmx", False):
        told = {"level": chosen, "preview": "now"} if chosen else {}
        return redirect(f"{reverse('office_home')}?{urlencode(told)}")
    context = {**_asked(request, chosen), "preview": previewed(chosen), "arrives": True}
    return render(request, "office/dial_arrives.html", context)


def _chosen(request: HttpRequest) -> str:
    """The level that is looked at, empty for none and for the one that holds."""
    asked = request.GET.get("level", "")
    return (
        asked if asked in words.LEVELS and asked != snapshot(fresh=True).level else ""
    )


def _asked(request: HttpRequest, chosen: str) -> dict[str, Any]:
    """What the confirmation needs to know."""
    employee: Employee = request.employee  # type: ignore[attr-defined]
    return {
        "chosen": chosen,
        "why": one_line(request.GET.get("why", ""), most=WHY_MOST),
        "may_turn": employee.role == Role.HEAD_OFFICE,
        "hint": _demo_password(employee) if settings.DEMO else "",
    }


def _demo_password(employee: Employee) -> str:
    """Who came in by the demo's front page never typed it."""
    login = employee.account.login if employee.account else ""
    known = (row for row in people.staff() if login and row["login"] == login)
    return next((row["password_hint"] for row in known), "")


def _flags() -> list[FlagRow]:
    now = snapshot()
    return [
        FlagRow(
            feature=each,
            on=now.flags[each].on,
            stores=now.flags[each].stores,
            means=words.MEANS[each][now.flags[each].on],
            needs=list(NEEDS[each]),
            pilotable=each in PILOTABLE,
            by_run=each in SWITCHED,
        )
        for each in Feature
    ]


def _stores() -> list[Location]:
    with channels.use_channel(Channel.POS):
        found = Location.objects.filter(kind=LocationKind.STORE).order_by("name")
        return list(found)


@sensitive_post_parameters("password")
@require_POST
@staff_required(Role.HEAD_OFFICE)
def turn(request: HttpRequest) -> HttpResponse:
    """To another level: at once where no data moves, by a run where it does."""
    level = request.POST.get("level", "")
    if level not in words.LEVELS:
        raise Http404
    why = one_line(request.POST.get("why", ""), most=WHY_MOST)
    try:
        if running.kind_of(level) is None:
            flipping.set_level(Level(level), by=by(request), why=why)
        elif not _is_really(request):
            back = urlencode({"level": level, "why": why})
            return redirect(f"{reverse('office_home')}?{back}")
        else:
            begun = running.start(level, by=by(request), why=why)
            return redirect("office_run", begun.pk)
    except (running.AlreadyThere, running.NoRunNeeded):
        messages.info(request, _("The dial stands there already."))
    except (running.RunStands, flipping.RunStands):
        messages.error(request, _("A switch is under way. Follow it first."))
    else:
        messages.success(request, _("The dial has been turned. It holds at once."))
    return redirect("office_home")


def _is_really(request: HttpRequest) -> bool:
    """Whether who is signed in typed their password just now. Tries count as at the
    sign-in page: an office left open turns no dial."""
    employee: Employee = request.employee  # type: ignore[attr-defined]
    account = employee.account
    password = request.POST.get("password", "")
    try:
        if account is None or account.login is None or not password:
            raise WrongPassword
        if check_password(account.login, password) != employee:
            raise WrongPassword
    except WrongPassword:
        messages.error(
            request,
            _("That is not your password. Nothing was started. Type it once more."),
        )
    except Locked as refusal:
        messages.error(request, locked_text(refusal))
    else:
        return True
    return False


@require_POST
@staff_required(Role.HEAD_OFFICE)
def flip(request: HttpRequest) -> HttpResponse:
    """One feature on or off, for all stores or for some."""
    name = request.POST.get("feature", "")
    if name not in Feature.values:
        raise Http404
    on = request.POST.get("on") == "1"
    stores = _chosen_stores(request.POST.getlist("stores"))
    if stores == []:
        messages.error(request, _("None of these stores is known."))
        return redirect("office_home")
    try:
        flipping.flip(
            Feature(name),
            on,
            stores=stores if on and Feature(name) in PILOTABLE else None,
            by=by(request),
            why=one_line(request.POST.get("why", ""), most=WHY_MOST),
        )
    except flipping.NeedsMissing as refusal:
        messages.error(
            request,
            _("“%(feature)s” needs “%(needs)s”.")
            % {
                "feature": refusal.feature.label,
                "needs": ", ".join(str(each.label) for each in refusal.missing),
            },
        )
    except flipping.NeedsSwitchRun:
        messages.error(
            request, _("One database or two: that is changed by turning the dial.")
        )
    except flipping.RunStands:
        messages.error(request, _("A switch is under way. Follow it first."))
    else:
        messages.success(request, _("Changed, everywhere within a second."))
    return redirect("office_home")


def _chosen_stores(codes: Iterable[str]) -> list[str] | None:
    """None means all stores: where none or every one of them is ticked."""
    known = {store.code for store in _stores()}
    asked = set(codes)
    return None if not asked or asked >= known else sorted(known & asked)


def by(request: HttpRequest) -> str:
    """Who acts, as the history keeps it."""
    employee = request.employee  # type: ignore[attr-defined]
    return formatting.employee(employee.pk, employee.first_name)
