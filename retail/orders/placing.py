"""How an order is placed on the webshop: by the id its maker gave it, once.

What is written is one transaction: order, lines, attempt to pay, promises with their
slot, then the goods are held, points spent and codes used. Money is taken afterwards
(`paying`), never in here.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.inserting import insert, together
from inventory.money import ZERO
from inventory.places import Channel, Origin
from inventory.quantities import BadQuantity
from inventory.reserving import OutOfStock
from retail import channels
from retail.channels import FeatureOff
from retail.channels.crashing import crash_point
from retail.customers.models import Customer
from retail.customers.registering import own_row
from retail.fulfilment import requesting, slots
from retail.fulfilment.models import Fulfilment
from retail.fulfilment.slots import PickupPaused, SlotFull
from retail.loyalty import gift_cards, points
from retail.loyalty.gift_cards import UnknownCard
from retail.loyalty.points import NotEnoughPoints
from retail.orders.asking import (
    Asked,
    Invalid,
    UnknownProduct,
    body_hash,
    checked,
)
from retail.orders.baskets import close
from retail.orders.holding import HOLD, hold, in_order
from retail.orders.lines import lines_of
from retail.orders.models import Basket, Order, OrderStatus
from retail.orders.moving import note
from retail.orders.numbers import insert_numbered
from retail.orders.parts import NotOffered, Part, parts_of, store_of, sums_of
from retail.orders.settling import redemption_id
from retail.orders.unpaid import TooManyUnpaid, few_unpaid, names_of
from retail.payments import capturing
from retail.payments.models import PaymentMethod
from retail.payments.providers import chosen
from retail.promotions import coupons
from retail.promotions.coupons import CouponRefused
from retail.promotions.models import UseKind

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


class BasketOrdered(Exception):
    """Another order was made of this basket first: `order_id`."""

    def __init__(self, order_id: UUID | None) -> None:
        super().__init__(str(order_id))
        self.order_id = order_id


class NotYours(Exception):
    """The id belongs to somebody else; say no more than that nothing is there."""


class CardChanged(Exception):
    """The gift card pays another part than its holder was shown."""


class WrongChannel(Exception):
    """Web orders are written on the webshop's side and on no other."""


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
    known = _placed_before(id, maker=maker, body=body)
    if known is not None:
        return known, False
    store = store_of(wish, customer)
    lines, opened, currency = lines_of(id, wish, at=at)
    sums = sums_of(lines, wish)
    parts = parts_of(wish, lines, store)
    order = Order(
        id=id,
        origin=Origin.WEBSHOP,
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
        if basket is not None:
            _close(basket, order)
        card = gift_cards.locked(wish.gift_card) if wish.gift_card else None
        by_card = min(order.total, card.balance) if card else ZERO
        if card_balance is not None and by_card != min(order.total, card_balance):
            raise CardChanged
        order.status = _first_status(wish, order.total - by_card)
        unpaid = order.status == OrderStatus.AWAITING_PAYMENT
        if unpaid and not chosen():
            raise Invalid({"payment_method": _("Nothing can be paid online here now.")})
        order.visitor = visitor if unpaid else ""
        written = insert_numbered(order, alone=names_of(order) if unpaid else ())
        if written:
            if unpaid:
                few_unpaid(order)
            if card is not None and by_card > 0:
                capturing.by_gift_card(order, card.id, amount=by_card, at=at)
            _write(order, parts, wish, order.total - by_card, at)
            # last of all: a code for everybody is the one row that all orders want
            coupons.use(opened, kind=UseKind.ORDER, reference=order.id, at=at)
            crash_point("after_reserve")
    if written:
        crash_point("after_commit")
        return order, True
    known = _placed_before(id, maker=maker, body=body)
    if known is None:
        raise IdReused
    return known, False


def _close(basket: Basket, order: Order) -> None:
    """First of all: a second tab waits here for the first. Raises BasketOrdered."""
    if not close(basket, order=order):
        ordered = Basket.objects.values_list("order_id", flat=True).get(id=basket.id)
        if ordered != order.id:
            raise BasketOrdered(ordered)


def _placed_before(id: UUID, *, maker: str, body: str) -> Order | None:
    same = Order.objects.raw("SELECT * FROM retail_order WHERE id = %s", [id])
    order = next(iter(same), None)
    if order is None:
        return None
    if order.maker != maker:
        raise NotYours
    if order.body_hash != body:
        raise IdReused
    return order


def _first_status(wish: Asked, rest: Decimal) -> OrderStatus:
    owed_now = wish.payment_method == PaymentMethod.ONLINE and rest > 0
    return OrderStatus.AWAITING_PAYMENT if owed_now else OrderStatus.PLACED


def _write(
    order: Order, parts: Sequence[Part], wish: Asked, rest: Decimal, at: datetime
) -> None:
    """Everything but the order's own row, its gift card and its codes. `rest` is left
    to pay. The goods late: their row is one
    that many buyers want at the same time."""
    awaiting = order.status == OrderStatus.AWAITING_PAYMENT
    with together():  # a slot's room is asked inside, and counts none of these rows
        insert(line for part in parts for line in part.lines)
        note(order, order.status, before="", by=order.maker, at=at)
        if rest > 0:
            capturing.pending(
                order,
                id=capturing.first_payment_id(order.id),
                method=wish.payment_method,
                amount=rest,
                at=at,
            )
        made = [
            _promise(order, number, part, wish, rest, at)
            for number, part in enumerate(parts, 1)
        ]
        if not awaiting:
            requesting.acknowledge(made[0], at=at)
    part_of = {each.id: part for each, part in zip(made, parts, strict=True)}
    for fulfilment in in_order(made):
        part = part_of[fulfilment.id]
        hold(
            fulfilment,
            part.quantities,
            expires_at=at + HOLD if awaiting else None,
            at=at,
            margin=part.terms.buffer if part.terms else None,
        )
    if order.points_redeemed and order.customer is not None:
        points.redeem(
            order.customer,
            points=order.points_redeemed,
            redemption_id=redemption_id(order.id),
            reference=str(order.id),
            at=at,
        )
    if not awaiting:
        for fulfilment in made:
            units = [(line, line.quantity) for line in part_of[fulfilment.id].lines]
            requesting.begin(fulfilment, units, at=at)


def _promise(
    order: Order, number: int, part: Part, wish: Asked, rest: Decimal, at: datetime
) -> Fulfilment:
    """`rest` is what is left to pay. Raises PickupPaused, SlotFull."""
    begins = order.status != OrderStatus.AWAITING_PAYMENT
    if part.terms is None:
        return requesting.request(
            order,
            number=number,
            method=part.method,
            location=part.location,
            lines=part.lines,
            ready_by=None,
            address=dict(wish.address),
            begins=begins,
            at=at,
        )
    promised = slots.promise(part.location, part.terms, at, starts_at=wish.slot)
    at_store = wish.payment_method == PaymentMethod.AT_STORE
    return requesting.request(
        order,
        number=number,
        method=part.method,
        location=part.location,
        lines=part.lines,
        ready_by=promised.ready_by,
        slot=promised.slot,
        collector=wish.collector,
        due=rest if at_store else ZERO,
        begins=begins,
        at=at,
    )
