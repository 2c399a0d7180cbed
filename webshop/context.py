"""What the shell of every shop page shows, asked only where a template shows it."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest

from retail.channels.surfaces import surface_of
from retail.orders.models import BasketLine
from webshop.shelves import all_departments
from webshop.who import visitor

INK = "#16402c"  # of the icon, and of what a browser draws around the shop


def shop(request: HttpRequest) -> dict[str, Callable[[], Any] | str]:
    """departments, basket_count: one query each. A page that knows them already gives
    its own. And `ink`."""
    surface = surface_of(request.path_info)
    if surface is None or surface.name != "shop":
        return {}

    @cache
    def basket_count() -> int:
        who = visitor(request)
        if who.customer is not None:
            mine: dict[str, Any] = {"basket__customer": who.customer}
        elif who.session:
            mine = {"basket__session": who.session}
        else:
            return 0
        lines = BasketLine.objects.filter(basket__closed_at=None, **mine)
        return lines.aggregate(units=Sum("quantity"))["units"] or 0

    return {
        "departments": cache(all_departments),
        "basket_count": basket_count,
        "ink": INK,
    }
