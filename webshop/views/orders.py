"""An order's own page, its money and its end. What belongs to coming for the goods is
in `pickups`."""

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
from retail.channels import FeatureOff
from retail.fulfilment.asking import AlreadyAsked
from retail.fulfilment.models import Fulfilment
from retail.fulfilment.visits import ON_WAY_MINUTES
from retail.interfaces.typed import one_line
from retail.orders import cancelling, choosing
from retail.orders.asking import Invalid
from retail.orders.cancelling import NotCancellable
from retail.orders.choosing import NotAChoice
from retail.orders.finding import NoSuchOrder, order_for
from retail.orders.models import Order, OrderEvent, OrderLine
from retail.orders.moving import UNPAID
from retail.orders.placing import NotOffered, PickupPaused, SlotFull
from retail.orders.substituting import NotOnOffer
from retail.payments.cards import choices, is_demo
from retail.payments.models import Payment, PaymentMethod, PaymentStatus
from retail.same_site import same_site
from webshop import parts, progress, whys
from webshop.who import OPENED, visitor

POLL_SECONDS = 5


@require_safe
def page(request: HttpRequest, id: UUID) -> HttpResponse:
    order, _by = order_of(request, id)
    given = {
        **_state(order),
        **_to_pay(order),
        "by_card": sum(
            each.captured - each.refunded
            for each in order.payments.all()
            if each.gift_card_id
        ),
        "paid": sum(each.captured - each.refunded for each in order.payments.all()),
        "reserved": sum(each.held for each in order.payments.all()),
        "minutes": ON_WAY_MINUTES,
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
    order, _by = order_of(request, id)
    promises = progress.promises_of(order)
    tag = progress.etag(order, promises)
    weak = f'W/"{tag}"'  # as packing would make it
    if request.headers.get("If-None-Match") == weak:
        response: HttpResponse = HttpResponseNotModified()
    elif request.GET.get("seen") == tag:
        response = HttpResponse(status=204)
    elif request.GET.get("state", "") != progress.state_key(order, promises):
        response = HttpResponse()
        response["HX-Refresh"] = "true"
    else:
        response = render(request, "webshop/order_status.html", _state(order))
    response["ETag"] = weak
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_POST
def cancel(request: HttpRequest, id: UUID) -> HttpResponse:
    order, by = order_of(request, id)
    try:
        answer = cancelling.cancel(order, by=by)
    except NotCancellable:
        messages.error(request, _("It is too late to cancel this order."))
    except AlreadyAsked:
        messages.error(request, already_asked())
    else:
        say(request, answer, done=_("Your order is cancelled."))
    return redirect("shop_order", id=order.id)


@require_POST
def choose(request: HttpRequest, id: UUID) -> HttpResponse:
    order, by = order_of(request, id)
    name = f"{order.first_name} {order.last_name}".strip()
    address = {key: request.POST.get(key, "") for key in ADDRESS_FIELDS}
    choice = request.POST.get("choice", "")
    taken = [int(each) for each in request.POST.getlist("take") if each.isdecimal()]
    try:
        answer = choosing.choose(
            order,
            _asked_about(request, order),
            choice,
            location_code=typed(request, "store", 12),
            address={"name": name, **address},
            take=taken if choice == "substitute" else None,
            by=by,
        )
    except NotAChoice:
        messages.error(request, _("This can no longer be chosen."))
    except NotOnOffer:
        messages.error(request, _("This is no longer offered. Please choose again."))
    except (NotOffered, FeatureOff, PickupPaused, SlotFull):
        messages.error(request, _("Nothing can be collected there. Choose a store."))
    except OutOfStock:
        messages.error(request, _("That place has not got all of it either."))
    except Invalid:
        messages.error(request, _("Give a complete address in metropolitan France."))
    else:
        say(request, answer, done=_("Done as you chose."))
    return redirect("shop_order", id=order.id)


ADDRESS_FIELDS = ("line1", "line2", "postcode", "city")


def _asked_about(request: HttpRequest, order: Order) -> Fulfilment:
    """The promise that the form is about, else the one that waits for a choice."""
    promises = progress.promises_of(order)
    named = promise_in(request, promises)
    waiting = [each for each in promises if each.status == "customer_choice"]
    return named or (waiting or promises)[0]


def promise_in(request: HttpRequest, promises: list[Fulfilment]) -> Fulfilment | None:
    wanted = request.POST.get("promise", "")
    return next((each for each in promises if str(each.id) == wanted), None)


def typed(request: HttpRequest, name: str, most: int) -> str:
    return one_line(request.POST.get(name, ""), most=most)


def order_of(request: HttpRequest, id: UUID) -> tuple[Order, str]:
    """(the order, who acts): its customer's, made in this session, or opened in it by
    the link of a letter; to anybody else there is none (404)."""
    who = visitor(request)
    try:
        order = order_for(
            id,
            maker=who.session_maker,
            customer=who.customer,
            opened=str(id) in request.session.get(OPENED, []),
            details=_shown,
        )
    except NoSuchOrder as error:
        raise Http404 from error
    return order, who.maker or order.maker


def _shown(orders: QuerySet[Order]) -> QuerySet[Order]:
    """With what the page shows; 5 queries."""
    lines = OrderLine.objects.order_by("position")
    promises = Fulfilment.objects.select_related("location")
    return orders.select_related("customer").prefetch_related(
        Prefetch("lines", lines.select_related("variant__product__department")),
        Prefetch("payments", Payment.objects.order_by("made_at", "id")),
        Prefetch("events", OrderEvent.objects.order_by("at", "id")),
        Prefetch("fulfilments", promises),
    )


def _state(order: Order) -> dict[str, Any]:
    now = timezone.now()
    promises = progress.promises_of(order)
    shown = [parts.part_of(order, each, now) for each in promises]
    return {
        "order": order,
        "parts": shown,
        "several": len(shown) > 1,
        "lines": _lines(order),
        "due": sum(each.due for each in promises),
        "headline": progress.headline(order, promises),
        "shown_status": progress.shown_status(order, promises),
        "happened": progress.happened(order, now),
        "may_cancel": parts.may_cancel(order, promises),
        "moves": progress.still_moves(order),
        "poll": POLL_SECONDS,
        "etag": progress.etag(order, promises),
        "state_key": progress.state_key(order, promises),
        "why_waiting": whys.waiting_for_store()
        if any(each.requested for each in promises)
        else None,
        "now": now,
    }


def _lines(order: Order) -> list[dict[str, Any]]:
    """Each with the title of what it replaces, if it does."""
    titles = {line.position: line.title for line in order.lines.all()}
    return [
        {"line": line, "instead_of": titles.get(line.replaces or 0, "")}
        for line in order.lines.all()
    ]


def _to_pay(order: Order) -> dict[str, Any]:
    """What the page needs to take money: the id of the attempt that nobody was asked
    for yet, else of a new one, so that a button pressed twice pays once; and the one
    that waits for the bank."""
    if order.status not in UNPAID:
        return {"payment_id": None}
    pending = progress.at_the_bank(order)
    waits = [
        each
        for each in order.payments.all()
        if each.status == PaymentStatus.PENDING and each.method == PaymentMethod.ONLINE
    ]
    fresh = next((each.id for each in waits if each.asked_at is None), None)
    return {
        "payment_id": fresh or new_id(),
        "at_bank": pending,
        "bank_page": same_site(pending.next_action) if pending else "",
        "cards": choices(),
        "is_demo": is_demo(),
        "to_pay": order.total
        - sum(each.captured - each.refunded for each in order.payments.all()),
    }


def say(request: HttpRequest, answer: str, *, done: str) -> None:
    if answer == "done":
        messages.success(request, done)
    else:
        messages.info(request, _("Asked of the store. It answers in a moment."))


def already_asked() -> str:
    return _("The store has not answered your last request yet. Wait a moment.")
