"""An article is not where it should be: something else, another store, or the customer
decides."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from inventory.ids import new_id
from inventory.models import Variant
from retail.fulfilment import missing
from retail.fulfilment.job_views import job_of
from retail.fulfilment.models import PickupJob, PickupLine
from retail.fulfilment.mounts import Mount
from retail.fulfilment.states import legal
from retail.fulfilment.words import SHORT_REASONS
from retail.fulfilment.work_permissions import at_work

__all__ = ["show"]


@never_cache
@require_safe
@at_work
def show(
    request: HttpRequest, id: UUID, position: int, *, mount: Mount
) -> HttpResponse:
    """`q` looks for other articles. Ten queries at most."""
    job = job_of(request, mount, id)
    line = PickupLine.objects.filter(job_id=job.id, position=position).first()
    if not isinstance(job, PickupJob) or line is None:
        raise Http404
    text = request.GET.get("q", "").strip()[:80]
    moves = legal(mount.moves, job.status)
    left = line.quantity - line.short - line.picked
    may_wait = left > 0 and "await-transfer" in moves
    variant = Variant.objects.select_related("product__department").get(
        id=line.variant_id
    )
    return render(
        request,
        "fulfilment/missing.html",
        {
            "mount": mount,
            "place": request.place,  # type: ignore[attr-defined]
            "here": "board",
            "job": job,
            "line": line,
            "left": left,
            "variant": variant,
            "may_short": left > 0 and "short" in moves,
            "may_wait": may_wait,
            "instead": missing.instead(variant, job, text),
            "elsewhere": missing.elsewhere(line, job.location) if may_wait else [],
            "reasons": SHORT_REASONS.items(),
            "q": text,
            "next": "pick" if request.GET.get("next") == "pick" else "",
            "short_event": new_id(),
            "transfer_event": new_id(),
        },
    )
