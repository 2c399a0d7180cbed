"""Paying for an order that waits, and coming back from the bank."""

from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from inventory.levels import OutOfStock
from retail.orders.booking import WrongSum, book
from retail.orders.models import Order
from retail.orders.paying import NotPayable, PaymentDeclined, UnknownPayment
from retail.orders.paying import pay as take_money
from retail.payments import providers
from retail.payments.cards import choices
from retail.payments.models import PaymentMethod, PaymentStatus
from retail.same_site import same_site
from webshop.views.orders import order_of


@require_POST
def pay(request: HttpRequest, id: UUID) -> HttpResponse:
    order, _by = order_of(request, id)
    token = request.POST.get("token", "")
    try:
        payment_id = UUID(request.POST.get("payment", ""))
    except ValueError:
        payment_id = None
    if payment_id is None or token not in {each.token for each in choices()}:
        messages.error(request, _("Choose how to pay. Nothing was charged."))
        return redirect("shop_order", id=order.id)
    try:
        payment = take_money(order, payment_id=payment_id, token=token)
    except PaymentDeclined:
        messages.error(request, _("Declined. Nothing was charged; try another card."))
    except OutOfStock:
        messages.error(
            request,
            _("Something has sold out meanwhile. Nothing was charged; please cancel."),
        )
    except (NotPayable, UnknownPayment):
        messages.error(request, _("There is nothing to pay any more."))
    else:
        if payment.next_action:
            return redirect(same_site(payment.next_action))
    return redirect("shop_order", id=order.id)


@never_cache
@require_safe
def back(request: HttpRequest, id: UUID) -> HttpResponse:
    """The customer comes back from a page of the bank. What became of the payment is
    asked of the provider, never read from this address; its own call may be faster or
    slower than the customer."""
    order, _by = order_of(request, id)
    ask(order)
    return redirect("shop_order", id=order.id)


def ask(order: Order) -> None:
    """Nothing where the provider does not answer: its call comes, or the next
    comparison of the books."""
    waits = order.payments.filter(
        method=PaymentMethod.ONLINE,
        status=PaymentStatus.PENDING,
        asked_at__isnull=False,
    )
    for payment in waits.select_related("order"):
        with suppress(providers.NoAnswer, providers.Refused, WrongSum):
            book(payment, providers.look_up(payment), at=timezone.now())
