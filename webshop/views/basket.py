"""The basket: a page and three acts, all plain forms."""

import re
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from inventory.gtin import BadGtin, valid
from retail import channels
from retail.interfaces.typed import one_line
from retail.loyalty.card_codes import is_code
from retail.loyalty.gift_cards import UnknownCard, find
from retail.orders import baskets
from retail.orders.baskets import BadQuantity, BasketClosed, UnknownProduct
from retail.orders.typed_codes import forget_code, type_code
from retail.promotions.coupons import CouponRefused, Reason
from retail.promotions.pricing import FREE_SHIPPING_FROM, SHIPPING, shipping_for
from retail.promotions.words import hint_in_words, refusal_in_words
from webshop import gift_card, whys
from webshop.shelves import to_send
from webshop.who import begin, visitor

REFUSED_CODE = "code_refused"  # session key: the code, and a Reason or NO_CARD
NO_CARD = "no_card"
DIGITS = re.compile(r"[0-9]{1,4}", re.ASCII)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    who = visitor(request)
    held = baskets.contents(who.basket())
    # one that was refused a moment ago stays in the field, to be corrected
    code, reason = request.session.pop(REFUSED_CODE, ("", ""))
    collect = who.collects
    parcels = to_send([line.product.variant_id for line in held.lines])
    short = {
        line.gtin: parcels.get(line.product.variant_id, 0)
        for line in held.lines
        if parcels.get(line.product.variant_id, 0) < line.quantity
    }
    shipping = shipping_for(held.totals.goods)
    return render(
        request,
        "webshop/basket.html",
        {
            "basket": held,
            "basket_count": held.count,
            "short": short,
            "collect": collect,
            "shipping": shipping,
            "delivered": held.totals.goods + shipping,
            "free_from": FREE_SHIPPING_FROM,
            "normal_shipping": SHIPPING,
            "why_no_store": whys.no_store(who),
            "why_code": _why_refused({reason, *(each.reason for each in held.refused)}),
            "gift_card": gift_card.kept(request),
            "code": code,
            "error": _say_refused(code, reason) if code else "",
            "refusals": [refusal_in_words(each) for each in held.refused],
            "hints": [hint_in_words(each) for each in held.hints],
        },
    )


@require_POST
def put(request: HttpRequest) -> HttpResponse:
    gtin = request.POST.get("gtin", "")
    try:
        number = _number(request.POST.get("quantity", ""))
        who = begin(request)
        with channels.atomic():
            basket = baskets.basket_for(customer=who.customer, session=who.session)
            baskets.put(basket, gtin, number)
    except BadQuantity:
        messages.error(request, _say_quantity())
    except UnknownProduct:
        messages.error(request, _say_unknown())
    except BasketClosed:
        messages.error(request, _say_closed())
    else:
        messages.success(request, _("Added to your basket."))
    return redirect(_back(request))


@require_POST
def set_quantity(request: HttpRequest) -> HttpResponse:
    basket = visitor(request).basket()
    try:
        number = _number(request.POST.get("quantity", ""))
        if basket is None:
            raise UnknownProduct(request.POST.get("gtin", ""))
        with channels.atomic():
            baskets.set_quantity(basket, request.POST.get("gtin", ""), number)
    except BadQuantity:
        messages.error(request, _say_quantity())
    except UnknownProduct:
        messages.error(request, _say_unknown())
    except BasketClosed:
        messages.error(request, _say_closed())
    return redirect("shop_basket")


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    basket = visitor(request).basket()
    try:
        code = valid(request.POST.get("gtin", ""))
    except BadGtin:
        messages.error(request, _say_unknown())
        return redirect("shop_basket")
    if basket is not None:
        with channels.atomic():
            baskets.remove(basket, code)
        messages.success(request, _("Removed from your basket."))
    return redirect("shop_basket")


@require_POST
def coupon(request: HttpRequest) -> HttpResponse:
    """Types a code, of a coupon or a gift card, or with `forget` takes it out again."""
    basket = visitor(request).basket()
    code = one_line(request.POST.get("code", ""), most=40)
    if "forget_card" in request.POST:
        gift_card.forget(request)
    if basket is None or not code:
        return redirect("shop_basket")
    try:
        if is_code(code):
            card = find(code)
            if card.balance > 0:
                gift_card.keep(request, card)
            else:
                messages.error(request, _("This gift card is empty."))
            return redirect("shop_basket")
        with channels.atomic():
            if "forget" in request.POST:
                forget_code(basket, code)
            else:
                type_code(basket, code)
    except UnknownCard:
        request.session[REFUSED_CODE] = code, NO_CARD
        messages.error(request, _say_refused(code, NO_CARD))
    except CouponRefused as error:
        request.session[REFUSED_CODE] = error.code, error.reason
        messages.error(request, refusal_in_words(error))
    except BasketClosed:
        messages.error(request, _say_closed())
    return redirect("shop_basket")


def _number(typed: str) -> int:
    """Digits and nothing else: int() would also take " 1", "1_0" and "١". Raises
    BadQuantity."""
    if not DIGITS.fullmatch(typed):
        raise BadQuantity(typed)
    return int(typed)


def _say_refused(code: str, reason: str) -> str:
    if reason == NO_CARD:
        return _("No such gift card is known here.")
    return refusal_in_words(CouponRefused(code, Reason(reason)))


def _why_refused(reasons: set[str]) -> whys.Why | None:
    """It may be the other channel's, where nothing of this one is known."""
    if NO_CARD in reasons:
        return whys.card_of_the_other()
    return whys.code_of_the_other() if Reason.UNKNOWN in reasons else None


def _say_quantity() -> str:
    return _("Choose a whole number from 1 to 9999. Your basket has not changed.")


def _say_closed() -> str:
    return _("This basket has just been ordered. Please add the product again.")


def _say_unknown() -> str:
    return _("The shop does not sell this product. Your basket has not changed.")


def _back(request: HttpRequest) -> str:
    """The page that the product was added on, if it is one of ours. A form that was
    sent again, because the house was closed for a moment, comes from this address."""
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(
        came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    again = urlsplit(came_from).path == request.path
    return came_from if ours and "/shop/" in came_from and not again else "shop_basket"
