"""An order's own page, and what its customer may still ask for."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from inventory.ids import new_id
from inventory.levels import OutOfStock
from retail import channels
from retail.channels import FeatureOff
from retail.fulfilment import asking, sourcing, visits
from retail.fulfilment.asking import AlreadyAsked, NotAskable
from retail.fulfilment.models import Fulfilment, Method
from retail.fulfilment.requesting import code_of
from retail.orders import cancelling, choosing
from retail.orders.asking import Invalid
from retail.orders.cancelling import NotCancellable
from retail.orders.choosing import NotAChoice, choices
from retail.orders.finding import NoSuchOrder, order_for
from retail.orders.models import Order, OrderEvent, OrderLine
from retail.orders.moving import UNPAID
from retail.orders.paying import NotPayable, PaymentDeclined, UnknownPayment
from retail.orders.paying import pay as take_money
from retail.orders.placing import NotOffered
from retail.payments import gateway
from retail.payments.models import Payment, PaymentMethod, PaymentStatus
from webshop import hours, progress, qr, whys
from webshop.who import Visitor, visitor

POLL_SECONDS = 5


@require_safe
def page(request: HttpRequest, id: UUID) -> HttpResponse:
    who = visitor(request)
    order = _order(id, who)
    promise = progress.promise_of(order)
    open_choices = choices(order, promise)
    stores = sourcing.stores() if "other_store" in open_choices else []
    given = {
        **_state(order, promise),
        "payment_id": _payment_id(order) if order.status in UNPAID else None,
        "may_cancel": progress.may_cancel(order, promise),
        "may_check_in": progress.may_check_in(order, promise),
        "choices": [(each, progress.choice_in_words(each)) for each in open_choices],
        "other_stores": [s for s in stores if s.id != promise.location_id],
        "missing": _missing(order, promise) if open_choices else [],
        "paid": sum(each.captured - each.refunded for each in order.payments.all()),
        "demo_tokens": (gateway.APPROVE, gateway.DECLINE),
        "why_stranger": whys.stranger_in_store(),
    }
    response = render(request, "webshop/order.html", given)
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_safe
def status(request: HttpRequest, id: UUID) -> HttpResponse:
    """The part of the page that follows the order, asked for every few seconds: 204 or
    304 while nothing changed, and the whole page anew once other buttons belong on it.
    """
    order = _order(id, visitor(request))
    promise = progress.promise_of(order)
    tag = progress.etag(order, promise)
    if request.headers.get("If-None-Match") == f'"{tag}"':
        response: HttpResponse = HttpResponseNotModified()
    elif request.GET.get("seen") == tag:
        response = HttpResponse(status=204)
    elif request.GET.get("state", "") != progress.state_key(order, promise):
        response = HttpResponse()
        response["HX-Refresh"] = "true"
    else:
        given = _state(order, promise)
        response = render(request, "webshop/order_status.html", given)
    response["ETag"] = f'"{tag}"'
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_POST
def pay(request: HttpRequest, id: UUID) -> HttpResponse:
    order = _order(id, visitor(request))
    token = request.POST.get("token", "")
    try:
        payment_id = UUID(request.POST.get("payment", ""))
    except ValueError:
        payment_id = None
    if payment_id is None or token not in {gateway.APPROVE, gateway.DECLINE}:
        messages.error(request, _("Choose how to pay. Nothing was charged."))
        return redirect("shop_order", id=order.id)
    try:
        take_money(order, payment_id=payment_id, token=token)
    except PaymentDeclined:
        messages.error(request, _("Declined. Nothing was charged; try another card."))
    except OutOfStock:
        messages.error(
            request,
            _("Something has sold out meanwhile. Nothing was charged; please cancel."),
        )
    except (NotPayable, UnknownPayment):
        messages.error(request, _("There is nothing to pay any more."))
    return redirect("shop_order", id=order.id)


@require_POST
def cancel(request: HttpRequest, id: UUID) -> HttpResponse:
    who = visitor(request)
    order = _order(id, who)
    try:
        answer = cancelling.cancel(order, by=who.maker)
    except NotCancellable:
        messages.error(request, _("It is too late to cancel this order."))
    except AlreadyAsked:
        messages.error(request, _already_asked())
    else:
        _answer(request, answer, done=_("Your order is cancelled."))
    return redirect("shop_order", id=order.id)


@require_POST
def check_in(request: HttpRequest, id: UUID) -> HttpResponse:
    """I'm here: the store's board shows it on top."""
    who = visitor(request)
    order = _order(id, who)
    try:
        with channels.atomic():
            promise = _collected(asking.lock_all(order.id))
            answer = visits.ask_check_in(
                promise, place=_typed(request, "place", 60), by=who.maker
            )
    except NotAskable:
        messages.error(request, _("Your order is not ready to be collected."))
    except AlreadyAsked:
        messages.error(request, _already_asked())
    else:
        _answer(request, answer, done=_("The store knows that you are here."))
    return redirect("shop_order", id=order.id)


@require_POST
def choose(request: HttpRequest, id: UUID) -> HttpResponse:
    who = visitor(request)
    order = _order(id, who)
    name = f"{order.first_name} {order.last_name}".strip()
    typed = {key: request.POST.get(key, "") for key in ADDRESS_FIELDS}
    try:
        answer = choosing.choose(
            order,
            progress.promise_of(order),
            request.POST.get("choice", ""),
            location_code=_typed(request, "store", 12),
            address={"name": name, **typed},
            by=who.maker,
        )
    except NotAChoice:
        messages.error(request, _("This can no longer be chosen."))
    except (NotOffered, FeatureOff):
        messages.error(request, _("Nothing can be collected there. Choose a store."))
    except OutOfStock:
        messages.error(request, _("That place has not got all of it either."))
    except Invalid:
        messages.error(request, _("Give a complete address in metropolitan France."))
    else:
        _answer(request, answer, done=_("Done as you chose."))
    return redirect("shop_order", id=order.id)


ADDRESS_FIELDS = ("line1", "line2", "postcode", "city")


def _typed(request: HttpRequest, name: str, most: int) -> str:
    """Without signs that cannot be printed, which no database keeps."""
    typed = request.POST.get(name, "")
    return "".join(c for c in typed if c.isprintable()).strip()[:most]


def _order(id: UUID, who: Visitor) -> Order:
    """Its customer's, or made in this session; to anybody else there is none."""
    try:
        return order_for(
            id, maker=who.session_maker, customer=who.customer, details=_shown
        )
    except NoSuchOrder as error:
        raise Http404 from error


