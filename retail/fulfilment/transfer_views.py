"""What this store sends to others and gets from them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from inventory.ids import new_id
from inventory.models import Location, Transfer
from inventory.reserving import HoldGone
from inventory.transferring import WrongStep
from retail.fulfilment import awaiting, transfer_list
from retail.fulfilment.mounts import Mount
from retail.fulfilment.typed_work import Posted, Unclear, event_of, reason_of
from retail.fulfilment.words import SHORT_REASONS
from retail.fulfilment.work_permissions import at_work, by_of

__all__ = ["move", "show"]

SAID = {
    "send": gettext_lazy("Sent. The other store receives it."),
    "receive": gettext_lazy("Received, and held for the order that waits for it."),
    "fail": gettext_lazy("The other store and the customer are told."),
}


@never_cache
@require_safe
@at_work
def show(request: HttpRequest, *, mount: Mount) -> HttpResponse:
    """Five queries."""
    place = request.place  # type: ignore[attr-defined]
    found = transfer_list.listed(place)
    return render(
        request,
        "fulfilment/transfers.html",
        {
            "mount": mount,
            "place": place,
            "here": "transfers",
            "to_send": [(each, new_id(), new_id()) for each in found["to_send"]],
            "to_receive": [(each, new_id()) for each in found["to_receive"]],
            "asked": found["asked"],
            "reasons": SHORT_REASONS.items(),
        },
    )


@never_cache
@require_POST
@at_work
def move(request: HttpRequest, id: UUID, act: str, *, mount: Mount) -> HttpResponse:
    place = request.place  # type: ignore[attr-defined]
    if act not in SAID:
        raise Http404
    try:
        _make(act, _of_place(id, act, place), request.POST.dict(), by=by_of(request))
    except Unclear as unclear:
        messages.error(request, str(unclear))
    except (WrongStep, HoldGone):
        messages.error(request, _("Somebody was faster: look at it again."))
    else:
        messages.success(request, SAID[act])
    return redirect("pos_transfers")


def _of_place(id: UUID, act: str, place: Location) -> Transfer:
    """404 for a transfer in which this place has no such part."""
    mine = {"target": place} if act == "receive" else {"source": place}
    transfer = (
        Transfer.objects.filter(id=id, **mine)
        .select_related("source", "target")
        .first()
    )
    if transfer is None:
        raise Http404
    return transfer


def _make(act: str, transfer: Transfer, posted: Posted, *, by: str) -> None:
    event_id = event_of(posted)
    if act == "send":
        awaiting.send(transfer, by=by)
    elif act == "receive":
        awaiting.receive(transfer, by=by, event_id=event_id)
    else:
        reason = reason_of(posted, SHORT_REASONS)
        awaiting.fail(transfer, reason=reason, by=by, event_id=event_id)
