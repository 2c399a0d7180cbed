"""What somebody gathers before ordering: one open basket per customer or visitor.

A basket promises nothing: no price and no stock is kept by it, both are read when it is
shown. Verbs that write are called inside a transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language

from inventory import prices
from inventory.gtin import BadGtin, valid
from inventory.ids import derived, new_id
from inventory.places import Channel, Origin
from inventory.prices import Priced
from inventory.quantities import MOST, BadQuantity, quantity
from retail.customers.models import Customer
from retail.orders.asking import UnknownProduct
from retail.orders.models import Basket, BasketLine, Order
from retail.promotions.coupons import MOST_CODES, CouponRefused
from retail.promotions.offering import (
    Discounted,
    Hint,
    Reduction,
    discounted,
    goods_of,
    place_of,
)
from retail.promotions.pricing import Totals, totals

__all__ = [
    "BadQuantity",
    "BasketClosed",
    "BasketContents",
    "BasketItem",
    "UnknownProduct",
    "basket_for",
    "close",
    "contents",
    "merge",
    "open_basket",
    "put",
    "remove",
    "set_quantity",
]


class BasketClosed(Exception):
    """Another tab has just ordered this basket."""


@dataclass(frozen=True)
class BasketItem:
    """A line at today's price; `product` is what the channel says of it. `total` is
    after the `reductions` that offers make."""

    gtin: str
    quantity: int
    unit_price: Decimal
    total: Decimal
    product: Priced
    reductions: tuple[Reduction, ...] = ()


@dataclass(frozen=True)
class BasketContents:
    """`gone` are barcodes that the shop does not sell any more. `totals` are without
    shipping, which depends on the way the goods take. `count` is in units. `coupons`
    are the codes that take something off, `refused` those that do not, with why;
    `hints` what other offers lack."""

    lines: tuple[BasketItem, ...]
    totals: Totals
    gone: tuple[str, ...]
    count: int
    coupons: tuple[str, ...] = ()
    refused: tuple[CouponRefused, ...] = ()
    hints: tuple[Hint, ...] = ()

    @property
    def before_offers(self) -> Decimal:
        return self.totals.goods + self.totals.discount


def open_basket(
    *, customer: Customer | None = None, session: str = ""
) -> Basket | None:
    """The open basket, if there is one; for pages that only read. One query.

    `session` is a hash of the visitor's session key; the key itself is a secret."""
    found = Basket.objects.filter(origin=Origin.WEBSHOP, closed_at=None)
    if customer is not None:
        return found.filter(customer=customer).first()
    return found.filter(session=session).first() if session else None


def basket_for(
    *,
    customer: Customer | None = None,
    session: str = "",
    at: datetime | None = None,
) -> Basket:
    """The open basket, begun if there is none. Raises ValueError without an owner."""
    if customer is None and not session:
        raise ValueError("a basket is a customer's or a visitor's")
    basket = open_basket(customer=customer, session=session)
    if basket is not None:
        return basket
    # two pages at once: the constraint lets one through, both read that one
    Basket.objects.bulk_create(
        [
            Basket(
                id=new_id(),
                origin=Origin.WEBSHOP,
                customer=customer,
                session="" if customer is not None else session,
                begun_at=at or timezone.now(),
            )
        ],
        ignore_conflicts=True,
    )
    basket = open_basket(customer=customer, session=session)
    if basket is None:
        raise Basket.DoesNotExist
    return basket


def put(basket: Basket, gtin: str, number: object = 1) -> BasketLine:
    """Adds units. Raises UnknownProduct, BadQuantity (also for too many in all)."""
    added = quantity(number)
    line = _line(basket, gtin)
    return _save(basket, line, quantity(line.quantity + added))


def set_quantity(basket: Basket, gtin: str, number: object) -> BasketLine:
    """So many and no other number. Raises UnknownProduct, BadQuantity."""
    wanted = quantity(number)
    return _save(basket, _line(basket, gtin), wanted)


def remove(basket: Basket, gtin: str) -> None:
    """Also of what is not sold any more; not in the basket: nothing happens."""
    basket.lines.filter(variant__gtin=gtin).delete()


