"""What the till asks about offers and codes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from pos import articles, offers, quick_keys, whys
from pos.refusals import problem
from pos.views.answers import asked_text, endpoint, told
from pos.views.till import tiles_body


@endpoint("GET")
def running(request: HttpRequest) -> HttpResponse:
    """Those that are given here now, between two customers or after a ticket found that
    they had changed. `keys` is what the bootstrap said of the tiles: where they were
    arranged anew since, they come along."""
    till = request.till  # type: ignore[attr-defined]
    found = offers.running(till.location, at=timezone.now())
    told_now: dict[str, Any] = {"offers": [offers.offer_body(each) for each in found]}
    shown = request.GET.get("keys")
    if shown and shown != quick_keys.stamp(quick_keys.at(till.location)):
        told_now |= tiles_body(articles.tiles(till))
    return JsonResponse(told_now)


@endpoint("GET")
def coupon(request: HttpRequest) -> HttpResponse:
    """The offer that a code opens here; it is used when the ticket is booked. Refused
    with `why` where the other channel's codes are not known."""
    till = request.till  # type: ignore[attr-defined]
    try:
        found = offers.coupon(
            asked_text(request, "code"), till.location, at=timezone.now()
        )
    except offers.CouponRefused as error:
        refusal = problem(error, location=till.location)
        refusal.values["why"] = whys.unknown_code(till.location.code)
        return told(refusal)
    return JsonResponse(
        {"code": found.code, "offer": offers.offer_body(found.promotion)}
    )
