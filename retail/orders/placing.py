"""How an order is placed on the webshop: by the id its maker gave it, once.

What decides it is read (`reading`), then all of it is written in one transaction
(`writing`). Money is taken afterwards (`paying`), never in here.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from inventory.places import Channel, Origin
from inventory.quantities import BadQuantity
from inventory.reserving import OutOfStock
from retail import channels
from retail.channels import FeatureOff
from retail.channels.crashing import crash_point
from retail.customers.models import Customer
from retail.customers.registering import own_row
from retail.fulfilment.slots import PickupPaused, SlotFull
from retail.loyalty import points
from retail.loyalty.gift_cards import UnknownCard
from retail.loyalty.points import NotEnoughPoints
from retail.orders.asking import (
    Asked,
    Invalid,
    UnknownProduct,
    body_hash,
    checked,
)
from retail.orders.lines import lines_of
from retail.orders.models import Basket, Order
from retail.orders.parts import NotOffered, parts_of, store_of, sums_of
from retail.orders.reading import order_of, read
from retail.orders.unpaid import TooManyUnpaid
from retail.orders.writing import BasketOrdered, CardChanged, write
from retail.promotions.coupons import CouponRefused

__all__ = [
    "Asked",
    "BadQuantity",
    "BasketOrdered",
    "CardChanged",
    "CouponRefused",
    "FeatureOff",
    "IdReused",
    "Invalid",
    "NotEnoughPoints",
    "NotOffered",
    "NotYours",
    "OutOfStock",
    "PickupPaused",
    "SlotFull",
    "TooManyUnpaid",
    "UnknownCard",
    "UnknownProduct",
    "place",
]


class IdReused(Exception):
    """The id has been used for an order with another content."""


class NotYours(Exception):
    """The id belongs to somebody else; say no more than that nothing is there."""


class WrongChannel(Exception):
    """Web orders are written on the webshop's side and on no other."""


# refusals that an order's own twin may be the cause of
AS_IF_FIRST = (
    CardChanged,
    CouponRefused,
    NotEnoughPoints,
    OutOfStock,
    SlotFull,
    TooManyUnpaid,
    UnknownCard,
)


def place(
    *,
    id: UUID,
    maker: str,
    customer: Customer | None = None,
    asked: Asked,
    basket: Basket | None = None,
    card_balance: Decimal | None = None,
    visitor: str = "",
    at: datetime | None = None,
) -> tuple[Order, bool]:
    """Places the order: `(order, True)`, or `(order as it is now, False)` where the
    same maker has placed it before with the same words.

    Opens its own transaction. Paid in the store (or wholly by points), the order is
    placed and its promise handed on; paid online, it awaits `paying.pay` and its goods
    are held for `HOLD`. `basket` is closed with it: of one basket only one order is
    made, whatever two tabs send. `card_balance` is what the gift card was shown to hold,
    None where nobody was shown it; `visitor` marks from where it comes, "" where that
    is another system. Raises Invalid, UnknownProduct, BadQuantity, CouponRefused,
    NotOffered, FeatureOff, PickupPaused, SlotFull(slots), OutOfStock(lines),
    NotEnoughPoints, UnknownCard, CardChanged, TooManyUnpaid, IdReused, NotYours,
    BasketOrdered; after any of these nothing has changed.
    """
    at = at or timezone.now()
    if channels.current().channel != Channel.WEBSHOP:
        raise WrongChannel
    if customer is not None and customer.origin != Origin.WEBSHOP:
        with channels.atomic():
            customer = own_row(customer, Channel.WEBSHOP, at=at)
    wish = checked(asked, customer)
    body = body_hash(asked)
    found = read(id, wish, at=at)
    if found.order is not None:
        return _the_same(found.order, maker=maker, body=body), False
    try:
        store = store_of(wish, customer, found.store)
        lines, opened, currency = lines_of(id, wish, found.goods, found.running, at=at)
        sums = sums_of(lines, wish)
        parts = parts_of(wish, lines, store)
        order = Order(
            id=id,
            origin=Origin.WEBSHOP,
            number=found.number,
            customer=customer,
            maker=maker,
            body_hash=body,
            email=wish.email,
            first_name=wish.first_name,
            last_name=wish.last_name,
            phone=wish.phone,
            language=wish.language,
            currency=currency,
            goods=sums.goods,
            discount=sums.discount,
            shipping=sums.shipping,
            tax=sums.tax,
            total=sums.total,
            points_redeemed=wish.redeem_points,
            points_value=points.value_of(wish.redeem_points),
            placed_at=at,
        )
        with channels.atomic():
            write(order, parts, wish, opened, basket, card_balance, visitor, at)
            crash_point("after_reserve")
    except (IntegrityError, *AS_IF_FIRST):
        # the same order sent twice at once: the other one was first, and has the goods
        other = order_of(id)
        if other is None:
            raise
        return _the_same(other, maker=maker, body=body), False
    crash_point("after_commit")
    return order, True


def _the_same(order: Order, *, maker: str, body: str) -> Order:
    """Raises NotYours, IdReused."""
    if order.maker != maker:
        raise NotYours
    if order.body_hash != body:
        raise IdReused
    return order
