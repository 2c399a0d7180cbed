"""All rows of a new order, in the order in which others may want them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from inventory.inserting import insert, together
from inventory.money import ZERO
from retail.fulfilment import requesting, slots
from retail.fulfilment.models import Fulfilment, Method
from retail.loyalty import gift_cards, points
from retail.orders.asking import Asked, Invalid
from retail.orders.baskets import close
from retail.orders.holding import HOLD, hold, in_order
from retail.orders.models import Basket, Order, OrderStatus
from retail.orders.moving import note
from retail.orders.parts import Part
from retail.orders.settling import redemption_id
from retail.orders.unpaid import few_unpaid
from retail.payments import capturing
from retail.payments.models import PaymentMethod
from retail.payments.providers import chosen
from retail.promotions import coupons
from retail.promotions.models import Coupon, UseKind

__all__ = ["BasketOrdered", "CardChanged", "write"]


class BasketOrdered(Exception):
    """Another order was made of this basket first: `order_id`."""

    def __init__(self, order_id: UUID | None) -> None:
        super().__init__(str(order_id))
        self.order_id = order_id


class CardChanged(Exception):
    """The gift card pays another part than its holder was shown."""


def write(
    order: Order,
    parts: Sequence[Part],
    wish: Asked,
    opened: Sequence[Coupon],
    basket: Basket | None,
    card_balance: Decimal | None,
    visitor: str,
    at: datetime,
) -> None:
    """Order, lines, attempt to pay, promises with their slots, what is asked of the
    store; then the goods are held, points spent and codes used. Inside a transaction.

    A pickup that is paid in the store, which shares the database, is two statements: its
    slot is booked, then every row is written by the statement that takes the goods.
    `card_balance` and `visitor` as in `placing.place`. Raises BasketOrdered,
    UnknownCard, CardChanged, Invalid, TooManyUnpaid, PickupPaused, SlotFull, OutOfStock,
    NotEnoughPoints, CouponRefused.
    """
    if basket is not None:
        _close(basket, order)
    card = gift_cards.locked(wish.gift_card) if wish.gift_card else None
    by_card = min(order.total, card.balance) if card else ZERO
    if card_balance is not None and by_card != min(order.total, card_balance):
        raise CardChanged
    rest = order.total - by_card
    order.status = _first_status(wish, rest)
    awaiting = order.status == OrderStatus.AWAITING_PAYMENT
    if awaiting:
        if not chosen():
            raise Invalid({"payment_method": _("Nothing can be paid online here now.")})
        order.visitor = visitor
        few_unpaid(order)
    if card is not None and by_card > 0:
        capturing.by_gift_card(order, card.id, amount=by_card, at=at)
    with together():  # a slot's room is asked inside, and counts none of these rows
        made = _rows(order, parts, wish, rest, at)
        # last, for their rows are those that many buyers want at the same time
        part_of = {each.id: part for each, part in made}
        for fulfilment in in_order(each for each, _part in made):
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
        for fulfilment, part in made:
            if part.method == Method.SHIP:
                requesting.begin(fulfilment, part.units, at=at)
    # last of all: a code for everybody is the one row that all orders want
    coupons.use(opened, kind=UseKind.ORDER, reference=order.id, at=at)


def _rows(
    order: Order, parts: Sequence[Part], wish: Asked, rest: Decimal, at: datetime
) -> list[tuple[Fulfilment, Part]]:
    """The promises with their parts. `rest` is left to pay."""
    awaiting = order.status == OrderStatus.AWAITING_PAYMENT
    insert([order])
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
        (_promise(order, number, part, wish, rest, at), part)
        for number, part in enumerate(parts, 1)
    ]
    if not awaiting:
        requesting.acknowledge(made[0][0], at=at)
        for fulfilment, part in made:
            if part.method == Method.COLLECT:
                requesting.begin(fulfilment, part.units, at=at)
    return made


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


def _close(basket: Basket, order: Order) -> None:
    """First of all: a second tab waits here for the first. Raises BasketOrdered."""
    if not close(basket, order=order):
        ordered = Basket.objects.values_list("order_id", flat=True).get(id=basket.id)
        if ordered != order.id:
            raise BasketOrdered(ordered)


def _first_status(wish: Asked, rest: Decimal) -> OrderStatus:
    owed_now = wish.payment_method == PaymentMethod.ONLINE and rest > 0
    return OrderStatus.AWAITING_PAYMENT if owed_now else OrderStatus.PLACED
