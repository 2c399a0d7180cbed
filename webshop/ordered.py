"""The order that a form of the checkout has made, and where it is paid."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest

from retail.orders.finding import NoSuchOrder, order_for
from retail.orders.models import Order
from retail.payments.models import PaymentStatus
from webshop.who import Visitor

__all__ = ["at_bank", "ordered_before"]


def ordered_before(request: HttpRequest, who: Visitor) -> Order | None:
    """The order that this very form has made already: a second click, or the page sent
    again. Somebody else's id is nobody's."""
    try:
        id = UUID(request.POST.get("order", ""))
    except ValueError:
        return None
    try:
        return order_for(
            id, maker=who.session_maker, customer=who.customer, details=_plainly
        )
    except NoSuchOrder:
        return None


def _plainly(orders: QuerySet[Order]) -> QuerySet[Order]:
    return orders.select_related("customer")


def at_bank(order: Order) -> str:
    """The page of the customer's bank that must be answered first, if there is one."""
    waits = order.payments.filter(status=PaymentStatus.PENDING).exclude(next_action="")
    return waits.values_list("next_action", flat=True).first() or ""
