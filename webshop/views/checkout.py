"""From basket to order, in one page."""

from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inventory.ids import new_id
from retail.channels import FeatureOff
from retail.formatting import money
from retail.fulfilment.models import Method
from retail.fulfilment.offering import PlaceOffer, offer
from retail.loyalty import points
from retail.loyalty.models import GiftCard
from retail.orders import baskets
from retail.orders.asking import MIXED, Invalid, UnknownProduct
from retail.orders.baskets import BasketContents
from retail.orders.models import Basket, Order, OrderStatus
from retail.orders.paying import NotPayable, PaymentDeclined, pay
from retail.orders.placing import (
    BasketOrdered,
    CardChanged,
    CouponRefused,
    IdReused,
    NotEnoughPoints,
    NotOffered,
    NotYours,
    OutOfStock,
    PickupPaused,
    SlotFull,
    TooManyUnpaid,
    UnknownCard,
    place,
)
from retail.payments.capturing import first_payment_id
from retail.payments.cards import choices, is_demo
from retail.promotions.pricing import FREE_SHIPPING_FROM, SHIPPING, shipping_for
from retail.promotions.words import refusal_in_words
from retail.same_site import same_site
from webshop import gift_card, whys
from webshop.forms import AT_STORE, WAY, Checkout, seen_of
from webshop.ordered import at_bank, ordered_before
from webshop.receiving import default_ways, parcel_for, proposed, store_rows
from webshop.refused import few_points, many_unpaid, next_slots, short_in_words
from webshop.shelves import to_send
from webshop.who import Visitor, near, visitor

REFUSED = 409
INVALID = 422


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    who = visitor(request)
    if request.method == "POST":
        before = ordered_before(request, who)
        if before is not None:
            return redirect("shop_order", id=before.id)
    basket = who.basket()
    held = baskets.contents(basket)
    if basket is None or not held.lines:
        return redirect("shop_basket")
    offers = _offers(held, who)
    balance = points.balance(who.customer).total if who.customer else 0
    card = gift_card.kept(request)
    form = _form(request, who, held, offers, balance, card)
    status = 200
    if request.method == "POST":
        status = INVALID
        if form.is_valid() and _as_seen(form, held, card) and _parcel_seen(form, held):
            try:
                order, status = _place(request, form, who, held, basket, card)
            except BasketOrdered as other:
                # ordered in another tab a moment ago: that order is shown
                if other.order_id is None:  # no, merged into a customer's basket
                    return redirect("shop_basket")
                return redirect("shop_order", id=other.order_id)
            if order is not None:
                gift_card.forget(request)
                here = resolve_url("shop_order", id=order.id)
                return redirect(same_site(at_bank(order)) or here)
            if status == REFUSED:
                # what was taken or spent meanwhile is shown so
                offers, card = _offers(held, who), gift_card.kept(request)
    return _page(request, form, who, held, offers, balance, card, status)


def _form(
    request: HttpRequest,
    who: Visitor,
    held: BasketContents,
    offers: list[PlaceOffer],
    balance: int,
    card: GiftCard | None,
) -> Checkout:
    methods: list[tuple[str, str | Promise]] = [(Method.SHIP, _("Home delivery"))]
    posted = request.POST.get("method")
    if who.collects or posted in (Method.COLLECT, MIXED):
        # the feature may go off while the page is open: `placing` then says so
        methods.insert(0, (Method.COLLECT, _("Collect in a store")))
    ways: dict[str, str] = {}
    if len(held.lines) > 1 and (offers or posted == MIXED):
        methods.append((MIXED, _("Some delivered, some collected")))
        parcels = to_send([each.product.variant_id for each in held.lines])
        ways = default_ways(held, offers, parcels, who.store_code)
    first = {
        "order": new_id(),
        "seen": seen_of(held, card),
        "method": proposed(who, [each for each, _label in methods]),
        "store": who.store_code,
        "parcel": parcel_for(held, ways),
    }
    return Checkout(
        request.POST if request.method == "POST" else None,
        initial=first,
        customer=who.customer,
        balance=balance,
        methods=methods,
        ways=ways,
        sums={each.gtin: each.total for each in held.lines},
    )


def _as_seen(form: Checkout, held: BasketContents, card: GiftCard | None) -> bool:
    if form.cleaned_data["order"].version != 7:
        form.add_error(None, _("This page was incomplete. Nothing was ordered."))
        return False
    if form.cleaned_data["seen"] == seen_of(held, card):
        return True
    form.add_error(None, _changed())
    return False


