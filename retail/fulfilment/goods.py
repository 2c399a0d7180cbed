"""What a channel sells, with its price and whether it can be sent or collected now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from inventory.filtering import those_given
from inventory.gtin import BadGtin, valid
from inventory.models import Location, LocationKind
from inventory.names import plain
from inventory.questions import Question, answers, known
from retail import channels
from retail.channels import Channel, Feature
from retail.fulfilment.copies import TOO_OLD
from retail.fulfilment.shippers import sends
from retail.fulfilment.sourcing import owns
from retail.fulfilment.terms import all_places, terms_in

__all__ = ["Goods", "goods_like", "one_of_goods"]


@dataclass(frozen=True)
class Goods:
    """`for_delivery` are units that the warehouse, or one store that sends too, can
    promise; None where this side does not know. `stores` is in how many stores it can
    be collected."""

    variant_id: UUID
    gtin: str
    title: str
    brand: str
    department: str
    sort_name: str
    size: str
    unit: str
    image: str
    amount: Decimal
    former_amount: Decimal | None
    currency: str
    for_delivery: int | None = None
    stores: int = 0


LISTED = """
SELECT v.id, v.gtin, l.title, p.brand, d.code, p.sort_name, v.size, v.unit, p.image,
  l.id AS listing
FROM inventory_listing l
JOIN inventory_variant v ON v.id = l.variant_id
JOIN inventory_product p ON p.id = v.product_id
JOIN inventory_department d ON d.id = l.department_id
WHERE l.origin = %(channel)s AND l.active"""
LISTED_BY = {
    "gtin": "v.gtin = %(gtin)s",
    "department": "d.code = %(department)s",
    "words": "p.sort_name LIKE ALL(%(words)s::text[])",
    "name": "(p.sort_name, v.gtin) > (%(name)s, %(from)s)",
}
# of a department all is found first: PostgreSQL would go through the whole house by name
# until it has met enough of it
FIRST_OF_ALL = "\nORDER BY p.sort_name, v.gtin OFFSET 0"
# the number is of the text: a plan for any number is one for most of the rows
PRICED = """
SELECT g.id, g.gtin, g.title, g.brand, g.code, g.sort_name, g.size, g.unit, g.image,
  now.amount, now.former_amount, now.currency
FROM ({goods}) g
JOIN LATERAL (
  SELECT amount, former_amount, currency FROM inventory_price
  WHERE listing_id = g.listing AND valid_from <= %(at)s
    AND (valid_to IS NULL OR valid_to > %(at)s)
  ORDER BY valid_from DESC LIMIT 1) AS now ON true
ORDER BY g.sort_name, g.gtin LIMIT {limit:d}
"""
# a store keeps its buffer back from the web
LIVE = """
SELECT s.variant_id,
  count(*) FILTER (WHERE s.on_hand - s.reserved - s.safety > p.buffer),
  max(s.on_hand - s.reserved - s.safety - coalesce(p.buffer, 0))
    FILTER (WHERE s.location_id = ANY(%(senders)s::uuid[]))
FROM inventory_stocklevel s
LEFT JOIN unnest(%(stores)s::uuid[], %(buffers)s::int[]) AS p(location_id, buffer)
  USING (location_id)
WHERE s.variant_id = ANY(%(variants)s::uuid[])
  AND s.on_hand - s.reserved - s.safety > 0
  AND (s.blocked_until IS NULL OR s.blocked_until <= %(at)s)
GROUP BY s.variant_id
"""
COPIED = """
SELECT a.variant_id, count(*)
FROM retail_storeavailability a
JOIN retail_feedstate f USING (location_id)
JOIN unnest(%(stores)s::uuid[], %(buffers)s::int[]) AS p(location_id, buffer)
  USING (location_id)
WHERE a.variant_id = ANY(%(variants)s::uuid[])
  AND a.available - a.open_requests > p.buffer AND f.as_of >= %(since)s
GROUP BY a.variant_id
"""


def goods_like(
    text: str = "",
    *,
    department: str = "",
    after: Sequence[str] | None = None,
    limit: int,
) -> list[Goods]:
    """By name; `text` is a barcode or words of name and brand, `after` the (sort name,
    GTIN) that came last. Two queries, and one for the places."""
    gtin, words = _sought(text)
    name, last = after or (None, None)
    return _with_stock(
        _listed(
            gtin=gtin,
            words=words,
            department=department or None,
            after=(name, last),
            limit=limit,
        )
    )


def one_of_goods(gtin: str) -> Goods | None:
    found = _with_stock(_listed(gtin=gtin, limit=1))
    return found[0] if found else None


def _listed(
    *,
    gtin: str | None = None,
    words: list[str] | None = None,
    department: str | None = None,
    after: tuple[str | None, str | None] = (None, None),
    limit: int,
) -> list[Goods]:
    given: dict[str, Any] = {
        "channel": channels.current().channel.value,
        "at": timezone.now(),
        "gtin": gtin,
        "words": words,
        "department": department,
        "name": after[0],
        "from": after[1],
    }
    goods = LISTED + those_given(LISTED_BY, given)
    if department is not None:
        goods += FIRST_OF_ALL
    asked = PRICED.format(goods=goods, limit=limit)
    return answers(Question(asked, given, lambda rows: [Goods(*r) for r in rows]))[0]


def _with_stock(found: list[Goods]) -> list[Goods]:
    if not found:
        return []
    now = timezone.now()
    places = all_places()
    warehouse = next(
        (
            each
            for each in places
            if each.kind == LocationKind.WAREHOUSE and each.channel == Channel.WEBSHOP
        ),
        None,
    )
    told = warehouse is not None and owns(warehouse)
    stores = [
        (each, terms.buffer)
        for each in places
        if each.kind == LocationKind.STORE
        and channels.on(Feature.WEB_TO_STORE, store=each.code)
        and not (terms := terms_in(each)).paused
    ]
    variants = [each.variant_id for each in found]
    live = Question(
        LIVE,
        {
            "variants": variants,
            "stores": [each.id for each, _ in stores if owns(each)],
            "buffers": [buffer for each, buffer in stores if owns(each)],
            "senders": [each.id for each in places if each == warehouse or sends(each)],
            "at": now,
        },
        lambda rows: {row[0]: (row[1], row[2]) for row in rows},
    )
    here, copied = answers(live, _copied(stores, variants, now))
    return [
        replace(
            each,
            for_delivery=(here.get(each.variant_id, (0, 0))[1] or 0) if told else None,
            stores=here.get(each.variant_id, (0, 0))[0]
            + copied.get(each.variant_id, 0),
        )
        for each in found
    ]


def _copied(
    stores: Iterable[tuple[Location, int]], variants: list[UUID], now: datetime
) -> Question[dict[UUID, int]]:
    """{variant: of how many of these (store, buffer) the feed says that they have it}"""
    elsewhere = [(each.id, buffer) for each, buffer in stores if not owns(each)]
    if not elsewhere:
        return known({})
    given = {
        "variants": variants,
        "stores": [place for place, _ in elsewhere],
        "buffers": [buffer for _, buffer in elsewhere],
        "since": now - TOO_OLD,
    }
    return Question(COPIED, given, lambda rows: {row[0]: row[1] for row in rows})


def _sought(text: str) -> tuple[str | None, list[str] | None]:
    """(GTIN, None) or (None, patterns of LIKE); nothing sought: (None, None)."""
    text = text.strip()
    try:
        return valid(text), None
    except BadGtin:
        pass
    words = plain(text).split()[:8]
    escaped = (_escaped(word) for word in words)
    return None, [f"%{word}%" for word in escaped] or None


def _escaped(word: str) -> str:
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
