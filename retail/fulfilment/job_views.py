"""One job: what to walk for, what is missing, and how it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from inventory.ids import new_id
from inventory.models import Variant
from retail.formatting import who
from retail.fulfilment import offers, pickup, shipping
from retail.fulfilment.job_forms import REFUSALS, Unclear, make
from retail.fulfilment.models import (
    Fulfilment,
    PickupJob,
    PickupLine,
    PickupOffer,
    ShipJob,
    ShipLine,
)
from retail.fulfilment.mounts import Mount
from retail.fulfilment.name_checks import Desk
from retail.fulfilment.states import legal
from retail.fulfilment.walking import steps
from retail.fulfilment.words import (
    DO,
    DONE,
    NO_CODE,
    REASONS,
    SHORT_REASONS,
    refusal,
)
from retail.fulfilment.work_permissions import at_work, by_of
from retail.staff.agreeing import managers_at

Job = PickupJob | ShipJob

REFUSE_REASONS = ("out_of_stock", "too_busy", "closed")
CANCEL_REASONS = ("customer", "mistake", "out_of_stock")
# what a refused form shows again
TYPED = (
    *("code", "shelf", "tracking"),
    *("name_checked", "reason", "word", "manager"),
)
# after these the job's page has nothing left to do
ENDS = frozenset(
    {"reject", "ready", "hand-over", "restock", "cancel", "ship", "expire"}
)


@never_cache
@require_safe
@at_work
def show(request: HttpRequest, id: UUID, *, mount: Mount) -> HttpResponse:
    return job_page(request, mount, job_of(request, mount, id))


@never_cache
@require_safe
@at_work
def slip(request: HttpRequest, id: UUID, *, mount: Mount) -> HttpResponse:
    """What lies in the parcel, to be printed and put into it."""
    job = job_of(request, mount, id)
    return render(
        request,
        "fulfilment/slip.html",
        {"mount": mount, "job": job, "lines": job.lines.order_by("position")},
    )


@never_cache
@require_POST
@sensitive_post_parameters("code", "pin")
@at_work
def move(request: HttpRequest, id: UUID, move: str, *, mount: Mount) -> HttpResponse:
    """One move. Done: on to the next page; refused: the job as it is now, and why."""
    job = job_of(request, mount, id)
    try:
        posted = request.POST.dict()
        make(mount, move, job, posted, by=by_of(request), desk=desk_of(request))
    except KeyError as error:
        raise Http404 from error
    except Unclear as unclear:
        return refused(request, mount, job, str(unclear), status=422)
    except REFUSALS as error:
        job = job_of(request, mount, id)
        unpaid = isinstance(error, pickup.NotPaid)
        return refused(request, mount, job, refusal(error, job), unpaid=unpaid)
    said = {"number": job.order_number, "done": str(DONE[move]).lower()}
    messages.success(request, _("%(number)s: %(done)s") % said)
    if on_the_board(request):
        return redirect(mount.lanes)
    if mount.is_store and request.POST.get("next") == "pick":
        return redirect("pos_pick")
    if move in ENDS or request.POST.get("next") == "board":
        return redirect(mount.board)
    return redirect(mount.job, id)


def desk_of(request: HttpRequest) -> Desk:
    return Desk(request.employee, request.device)  # type: ignore[attr-defined]


def on_the_board(request: HttpRequest) -> bool:
    """Whether the board itself asks, which wants its lanes and no other page."""
    return request.headers.get("HX-Target") == "lanes"


def refused(
    request: HttpRequest,
    mount: Mount,
    job: Job,
    text: str,
    *,
    status: int = 409,
    unpaid: bool = False,
) -> HttpResponse:
    if on_the_board(request):
        messages.error(request, text)
        return redirect(mount.lanes)
    typed = {name: request.POST.get(name, "")[:80] for name in TYPED}
    if not unpaid:
        messages.error(request, text)
        typed["code"] = ""
    answer = job_page(request, mount, job, typed=typed, unpaid=text if unpaid else "")
    answer.status_code = status
    return answer


def job_of(request: HttpRequest, mount: Mount, id: UUID) -> Job:
    """404 for another place's job, as for none."""
    place = request.place  # type: ignore[attr-defined]
    verbs = pickup if mount.is_store else shipping
    try:
        job: Job = verbs.job_at(place.id, id)
    except pickup.NotYours as error:
        raise Http404 from error
    return job


