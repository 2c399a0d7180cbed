"""What a basket or an order costs: pure arithmetic, tax included everywhere."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from inventory.money import ZERO, rounded, split, tax_in

__all__ = ["FREE_SHIPPING_FROM", "SHIPPING", "Totals", "shipping_for", "totals"]

# What a parcel costs the customer, and from which value of goods it costs nothing.
# Both in euros with tax; the house's own tariff, one for all of metropolitan France.
SHIPPING = Decimal("4.90")
FREE_SHIPPING_FROM = Decimal("49.00")


@dataclass(frozen=True)
class Totals:
    """Amounts in euros with tax; `tax` is what they contain. `line_totals` are in the
    order of the lines, after offers took `discount` off them all. `total` = goods +
    shipping − what points paid."""

    goods: Decimal
    shipping: Decimal
    tax: Decimal
    total: Decimal
    line_totals: tuple[Decimal, ...]
    discount: Decimal = ZERO


def shipping_for(goods: Decimal) -> Decimal:
    """What sending goods of this value costs the customer."""
    return ZERO if goods >= FREE_SHIPPING_FROM else SHIPPING


def totals(
    lines: Sequence[tuple[int, Decimal, Decimal]],
    *,
    shipping: Decimal = ZERO,
    points_value: Decimal = ZERO,
    shipped: Sequence[bool] | None = None,
    discounts: Sequence[Decimal] = (),
) -> Totals:
    """`lines` are (quantity, unit price with tax, tax rate: 0.055 for 5.5 %); `shipped`
    says of each whether it is sent, where not all go the same way; `discounts` what
    offers take off each.

    Shipping is taxed as the goods it comes with are (CGI, article 267, I-2°) and
    points lower the price, so both are spread over their lines by value before the tax
    of each rate is taken out, once per rate. A discount was spread over its lines
    before, so each rate bears its own. Raises ValueError where points pay more than the
    goods.
    """
    off = discounts or [ZERO] * len(lines)
    line_totals = tuple(
        rounded(quantity * price) - less
        for (quantity, price, _), less in zip(lines, off, strict=True)
    )
    goods = sum(line_totals, ZERO)
    if not ZERO <= points_value <= goods:
        raise ValueError("points pay for goods, and for no more than them")
    by_rate: defaultdict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    if line_totals:
        added = _added(line_totals, shipping, points_value, shipped)
        for (_, _, rate), amount, more in zip(lines, line_totals, added, strict=True):
            by_rate[rate] += amount + more
    return Totals(
        goods=goods,
        shipping=shipping,
        tax=sum((tax_in(gross, rate) for rate, gross in by_rate.items()), ZERO),
        total=goods + shipping - points_value,
        line_totals=line_totals,
        discount=sum(off, ZERO),
    )


def _added(
    line_totals: Sequence[Decimal],
    shipping: Decimal,
    points_value: Decimal,
    shipped: Sequence[bool] | None,
) -> list[Decimal]:
    """What shipping and points add to each line."""
    if shipped is None:
        return split(shipping - points_value, line_totals)
    sent = [
        total if goes else ZERO
        for total, goes in zip(line_totals, shipped, strict=True)
    ]
    by_parcel = split(shipping, sent)
    by_points = split(-points_value, line_totals)
    return [more + less for more, less in zip(by_parcel, by_points, strict=True)]
