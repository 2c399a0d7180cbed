"""The parts of an order: which lines are sent, which are collected, and from where.

Each part becomes one promise, and each is handed on and ends by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from inventory.models import Location
from inventory.money import ZERO
from retail import channels
from retail.customers.models import Customer
from retail.fulfilment import shippers
from retail.fulfilment.models import Method
from retail.fulfilment.slots import PickupPaused
from retail.fulfilment.terms import Store, Terms
from retail.loyalty import points
from retail.orders.asking import MIXED, TOO_MANY_POINTS, Asked, Invalid
from retail.orders.models import OrderLine
from retail.promotions.pricing import Totals, shipping_for, totals

__all__ = ["NotOffered", "Part", "parts_of", "store_of", "sums_of"]


class NotOffered(Exception):
    """Nothing can be collected at a place of this code."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


@dataclass(frozen=True)
class Part:
    """`terms` are those of the store where it is collected; None for a parcel."""

    method: Method
    location: Location
    lines: list[OrderLine]
    terms: Terms | None = None

    @property
    def quantities(self) -> dict[UUID, int]:
        return {line.variant_id: line.quantity for line in self.lines}

    @property
    def units(self) -> list[tuple[OrderLine, int]]:
        return [(line, line.quantity) for line in self.lines]


def store_of(
    wish: Asked, customer: Customer | None, found: Store | None
) -> Store | None:
    """Where the customer collects, and its terms, if they were `found`; None where all
    is sent. Raises FeatureOff, NotOffered, PickupPaused."""
    if not wish.collects:
        return None
    channels.require(
        channels.Feature.WEB_TO_STORE,
        store=wish.location_code,
        customer=customer.id if customer else None,
    )
    if found is None:
        raise NotOffered(wish.location_code)
    location, terms = found
    if terms.paused:
        raise PickupPaused(location.code)
    return found


def parts_of(
    wish: Asked, lines: Sequence[OrderLine], store: Store | None
) -> list[Part]:
    """What is collected comes first. Two queries where something is
    sent; see `shippers.shipper`."""
    sent = [line for line in lines if goes_by_parcel(wish, line.gtin)]
    collected = [line for line in lines if not goes_by_parcel(wish, line.gtin)]
    parts = []
    if store is not None:
        location, terms = store
        parts.append(Part(Method.COLLECT, location, collected, terms))
    if sent:
        wanted = {line.variant_id: line.quantity for line in sent}
        parts.append(Part(Method.SHIP, shippers.shipper(wanted), sent))
    return parts


def sums_of(lines: Sequence[OrderLine], wish: Asked) -> Totals:
    """What it costs with what offers take off; sending costs by what is sent. Sets each
    line's total. Raises Invalid."""
    rows = [(line.quantity, line.unit_price, line.tax_rate) for line in lines]
    sent = [goes_by_parcel(wish, line.gtin) for line in lines]
    off = [line.discount for line in lines]
    costs = totals(rows, discounts=off).line_totals
    value = points.value_of(wish.redeem_points)
    if value > sum(costs, ZERO):
        raise Invalid({"redeem_points": TOO_MANY_POINTS})
    parcel = sum((cost for cost, goes in zip(costs, sent, strict=True) if goes), ZERO)
    sums = totals(
        rows,
        discounts=off,
        shipping=shipping_for(parcel) if any(sent) else ZERO,
        points_value=value,
        shipped=sent if wish.method == MIXED else None,
    )
    for line, total in zip(lines, sums.line_totals, strict=True):
        line.total = total
    return sums


def goes_by_parcel(wish: Asked, gtin: str) -> bool:
    return wish.method == Method.SHIP or gtin in wish.shipped