def job_page(
    request: HttpRequest,
    mount: Mount,
    job: Job,
    *,
    typed: dict[str, str] | None = None,
    unpaid: str = "",
) -> HttpResponse:
    """Four queries: lines with their products, events, what the customer asks. One of
    head office more, where a cashier may hand over: who agrees."""
    desk = desk_of(request)
    lines = walking(job)
    offered = offers_of(job)
    for each in lines:
        each["offered"] = offered.get(each["line"].position)
    moves = legal(mount.moves, job.status)
    return render(
        request,
        "fulfilment/job.html",
        {
            "mount": mount,
            "place": request.place,  # type: ignore[attr-defined]
            "here": "board",
            "job": job,
            "lines": lines,
            "moves": moves,
            "units": sum(line["wanted"] for line in lines),
            "picked": sum(line["line"].picked for line in lines),
            "history": [
                {
                    "event": event,
                    "what": done(event),
                    "why": why_of(event),
                    "who": who(event.by),
                }
                for event in job.events.order_by("at", "id")
            ],
            "asked": asked_of(job),
            "reason": REASONS.get(getattr(job, "reason", ""), ""),
            "owed": getattr(job, "due", 0) - getattr(job, "paid", 0),
            "unpaid": unpaid,
            "till_url": till_url(job, (typed or {}).get("code", "")),
            "several": sum(line["here"] for line in lines) > 1,
            "picker": who(getattr(job, "picker", "")),
            "typed": typed or {},
            "identity": isinstance(job, PickupJob) and pickup.needs_identity(job),
            "no_code": NO_CODE.items(),
            "alone": desk.alone,
            "managers": managers_at(desk.device)
            if "hand-over" in moves and not desk.alone
            else [],
            "name_check": getattr(job, "code_fails", 0) >= pickup.NAME_CHECK_AFTER,
            "do": {name.replace("-", "_"): DO[name] for name in moves},
            "short_reasons": SHORT_REASONS.items(),
            "refuse_reasons": [(each, REASONS[each]) for each in REFUSE_REASONS],
            "cancel_reasons": [(each, REASONS[each]) for each in CANCEL_REASONS],
            # one for each form: none is used twice
            "events": {name.replace("-", "_"): new_id() for name in moves},
        },
    )


def walking(job: Job) -> list[dict[str, Any]]:
    """The lines in the order of the aisles: A2 before A10, unknown places last."""
    lines: list[PickupLine | ShipLine] = list(job.lines.all())
    goods = Variant.objects.select_related("product__department").in_bulk(
        [line.variant_id for line in lines]
    )
    found = [
        {
            "line": line,
            "variant": goods[line.variant_id],
            "product": goods[line.variant_id].product,
            "wanted": line.quantity - getattr(line, "short", 0),
            "left": line.quantity - getattr(line, "short", 0) - line.picked,
            "here": line.picked - getattr(line, "collected", 0),
            "event": new_id(),
        }
        for line in lines
    ]
    return sorted(
        found, key=lambda each: (*steps(each["variant"].aisle), each["line"].position)
    )


def offers_of(job: Job) -> dict[int, PickupOffer]:
    """What the customer is offered, by the missing line's position. No query unless
    something is missing."""
    if job.status != "short" or not isinstance(job, PickupJob):
        return {}
    return {offer.position: offer for offer in offers.open_ones(job)}


def till_url(job: Job, code: str) -> str:
    """The till with this pickup open, to be paid. What stands behind the # reaches no
    server's log; from there the way leads back here."""
    fetched = f"pickup={quote(code)}&" if code else ""
    return f"{reverse('pos_till')}#{fetched}job={job.id}"


def asked_of(job: Job) -> str:
    """What the customer asked and nobody has answered yet, where the promise lies in
    the database that this place reads: else the message is still on its way."""
    found = Fulfilment.objects.filter(id=job.id).values_list("requested", flat=True)
    return found.first() or ""


def done(event: Any) -> Any:
    if event.move == "transfer-arrived" and "failed" in event.data:
        return _("The other store cannot send it")
    return DONE[event.move]


def why_of(event: Any) -> str:
    """The reason or detail that an event keeps, for people."""
    data = event.data
    if "handed" in data:
        return " · ".join(_of_hand_over(event))
    if source := data.get("source"):
        return str(source)
    if minutes := data.get("minutes"):
        return _("in about %(minutes)s min") % {"minutes": minutes}
    if reason := data.get("reason"):
        return str(REASONS.get(reason, reason))
    if shelf := data.get("shelf"):
        return _("shelf %(shelf)s") % {"shelf": shelf}
    return str(data.get("tracking") or "")


def _of_hand_over(event: Any) -> Iterator[str]:
    data = event.data
    if event.move == "hand-over-part":
        units = sum(data["handed"].values())
        told = ngettext("%(count)s item", "%(count)s items", units)
        yield told % {"count": units}
    if data.get("collector"):
        yield _("by the code of the person named")
    if data.get("name_checked"):
        yield _("name checked")
    if data.get("identity_checked"):
        yield _("identity card seen")
    if reason := data.get("reason"):
        yield str(REASONS.get(reason, reason))
    if second := data.get("approved_by"):
        yield _("%(name)s agreed") % {"name": who(second)}
