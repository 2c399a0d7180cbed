"""What each database knows: one question, asked of every side at once.

For people at head office who must see what a channel cannot: each side is read by its
own name, also those that are not in use. Nothing is written.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import OperationalError

from inventory.gtin import BadGtin, valid
from inventory.models import Listing
from inventory.places import Channel, Origin
from retail import channels
from retail.customers import knows_goods, knows_orders, knows_people
from retail.customers.knowing import CARD
from retail.customers.knows_rows import Answer, Group, Side
from retail.fulfilment.models import Fulfilment, Method

NUMBER = re.compile(r"[WM]-\d{6,}", re.IGNORECASE)


@dataclass(frozen=True)
class Sample:
    """A question that has an answer. `kind`: pickup, order, product."""

    kind: str
    query: str
    title: str


def ask(typed: str) -> Answer:
    """Look up a person (e-mail, phone, card, name), an order's number, or a product
    (GTIN, name). Up to nine queries a side."""
    typed = typed.strip()
    answer = Answer("person", [])
    for look in _tries(typed):
        answer = look(typed)
        if answer.found:
            break
    return answer


def _tries(typed: str) -> list[Callable[[str], Answer]]:
    """What the text may mean, the likeliest first."""
    if "@" in typed:
        return [_person]
    if CARD.fullmatch(typed):
        return [_person, _order]
    if NUMBER.fullmatch(typed):
        return [_order]
    try:
        valid(typed)
    except BadGtin:
        return [_person, _product]
    return [_product]


def _person(typed: str) -> Answer:
    answer = Answer("person", _sides())
    matched = _each(answer, partial(knows_people.matched, typed=typed))
    _fill(answer, partial(knows_people.groups, matched=matched))
    knows_people.tell(answer, typed, matched)
    return answer


def _order(typed: str) -> Answer:
    answer = Answer("order", _sides())
    _fill(answer, partial(knows_orders.groups, number=typed.upper()))
    knows_orders.tell(answer, typed)
    return answer


def _product(typed: str) -> Answer:
    answer = Answer("product", _sides())
    fitting = _each(answer, partial(knows_goods.fitting, typed=typed))
    variants = next((found for found in fitting.values() if found), [])
    if variants:
        _fill(answer, partial(knows_goods.groups, variant=variants[0]))
    answer.choices = [(variant.gtin, variant.product.name) for variant in variants[1:]]
    knows_goods.tell(answer, typed, variants[0] if variants else None)
    return answer


def _sides() -> list[Side]:
    now_open = channels.open_databases()
    return [Side(alias, open=alias in now_open) for alias in channels.SIDES]


def _each(answer: Answer, read: Callable[[str], list[Any]]) -> dict[str, list[Any]]:
    """Read every side; one that does not answer is told as such and left out."""
    found: dict[str, list[Any]] = {}
    for side in answer.sides:
        if side.away:
            continue
        try:
            with channels.crossing():
                found[side.alias] = read(side.alias)
        except OperationalError:
            side.away = True
    return found


def _fill(answer: Answer, read: Callable[[str], list[Group]]) -> None:
    groups = _each(answer, read)
    for side in answer.sides:
        side.groups = [group for group in groups.get(side.alias, []) if group.rows]


def samples() -> list[Sample]:
    """Something to begin with: a pickup or an order, and a product, of the site."""
    alias = channels.database_for(Channel.WEBSHOP)
    promises = Fulfilment.objects.using(alias).select_related("order")
    listings = Listing.objects.using(alias).select_related("variant__product")
    found: list[Sample] = []
    with channels.crossing():
        pickup = promises.filter(method=Method.COLLECT).order_by("-id").first()
        if promise := pickup or promises.order_by("-id").first():
            kind = "pickup" if pickup else "order"
            found.append(Sample(kind, promise.order.number, promise.order.number))
        if listing := listings.filter(active=True, origin=Origin.WEBSHOP).first():
            variant = listing.variant
            found.append(Sample("product", variant.gtin, variant.product.name))
    return found
