"""Codes that somebody types at their basket. They are used up when it is ordered; what
the basket lacks for them is said with its contents. Inside a transaction."""

from datetime import datetime

from django.utils import timezone

from inventory.places import Channel
from retail.orders.baskets import BasketClosed
from retail.orders.models import Basket
from retail.promotions.coupons import MOST_CODES, find, normal
from retail.promotions.models import Coupon
from retail.promotions.offering import place_of

__all__ = ["forget_code", "type_code"]


def type_code(basket: Basket, code: str, *, at: datetime | None = None) -> Coupon:
    """Keeps a code with the basket; it is used when the basket is ordered. What the
    basket lacks for it is said where its contents are. Raises CouponRefused (unknown,
    over, used up, elsewhere), BasketClosed."""
    coupon = find(code, place_of(Channel.WEBSHOP), at=at or timezone.now())
    _keep_codes(basket, [*_codes(basket, but=coupon.code), coupon.code][-MOST_CODES:])
    return coupon


def forget_code(basket: Basket, code: str) -> None:
    """Not there: nothing happens. Raises BasketClosed."""
    _keep_codes(basket, _codes(basket, but=normal(code)))


def _codes(basket: Basket, *, but: str) -> list[str]:
    """Locks the basket, as every act on it does."""
    held = Basket.objects.select_for_update(of=("self",)).filter(id=basket.id)
    return [each for each in held.get().coupons if each != but]


def _keep_codes(basket: Basket, codes: list[str]) -> None:
    open_one = Basket.objects.filter(id=basket.id, closed_at=None)
    if not open_one.update(coupons=codes):
        raise BasketClosed
    basket.coupons = codes