def _shown(orders: QuerySet[Order]) -> QuerySet[Order]:
    """With what the page shows; 5 queries."""
    lines = OrderLine.objects.order_by("position")
    return orders.select_related("customer").prefetch_related(
        Prefetch("lines", lines.select_related("variant__product__department")),
        Prefetch("payments", Payment.objects.order_by("made_at", "id")),
        Prefetch("events", OrderEvent.objects.order_by("at", "id")),
        Prefetch("fulfilments", Fulfilment.objects.select_related("location")),
    )


def _state(order: Order, promise: Fulfilment) -> dict[str, Any]:
    now = timezone.now()
    code = code_of(promise) if progress.shows_code(order, promise) else ""
    place = promise.location
    label = _("QR code of the pickup code %(code)s") % {"code": code}
    return {
        "order": order,
        "promise": promise,
        "collects": promise.method == Method.COLLECT,
        "headline": progress.headline(order, promise),
        "shown_status": promise.status
        if order.status not in {*UNPAID, "cancelled"}
        else order.status,
        "steps": progress.steps(order, promise, now),
        "code": code,
        "qr": qr.picture(code, label=label) if code else "",
        "store_now": hours.now_in_words(place, now),
        "moves": progress.still_moves(order),
        "poll": POLL_SECONDS,
        "etag": progress.etag(order, promise),
        "state_key": progress.state_key(order, promise),
        "why_waiting": whys.waiting_for_store() if promise.requested else None,
        "now": now,
    }


def _payment_id(order: Order) -> UUID:
    """Of the attempt that waits, else of a new one: a button pressed twice pays once."""
    for payment in order.payments.all():
        pending = payment.status == PaymentStatus.PENDING
        if pending and payment.method == PaymentMethod.ONLINE:
            return payment.id
    return new_id()


def _missing(order: Order, promise: Fulfilment) -> list[str]:
    units = choosing.missing(promise)
    return [
        f"{units[line.position]} × {line.title}"
        for line in order.lines.all()
        if units.get(line.position)
    ]


def _collected(promises: list[Fulfilment]) -> Fulfilment:
    for promise in promises:
        if promise.method == Method.COLLECT and promise.status == "ready":
            return promise
    raise NotAskable(promises[0].status if promises else "")


def _answer(request: HttpRequest, answer: str, *, done: str) -> None:
    if answer == "done":
        messages.success(request, done)
    else:
        messages.info(request, _("Asked of the store. It answers in a moment."))


def _already_asked() -> str:
    return _("The store has not answered your last request yet. Wait a moment.")
