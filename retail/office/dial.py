"""The dial's page: where it stands, what another level would mean, flags, history.

Choosing a level only previews it. What moves data asks for a confirmation that names
what is lost, and goes on in a process of its own, which the run's page follows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from inventory.models import Location
from inventory.models.places import LocationKind
from inventory.places import Channel
from retail import channels
from retail.channels import Feature, Level, flipping
from retail.channels.levels import NEEDS, PILOTABLE, PRESETS, SWITCHED
from retail.channels.models import DemoAct, FlagChange, SwitchRun
from retail.channels.snapshot import snapshot
from retail.channels.switching import run as running
from retail.channels.switching.preview import preview
from retail.fulfilment.models import PickupJob
from retail.fulfilment.states import PICKUP_OPEN
from retail.interfaces.typed import one_line
from retail.staff.models import Role
from retail.staff.permissions import staff_required

TEXTS: dict[str, Promise] = {
    Level.MULTICHANNEL: gettext_lazy(
        "Two customer files, two baskets, two cards. The web sells only its warehouse."
    ),
    Level.CROSS_CHANNEL: gettext_lazy(
        "Order on the web, collect in a store. The two databases speak by messages."
    ),
    Level.OMNICHANNEL: gettext_lazy(
        "One customer, one card, one stock. Begin and end where you like."
    ),
}
MEANS: dict[str, tuple[Promise, Promise]] = {
    Feature.WEB_TO_STORE: (
        gettext_lazy("The webshop delivers only."),
        gettext_lazy("A web order can be collected in a store."),
    ),
    Feature.SHARED_DATABASE: (
        gettext_lazy("Each channel keeps its own database."),
        gettext_lazy("Both channels write the same database."),
    ),
    Feature.UNIFIED_CUSTOMERS: (
        gettext_lazy("The same person is one record per channel."),
        gettext_lazy("One profile with its history, seen from both."),
    ),
    Feature.UNIFIED_LOYALTY: (
        gettext_lazy("A card and a balance per channel."),
        gettext_lazy("One balance: earn anywhere, spend anywhere."),
    ),
}
STEPS: dict[str, Promise] = {
    "close": gettext_lazy("Close shop and tills, wait for those inside"),
    "forget": gettext_lazy("Forget the demo's rows"),
    "route": gettext_lazy("Point both channels at their database"),
    "seed": gettext_lazy("Seed the same story again"),
    "open": gettext_lazy("Open again"),
}


@dataclass(frozen=True)
class FlagRow:
    feature: Feature
    on: bool
    stores: tuple[str, ...] | None
    means: Promise
    needs: list[Feature]
    pilotable: bool
    by_run: bool


@require_GET
@staff_required(Role.HEAD_OFFICE, Role.MANAGER)
def dial(request: HttpRequest) -> HttpResponse:
    now = snapshot(fresh=True)
    asked = request.GET.get("level", "")
    chosen = asked if asked in TEXTS and asked != now.level else ""
    return render(
        request,
        "office/dial.html",
        {
            "here": "dial",
            "stops": [(each, Level(each).label, text) for each, text in TEXTS.items()],
            "chosen": chosen,
            "chosen_text": TEXTS.get(chosen, ""),
            "preview": _preview(chosen) if chosen else None,
            "flags": _flags(),
            "stores": _stores(),
            "open_pickups": _open_pickups(),
            "changes": FlagChange.objects.order_by("-at", "-id")[:12],
            "runs": SwitchRun.objects.order_by("-started_at")[:8],
            "standing": running.standing(),
            "refused": DemoAct.objects.exclude(answer="done").count(),
            "may_turn": request.employee.role == Role.HEAD_OFFICE,  # type: ignore[attr-defined]
        },
    )


def _preview(level: str) -> dict[str, Any]:
    found = preview(level)
    found["rows"] = [
        {
            "feature": Feature(name),
            "before": MEANS[name][change["before"]],
            "after": MEANS[name][change["after"]],
        }
        for name, change in found["features"].items()
    ]
    found["lost_rows"] = sum(sum(tables.values()) for tables in found["lost"].values())
    return found


def _flags() -> list[FlagRow]:
    now = snapshot()
    return [
        FlagRow(
            feature=each,
            on=now.flags[each].on,
            stores=now.flags[each].stores,
            means=MEANS[each][now.flags[each].on],
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


def _open_pickups() -> int:
    """Begun pickups end under the rules they began with, whatever the dial says."""
    with channels.use_channel(Channel.POS):
        return PickupJob.objects.filter(status__in=PICKUP_OPEN).count()


@require_POST
@staff_required(Role.HEAD_OFFICE)
def turn(request: HttpRequest) -> HttpResponse:
    """To another level: at once where no data moves, by a run where it does."""
    level = request.POST.get("level", "")
    if level not in TEXTS:
        raise Http404
    why = one_line(request.POST.get("why", ""), most=500)
    moves = (Feature.SHARED_DATABASE in PRESETS[Level(level)]) != channels.shared()
    if moves and request.POST.get("confirmed") != "yes":
        messages.error(
            request, _("Confirm first that the demo's own data may be forgotten.")
        )
        return redirect(f"{reverse('office_home')}?level={level}")
    try:
        if moves:
            begun = running.start(level, by=_by(request), why=why)
            return redirect("office_run", begun.pk)
        flipping.set_level(Level(level), by=_by(request), why=why)
    except running.NotADemo:
        messages.error(
            request,
            _("These are not a demo's databases: seeding anew would destroy them."),
        )
    except (running.AlreadyThere, running.NoRunNeeded):
        messages.info(request, _("The dial stands there already."))
    except (running.RunStands, flipping.RunStands):
        messages.error(request, _("A switch is under way. Follow it first."))
    else:
        messages.success(request, _("The dial has been turned. It holds at once."))
    return redirect("office_home")


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
            by=_by(request),
            why=one_line(request.POST.get("why", ""), most=500),
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


@require_GET
@staff_required(Role.HEAD_OFFICE, Role.MANAGER)
def run(request: HttpRequest, id: UUID) -> HttpResponse:
    """A switch run as it goes on; the part with the steps asks for itself anew."""
    found = SwitchRun.objects.prefetch_related("steps").filter(id=id).first()
    if found is None:
        raise Http404
    template = "office/run_steps.html" if _is_htmx(request) else "office/run.html"
    return render(
        request,
        template,
        {
            "here": "dial",
            "run": found,
            "steps": [
                {"step": step, "text": STEPS[step.name]}
                for step in sorted(found.steps.all(), key=lambda step: step.place)
            ],
            "ended": found.state in ("done", "failed", "aborted"),
        },
    )


@require_POST
@staff_required(Role.HEAD_OFFICE, Role.MANAGER)
def choose_side(request: HttpRequest) -> HttpResponse:
    """Which side's rows this office session looks at in the tables."""
    side = request.POST.get("side", "")
    if side not in Channel.values:
        raise Http404
    request.session["side"] = side
    return redirect("admin:index")


def _is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _by(request: HttpRequest) -> str:
    employee = request.employee  # type: ignore[attr-defined]
    return f"employee:{employee.pk} {employee.first_name}"