def _line(basket: Basket, gtin: str) -> BasketLine:
    """The line of that product, or a new one of 0 units. Locks the basket: two taps at
    once count twice and make one line."""
    try:
        code = valid(gtin)
    except BadGtin as error:
        raise UnknownProduct(str(gtin)) from error
    found = prices.priced(Channel.WEBSHOP, [code]).get(code)
    if found is None:
        raise UnknownProduct(code)
    held = Basket.objects.select_for_update(of=("self",)).filter(id=basket.id)
    if not held.filter(closed_at=None).exists():
        raise BasketClosed
    line = basket.lines.filter(variant_id=found.variant_id).first()
    return line or BasketLine(
        id=derived(basket.id, "line", found.variant_id),
        origin=basket.origin,
        basket=basket,
        variant_id=found.variant_id,
        quantity=0,
    )


def _save(basket: Basket, line: BasketLine, wanted: int) -> BasketLine:
    begun = line._state.adding
    line.quantity = wanted
    if begun:
        line.save(force_insert=True)
    else:
        line.save(update_fields=["quantity"])
    return line


def contents(basket: Basket | None, *, at: datetime | None = None) -> BasketContents:
    """What lies in the basket at today's prices and offers, these in the reader's
    language; None is an empty one. Three queries, one more with codes."""
    at = at or timezone.now()
    rows: list[tuple[str, int]] = []
    if basket is not None:
        rows = list(
            basket.lines.order_by("id").values_list("variant__gtin", "quantity")
        )
    found = (
        prices.priced(Channel.WEBSHOP, [gtin for gtin, _ in rows], at=at)
        if rows
        else {}
    )
    sold = [(found[gtin], number) for gtin, number in rows if gtin in found]
    offers = _offers(basket, sold, at)
    sums = totals(
        [(n, product.amount, product.tax_rate) for product, n in sold],
        discounts=offers.amounts,
    )
    return BasketContents(
        lines=tuple(
            BasketItem(
                gtin=product.gtin,
                quantity=number,
                unit_price=product.amount,
                total=total,
                product=product,
                reductions=reductions,
            )
            for (product, number), total, reductions in zip(
                sold, sums.line_totals, offers.lines, strict=True
            )
        ),
        totals=sums,
        gone=tuple(gtin for gtin, _ in rows if gtin not in found),
        count=sum(number for _, number in sold),
        coupons=tuple(each.code for each in offers.coupons),
        refused=offers.refused,
        hints=offers.hints,
    )


def _offers(
    basket: Basket | None, sold: list[tuple[Priced, int]], at: datetime
) -> Discounted:
    if basket is None or not sold:
        return Discounted(lines=())
    return discounted(
        goods_of([(p.gtin, p.department_id, number, p.amount) for p, number in sold]),
        place_of(Channel.WEBSHOP),
        codes=basket.coupons,
        language=get_language() or "fr",
        at=at,
    )


def merge(
    session_basket: Basket, customer: Customer, *, at: datetime | None = None
) -> Basket:
    """At sign-in: what the visitor gathered joins the customer's own basket, and the
    visitor's is closed. Units add up, to no more than a line may have."""
    at = at or timezone.now()
    own = basket_for(customer=customer, at=at)
    closed = Basket.objects.filter(
        id=session_basket.id, closed_at=None, customer=None
    ).update(closed_at=at)
    if not closed:
        return own
    Basket.objects.select_for_update(of=("self",)).get(id=own.id)
    mine = {line.variant_id: line for line in own.lines.all()}
    for theirs in session_basket.lines.order_by("id"):
        line = mine.get(theirs.variant_id) or BasketLine(
            id=derived(own.id, "line", theirs.variant_id),
            origin=own.origin,
            basket=own,
            variant_id=theirs.variant_id,
            quantity=0,
        )
        _save(own, line, min(MOST, line.quantity + theirs.quantity))
    typed = list(dict.fromkeys([*own.coupons, *session_basket.coupons]))[:MOST_CODES]
    if typed != own.coupons:
        Basket.objects.filter(id=own.id).update(coupons=typed)
    return own


def close(basket: Basket, *, order: Order, at: datetime | None = None) -> bool:
    """The basket became this order; False where it had been closed before."""
    return bool(
        Basket.objects.filter(id=basket.id, closed_at=None).update(
            closed_at=at or timezone.now(), order_id=order.id
        )
    )
