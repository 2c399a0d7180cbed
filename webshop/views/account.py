"""What the shop knows of its customer."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from retail import channels
from retail.channels import Feature
from retail.customers.knowing import profile
from retail.loyalty import points
from webshop import whys
from webshop.who import visitor


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    who = visitor(request)
    if who.customer is None:
        here = urlencode({"next": reverse("shop_account")})
        return redirect(f"{reverse('account_login')}?{here}")
    known = profile(who.customer)
    bought = sorted([*known.orders, *known.tickets], key=lambda p: p.at, reverse=True)
    return render(
        request,
        "webshop/account.html",
        {
            "customer": who.customer,
            "known": known,
            "bought": bought,
            "orders": {order.id for order in known.orders},
            "statement": points.statement(who.customer, most=50),
            "euro": points.POINTS_FOR_ONE_EURO,
            "worth": points.value_of(known.points.total),
            "unified": channels.on(Feature.UNIFIED_CUSTOMERS),
            "why_stranger": whys.stranger_in_store(),
            "why_card": whys.other_card(),
            "why_points": whys.stranded_points(),
        },
    )
