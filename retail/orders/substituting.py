"""Other goods in place of missing ones, on the order's side: what they would cost, what
was agreed, and the lines that they become.

They cost what the webshop asks for them, and never more than the goods they replace did
after offers.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from inventory import prices
from inventory.ids import derived
from inventory.models import Variant
from inventory.places import Channel
from retail.fulfilment.models import Fulfilment, FulfilmentLine
from retail.orders.models import OrderLine

__all__ = [
    "NotOnOffer",
    "Offered",
    "add",
    "agree",
    "known",
    "offered",
    "on_terms",
]


class NotOnOffer(Exception):
    """Nothing is offered (any more) for the line at `position`."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


@dataclass(frozen=True)
class Offered:
    """`quantity` units at `unit_price` for the missing units of the line at `position`,
    which is of `replaced`."""

    position: int
    gtin: str
    title: str
    quantity: int
    unit_price: Decimal
    tax_rate: Decimal
    replaced: OrderLine

    @property
    def value(self) -> Decimal:
        return self.quantity * self.unit_price


def known(offers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Of what a store offers, the goods that are known here, as a fulfilment keeps
    them. One query; none where nothing is offered."""
    if not offers:
        return []
    gtins = [each["gtin"] for each in offers]
    here = set(Variant.objects.filter(gtin__in=gtins).values_list("gtin", flat=True))
    return [
        {name: each[name] for name in ("position", "gtin", "title", "quantity")}
        for each in offers
        if each["gtin"] in here
    ]


def offered(promise: Fulfilment, *, at: datetime | None = None) -> list[Offered]:
    """What the customer may take now, with its price. 2 queries; none without offers."""
    if not promise.offers:
        return []
    replaced = _lines(promise)
    found = prices.priced(
        Channel.WEBSHOP, [each["gtin"] for each in promise.offers], at=at
    )
    made = []
    for each in promise.offers:
        line = replaced.get(each["position"])
        if line is None:
            continue
        price = found.get(each["gtin"])
        made.append(
            Offered(
                position=each["position"],
                gtin=each["gtin"],
                title=price.title if price else each["title"],
                quantity=each["quantity"],
                unit_price=min(price.amount, line.each) if price else line.each,
                tax_rate=price.tax_rate if price else line.tax_rate,
                replaced=line,
            )
        )
    return made


def agree(
    promise: Fulfilment, positions: Collection[int] | None, *, at: datetime
) -> list[Offered]:
    """The customer takes what is offered for these lines (for all unless given). The
    price is kept with the promise, so that it is the one that was read, however late
    the store answers. Raises NotOnOffer."""
    on_offer = {each.position: each for each in offered(promise, at=at)}
    wanted = set(on_offer) if positions is None else set(positions)
    for position in wanted - set(on_offer):
        raise NotOnOffer(position)
    if not wanted:
        raise NotOnOffer(0)
    taken = [on_offer[position] for position in sorted(wanted)]
    terms = {
        each.position: {
            "agreed": str(each.unit_price),
            "tax_rate": str(each.tax_rate),
            "title": each.title,
        }
        for each in taken
    }
    promise.offers = [
        {**each, **terms.get(each["position"], {})} for each in promise.offers
    ]
    promise.save(update_fields=["offers"])
    return taken


def on_terms(
    lines: Sequence[Mapping[str, Any]], offers: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The store's lines that replace others, with what was agreed about them."""
    terms = {(each["position"], each["gtin"]): each for each in offers}
    return [
        {**terms.get((line["replaces"], line["gtin"]), {}), **line}
        for line in lines
        if line.get("replaces") is not None
    ]


def add(fulfilment: Fulfilment, instead: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Lines that the store's news has and the order has not, `on_terms`: {position:
    units}. Again without effect. Inside a transaction with the order's row locked."""
    lines = _lines(fulfilment) if instead else {}
    new = [
        each
        for each in instead
        if each["position"] not in lines and each["replaces"] in lines
    ]
    if not new:
        return {}
    variants = {
        each.gtin: each
        for each in Variant.objects.filter(gtin__in=[each["gtin"] for each in new])
    }
    for each in new:
        _add(fulfilment, lines[each["replaces"]], variants[each["gtin"]], each)
    return {each["position"]: each["quantity"] for each in new}


def _add(
    fulfilment: Fulfilment,
    replaced: OrderLine,
    variant: Variant,
    told: Mapping[str, Any],
) -> None:
    # without a word about the price, it costs what it replaces
    price = min(Decimal(told.get("agreed", replaced.each)), replaced.each)
    line = OrderLine.objects.create(
        id=derived(fulfilment.order_id, "line", told["position"]),
        origin=fulfilment.origin,
        order_id=fulfilment.order_id,
        position=told["position"],
        variant=variant,
        gtin=told["gtin"],
        title=told["title"][:200],
        quantity=told["quantity"],
        unit_price=price,
        tax_rate=Decimal(told.get("tax_rate", replaced.tax_rate)),
        total=price * told["quantity"],
        replaces=replaced.position,
    )
    FulfilmentLine.objects.create(
        id=derived(fulfilment.id, "line", told["position"]),
        origin=fulfilment.origin,
        fulfilment=fulfilment,
        order_line=line,
        variant=variant,
        quantity=told["quantity"],
    )


def _lines(promise: Fulfilment) -> dict[int, OrderLine]:
    """Of this promise, by position."""
    lines = promise.lines.select_related("order_line")
    return {line.order_line.position: line.order_line for line in lines}