def _changed() -> str:
    return _(
        "Your basket or a price has changed since you opened this page. Check the new"
        " total, then order."
    )


def _parcel_seen(form: Checkout, held: BasketContents) -> bool:
    """Sending some of it costs by what is sent: nobody orders at a price that the page
    has not shown."""
    if form.cleaned_data["method"] != MIXED:
        return True
    costs = parcel_for(held, form.ways())
    if form.cleaned_data["parcel"] == costs:
        return True
    form.add_error(
        None,
        _(
            "With what you have delivered now, delivery costs %(price)s. Check the new"
            " total, then order."
        )
        % {"price": money(costs)},
    )
    return False


def _place(
    request: HttpRequest,
    form: Checkout,
    who: Visitor,
    held: BasketContents,
    basket: Basket,
    card: GiftCard | None,
) -> tuple[Order | None, int]:
    """The order, paid where it was to be paid now; or what to correct, on the form."""
    language = (get_language() or "fr")[:2]
    try:
        order, _created = place(
            id=form.cleaned_data["order"],
            maker=who.maker,
            customer=who.customer,
            asked=form.asked(held, language=language, card=card),
            basket=basket,
            card_balance=card.balance if card else None,
            visitor=near(request),
        )
    except Invalid as error:
        form.refuse(error.errors)
        return None, INVALID
    except UnknownProduct:
        form.add_error(None, _("Something in your basket is no longer sold."))
    except OutOfStock as error:
        for line in short_in_words(error.lines, held):
            form.add_error(None, line)
    except SlotFull as error:
        form.add_error("store", next_slots(error.slots))
    except ValueError:
        form.add_error(
            "store", _("Choose one of the times, or as soon as it is ready.")
        )
    except PickupPaused:
        form.add_error(
            "store",
            _(
                "This store has stopped taking orders from the site for the moment."
                " Choose another store or delivery."
            ),
        )
    except (FeatureOff, NotOffered):
        form.add_error(
            "method",
            _("Nothing can be collected there now. Choose another store or delivery."),
        )
    except TooManyUnpaid as error:
        form.add_error(None, many_unpaid(own=error.own))
    except CardChanged:
        form.add_error(None, _changed())
    except UnknownCard:
        form.add_error(None, _("No such gift card is known here."))
    except CouponRefused as error:
        form.add_error(None, refusal_in_words(error))
    except NotEnoughPoints as error:
        form.refuse({"redeem_points": few_points(error.balance)})
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


def _offers(held: BasketContents, who: Visitor) -> list[PlaceOffer]:
    if not who.collects:
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
    card: GiftCard | None,
    status: int,
) -> HttpResponse:
    now, shipping = timezone.now(), shipping_for(held.totals.goods)
    parcel = parcel_for(held, form.ways())
    if form.is_bound:
        form.data = form.data.copy()
        # what this page shows is what was seen
        form.data["parcel"], form.data["seen"] = str(parcel), seen_of(held, card)
    chosen = form["store"].value()
    offers.sort(key=lambda o: (o.location.code != who.store_code, not o.pickup_offered))
    mixed = form["method"].value() == MIXED
    rows = store_rows(
        offers, held, chosen=chosen, mixed=mixed, slots=form.slots(), now=now
    )
    given = {
        "form": form,
        "basket": held,
        "basket_count": held.count,
        "departments": (),  # nothing leads away from here but the way back
        "stores": rows,
        "unfit": [row for row in rows if not row.offered],
        "customer": who.customer,
        "gift_card": card,
        "balance": balance,
        "shipping": shipping,
        "delivered": held.totals.goods + shipping,
        "ways": [
            (line, form[WAY + line.gtin])
            for line in held.lines
            if WAY + line.gtin in form.fields
        ],
        "parcel": parcel,
        "fee": SHIPPING,
        "free_from": FREE_SHIPPING_FROM,
        "currency": held.lines[0].product.currency,
        "parted": held.totals.goods + parcel,
        "collect": who.collects,
        "why_no_store": whys.no_store(who),
        "why_feed": whys.feed_has_an_age(who),
        "cards": {each.token: each.words for each in choices()},
        "is_demo": is_demo(),
        "why_points": whys.stranded_points() if who.customer else None,
    }
    return render(request, "webshop/checkout.html", given, status=status)
