"""From basket to order, in one page."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inventory.ids import new_id
from inventory.levels import Short
from retail import channels
from retail.channels import Feature, FeatureOff
from retail.formatting import day_time
from retail.fulfilment.models import Method
from retail.fulfilment.offering import PlaceOffer, offer
from retail.loyalty import points
from retail.orders import baskets
from retail.orders.asking import Invalid, UnknownProduct
from retail.orders.baskets import BasketContents
from retail.orders.finding import NoSuchOrder, order_for
from retail.orders.models import Basket, Order, OrderStatus
from retail.orders.paying import NotPayable, PaymentDeclined, pay
from retail.orders.placing import (
    BasketOrdered,
    IdReused,
    NotEnoughPoints,
    NotOffered,
    NotYours,
    OutOfStock,
    place,
)
from retail.payments.capturing import first_payment_id
from retail.promotions.pricing import shipping_for
from webshop import hours, whys
from webshop.forms import AT_STORE, Checkout, seen_of
from webshop.who import Visitor, visitor

REFUSED = 409
INVALID = 422


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    who = visitor(request)
    if request.method == "POST":
        before = _ordered_before(request, who)
        if before is not None:
            return redirect("shop_order", id=before.id)
    basket = who.basket()
    held = baskets.contents(basket)
    if basket is None or not held.lines:
        return redirect("shop_basket")
    offers = _offers(held, who)
    balance = points.balance(who.customer).total if who.customer else 0
    form = _form(request, who, held, balance)
    status = 200
    if request.method == "POST":
        status = INVALID
        if form.is_valid() and _as_seen(form, held):
            try:
                order, status = _place(form, who, held, basket)
            except BasketOrdered as other:
                # ordered in another tab a moment ago: that order is shown
                if other.order_id is None:  # no, merged into a customer's basket
                    return redirect("shop_basket")
                return redirect("shop_order", id=other.order_id)
            if order is not None:
                return redirect("shop_order", id=order.id)
    return _page(request, form, who, held, offers, balance, status)


def _ordered_before(request: HttpRequest, who: Visitor) -> Order | None:
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


def _form(
    request: HttpRequest, who: Visitor, held: BasketContents, balance: int
) -> Checkout:
    ways: list[tuple[str, str | Promise]] = [(Method.SHIP, _("Home delivery"))]
    if channels.on(Feature.WEB_TO_STORE) or request.POST.get("method") == "collect":
        # the feature may go off while the page is open: `placing` then says so
        ways.insert(0, (Method.COLLECT, _("Collect in a store")))
    first = {
        "order": new_id(),
        "seen": seen_of(held),
        "method": ways[0][0] if len(ways) == 1 or who.store_code else None,
        "store": who.store_code,
    }
    return Checkout(
        request.POST if request.method == "POST" else None,
        initial=first,
        customer=who.customer,
        balance=balance,
        methods=ways,
    )


def _as_seen(form: Checkout, held: BasketContents) -> bool:
    if form.cleaned_data["order"].version != 7:
        form.add_error(None, _("This page was incomplete. Nothing was ordered."))
        return False
    if form.cleaned_data["seen"] == seen_of(held):
        return True
    form.add_error(
        None,
        _(
            "Your basket or a price has changed since you opened this page. Check the"
            " new total, then order."
        ),
    )
    return False


def _place(
    form: Checkout, who: Visitor, held: BasketContents, basket: Basket
) -> tuple[Order | None, int]:
    """The order, paid where it was to be paid now; or what to correct, on the form."""
    language = (get_language() or "fr")[:2]
    try:
        order, _created = place(
            id=form.cleaned_data["order"],
            maker=who.maker,
            customer=who.customer,
            asked=form.asked(held, language=language),
            basket=basket,
        )
    except Invalid as error:
        form.refuse(error.errors)
        return None, INVALID
    except UnknownProduct:
        form.add_error(None, _("Something in your basket is no longer sold."))
    except OutOfStock as error:
        for line in _short_in_words(error.lines, held):
            form.add_error(None, line)
    except (FeatureOff, NotOffered):
        form.add_error(
            "method",
            _("Nothing can be collected there now. Choose another store or delivery."),
        )
    except NotEnoughPoints as error:
        form.refuse({"redeem_points": _few_points(error.balance)})
    except NotYours as error:
        raise Http404 from error
    except IdReused:
        form.add_error(None, _("This page was used before. Nothing was ordered twice."))
    else:
        return _paid(order, form.cleaned_data["payment"]), 200
    return None, REFUSED


def _paid(order: Order, token: str) -> Order:
    """Takes the money where the order awaits it. Declined, the order's own page says so
    and offers another try."""
    if order.status == OrderStatus.AWAITING_PAYMENT and token != AT_STORE:
        with suppress(PaymentDeclined, NotPayable, OutOfStock):
            pay(order, payment_id=first_payment_id(order.id), token=token)
    return order


def _short_in_words(lines: Sequence[Short], held: BasketContents) -> list[str]:
    names = {each.product.variant_id: each.product.title for each in held.lines}
    return [
        ngettext(
            "%(title)s: only %(free)s left there. Lower the quantity in your basket,"
            " or choose another way.",
            "%(title)s: only %(free)s left there. Lower the quantity in your basket,"
            " or choose another way.",
            short.free,
        )
        % {"title": names.get(short.variant_id, ""), "free": short.free}
        if short.free
        else _(
            "%(title)s: none left there. Take it out of your basket, or choose another"
            " way."
        )
        % {"title": names.get(short.variant_id, "")}
        for short in lines
    ]


def _few_points(balance: int) -> str:
    return ngettext(
        "You have %(count)s point.", "You have %(count)s points.", balance
    ) % {"count": balance}


def _offers(held: BasketContents, who: Visitor) -> list[PlaceOffer]:
    if not channels.on(Feature.WEB_TO_STORE):
        return []
    wanted = {each.product.variant_id: each.quantity for each in held.lines}
    return offer(wanted, customer=who.customer.id if who.customer else None)


def _page(
    request: HttpRequest,
    form: Checkout,
    who: Visitor,
    held: BasketContents,
    offers: list[PlaceOffer],
    balance: int,
    status: int,
) -> HttpResponse:
    now, shipping = timezone.now(), shipping_for(held.totals.goods)
    chosen = form["store"].value()
    offers.sort(key=lambda o: (o.location.code != who.store_code, not o.pickup_offered))
    rows = [
        {
            "code": each.location.code,
            "name": each.location.name,
            "address": f"{each.location.address}, {each.location.city}",
            "hours": hours.now_in_words(each.location, now),
            "offered": each.pickup_offered,
            "ready": day_time(each.ready_by, now=now) if each.ready_by else "",
            "chosen": each.location.code == chosen and each.pickup_offered,
        }
        for each in offers
    ]
    given = {
        "form": form,
        "basket": held,
        "basket_count": held.count,
        "departments": (),  # nothing leads away from here but the way back
        "stores": rows,
        "customer": who.customer,
        "balance": balance,
        "shipping": shipping,
        "delivered": held.totals.goods + shipping,
        "collect": channels.on(Feature.WEB_TO_STORE),
        "why_no_store": whys.no_store(),
        "why_feed": whys.feed_has_an_age(),
        "why_points": whys.stranded_points() if who.customer else None,
    }
    return render(request, "webshop/checkout.html", given, status=status)
