"""What offers and coupons take off the lines of an order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from inventory.places import Channel
from inventory.prices import Priced
from retail.orders.asking import Asked
from retail.orders.models import OrderLine
from retail.promotions.models import Coupon
from retail.promotions.offering import discounted, goods_of, place_of

__all__ = ["reduce_lines"]


def reduce_lines(
    lines: Sequence[OrderLine], priced: Sequence[Priced], wish: Asked, *, at: datetime
) -> tuple[Coupon, ...]:
    """Sets each line's discount and what made it; answers the coupons to be used up. A
    code that was named and gives nothing is refused, so that nobody pays more than they
    thought. One query, and one for each code. Raises CouponRefused."""
    found = discounted(
        goods_of(
            [
                (line.gtin, price.department_id, line.quantity, line.unit_price)
                for line, price in zip(lines, priced, strict=True)
            ]
        ),
        place_of(Channel.WEBSHOP),
        codes=wish.coupons,
        language=wish.language,
        at=at,
    )
    for refusal in found.refused:
        raise refusal
    for line, amount, offers in zip(lines, found.amounts, found.lines, strict=True):
        line.discount = amount
        line.offers = [each.kept() for each in offers]
    return found.coupons
