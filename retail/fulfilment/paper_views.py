"""What a store prints: labels of bags, lists to pick by."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from inventory.models import Location
from retail.fulfilment import batch, labels
from retail.fulfilment.job_views import job_of, walking
from retail.fulfilment.models import PickupJob
from retail.fulfilment.mounts import Mount
from retail.fulfilment.work_permissions import at_work, by_of

__all__ = ["label", "pick_list", "walk"]


@never_cache
@require_safe
@at_work
def label(request: HttpRequest, id: UUID, *, mount: Mount) -> HttpResponse:
    """One page for each bag. 404 before it is known how many there are."""
    job = job_of(request, mount, id)
    if not isinstance(job, PickupJob) or not job.bags:
        raise Http404
    answer = HttpResponse(labels.bag_labels(job), content_type="application/pdf")
    name = f"{job.order_number}.pdf"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


@never_cache
@require_safe
@at_work
def pick_list(request: HttpRequest, id: UUID, *, mount: Mount) -> HttpResponse:
    """One order, in walking order."""
    job = job_of(request, mount, id)
    stops = [
        {
            "variant": each["variant"],
            "product": each["product"],
            "wants": [{"letter": "", "wanted": each["wanted"]}],
        }
        for each in walking(job)
        if each["wanted"]
    ]
    return _paper(
        request,
        mount,
        [{"letter": "", "job": job}],
        stops,
        reverse(mount.job, args=[job.id]),
    )


@never_cache
@require_safe
@at_work
def walk(request: HttpRequest, *, mount: Mount) -> HttpResponse:
    """Everything that this person has on the trolley."""
    place: Location = request.place  # type: ignore[attr-defined]
    found = batch.mine(place, by_of(request))
    totes = [{"letter": tote.letter, "job": tote.job} for tote in found.totes]
    stops = [
        {
            "variant": stop.variant,
            "product": stop.variant.product,
            "wants": [
                {"letter": want.tote.letter, "wanted": want.wanted}
                for want in stop.wants
            ],
        }
        for stop in found.stops
    ]
    return _paper(request, mount, totes, stops, reverse("pos_pick"))


def _paper(
    request: HttpRequest,
    mount: Mount,
    totes: list[dict[str, Any]],
    stops: list[dict[str, Any]],
    back: str,
) -> HttpResponse:
    return render(
        request,
        "fulfilment/pick_list.html",
        {
            "mount": mount,
            "place": request.place,  # type: ignore[attr-defined]
            "totes": totes,
            "stops": stops,
            "units": sum(w["wanted"] for stop in stops for w in stop["wants"]),
            "back": back,
            "now": timezone.now(),
        },
    )
