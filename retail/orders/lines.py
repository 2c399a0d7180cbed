"""The lines of an order, at the prices and offers of a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from inventory.ids import derived
from inventory.places import Channel, Origin
from inventory.prices import Priced
from retail.orders.asking import Asked, UnknownProduct
from retail.orders.models import OrderLine
from retail.promotions.models import Coupon, Promotion
from retail.promotions.offering import discounted, goods_of, place_of

__all__ = ["lines_of"]


def lines_of(
    order_id: UUID,
    wish: Asked,
    found: Mapping[str, Priced],
    running: Sequence[Promotion],
    *,
    at: datetime,
) -> tuple[list[OrderLine], tuple[Coupon, ...], str]:
    """The lines, the coupons to be used up, and the currency, by what the web asks for
    the goods (`found`) and the offers that are `running` there. A query for codes,
    none without. Raises UnknownProduct, CouponRefused: a code that was named and gives
    nothing is refused, so that nobody pays more than they thought."""
    missing = [gtin for gtin, _ in wish.lines if gtin not in found]
    if missing:
        raise UnknownProduct(*missing)
    priced = [found[gtin] for gtin, _ in wish.lines]
    lines = [
        OrderLine(
            id=derived(order_id, "line", position),
            origin=Origin.WEBSHOP,
            order_id=order_id,
            position=position,
            variant_id=price.variant_id,
            gtin=price.gtin,
            title=price.title,
            quantity=quantity,
            unit_price=price.amount,
            tax_rate=price.tax_rate,
        )
        for position, (price, (_, quantity)) in enumerate(
            zip(priced, wish.lines, strict=True), 1
        )
    ]
    return lines, _reduce(lines, priced, wish, running, at), priced[0].currency


def _reduce(
    lines: Sequence[OrderLine],
    priced: Sequence[Priced],
    wish: Asked,
    running: Sequence[Promotion],
    at: datetime,
) -> tuple[Coupon, ...]:
    """Sets each line's discount and what made it."""
    found = discounted(
        goods_of(
            [
                (line.gtin, price.department_id, line.quantity, line.unit_price)
                for line, price in zip(lines, priced, strict=True)
            ]
        ),
        place_of(Channel.WEBSHOP),
        running=running,
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
