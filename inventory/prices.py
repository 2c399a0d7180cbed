"""What a channel asks for a variant at a moment, with what a line needs to show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from inventory.places import Channel
from inventory.questions import Question, Row, answers


@dataclass(frozen=True, slots=True)
class Priced:
    """`amount` includes tax, in `currency`, for one piece, or for a kilo of
    what is weighed; `former_amount` is the price before an offer. `tax_rate` 0.0550 is 5.5 %."""

    variant_id: UUID
    listing_id: UUID
    gtin: str
    title: str
    brand: str
    amount: Decimal
    former_amount: Decimal | None
    currency: str
    tax_rate: Decimal
    unit: str
    product_id: UUID
    size: str
    net_quantity: Decimal | None
    net_unit: str
    department_id: UUID
    image: str
    image_treatment: str
    aisle: str
    icon: str  # of its department


# a condition on the variant follows, after an AND
PRICED = """
SELECT v.id, l.id, v.gtin, l.title, p.brand, now.amount, now.former_amount, now.currency,
       t.rate, v.unit, v.product_id, v.size, v.net_quantity, v.net_unit,
       l.department_id, p.image, p.image_treatment, v.aisle,
       d.icon
FROM inventory_variant v
JOIN inventory_listing l ON l.variant_id = v.id AND l.origin = %(channel)s AND l.active
JOIN inventory_department d ON d.id = l.department_id
JOIN inventory_product p ON p.id = v.product_id
JOIN inventory_taxcategory t ON t.id = v.tax_category_id
JOIN LATERAL (
  SELECT amount, former_amount, currency FROM inventory_price
  WHERE listing_id = l.id AND valid_from <= %(at)s
    AND (valid_to IS NULL OR valid_to > %(at)s)
  ORDER BY valid_from DESC LIMIT 1) AS now ON true
WHERE (v.unit = 'piece' OR %(channel)s = 'pos')
"""
# one or the other: asked for by both in one condition, all that is listed is read
OF_GTINS = "AND v.gtin = ANY(%(gtins)s::text[])"
OF_VARIANTS = "AND v.id = ANY(%(variants)s::uuid[])"
# of one, a plan for any is as good as the one for this: it is made once
OF_ONE = "AND v.gtin = %(gtin)s"


def priced(
    channel: Channel, keys: Iterable[UUID] | Iterable[str], at: datetime | None = None
) -> dict[str, Priced]:
    """{gtin: what the channel asks}, for variant ids, or for GTINs. One query.

    A variant that the channel does not list, or has no price for, is left out; and on
    the web what is weighed, for nobody weighs a parcel that is not packed yet.
    """
    return answers(priced_asked(channel, keys, at))[0]


def priced_asked(
    channel: Channel, keys: Iterable[UUID] | Iterable[str], at: datetime | None = None
) -> Question[dict[str, Priced]]:
    """`priced`, to be asked together with other questions."""
    asked = list(keys)
    given: dict[str, Any] = {
        "channel": Channel(channel).value,
        "at": at or timezone.now(),
    }
    if any(isinstance(key, UUID) for key in asked):
        return Question(PRICED + OF_VARIANTS, {**given, "variants": asked}, _by_gtin)
    if len(asked) == 1:
        return Question(PRICED + OF_ONE, {**given, "gtin": asked[0]}, _by_gtin)
    return Question(PRICED + OF_GTINS, {**given, "gtins": asked}, _by_gtin)


def _by_gtin(rows: Iterable[Row]) -> dict[str, Priced]:
    found = [Priced(*row) for row in rows]
    return {each.gtin: each for each in found}
