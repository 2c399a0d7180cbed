"""What the till asks about gift cards."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from pos import card_money, whys
from pos.refusals import problem
from pos.views.answers import endpoint, sent_code, told
from retail.loyalty import gift_cards


@endpoint("POST")
def card(request: HttpRequest) -> HttpResponse:
    """The card of a `code` in the body, and what it holds. 404 with `why` where it is not known."""
    till = request.till  # type: ignore[attr-defined]
    try:
        found = gift_cards.find(sent_code(request))
    except card_money.UnknownCard as error:
        refusal = problem(error, location=till.location)
        refusal.values["why"] = whys.unknown_gift_card()
        return told(refusal)
    return JsonResponse(
        {"id": found.id, "tail": found.tail, "balance": f"{found.balance:.2f}"}
    )
