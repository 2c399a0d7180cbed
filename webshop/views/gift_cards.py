"""What a gift card holds. Its code comes in the body of a form and stands in no address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from retail.interfaces.typed import one_line
from retail.loyalty.gift_cards import UnknownCard, find
from retail.loyalty.models import GiftCard
from webshop import whys

INVALID = 422
SHOWN = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    code = one_line(request.POST.get("code", ""), most=40)
    card: GiftCard | None = None
    error = ""
    if request.method == "POST":
        try:
            card = find(code)
        except UnknownCard:
            error = _("No such gift card is known here.")
    return render(
        request,
        "webshop/gift_card.html",
        {
            "card": card,
            "code": code if error else "",
            "error": error,
            "entries": card.entries.order_by("-at", "-id")[:SHOWN] if card else [],
            "why": whys.card_of_the_other() if error else None,
        },
        status=INVALID if error else 200,
    )
