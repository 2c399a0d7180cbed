"""What a shelf says of a product that an offer is about, before anything is in a basket."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from inventory.money import CENT
from retail.promotions.coupons import Place
from retail.promotions.models import Promotion
from retail.promotions.offering import goods_of, in_force, offer_of
from retail.promotions.rules import Good, apply, is_about

__all__ = ["Tag", "tags"]


@dataclass(frozen=True)
class Tag:
    """`offers` are the names of what is offered; `amount` what one unit costs by it,
    where that is less."""

    offers: tuple[str, ...]
    amount: Decimal


def tags(
    goods: Iterable[tuple[str, UUID, Decimal]],
    place: Place,
    *,
    language: str,
    at: datetime,
) -> dict[str, Tag]:
    """{gtin: its tag} from (gtin, department, price); without those that no offer is
    about. An offer on everything is no product's. One query."""
    running = in_force(place, at=at)
    if not running:
        return {}
    found = {}
    for good in goods_of([(gtin, where, 1, price) for gtin, where, price in goods]):
        about = [each for each in running if _about(each, good)]
        if about:
            off = apply([good], [offer_of(each) for each in about]).off(0)
            names = tuple(each.name(language) for each in about)
            found[good.gtin] = Tag(names, (good.price - off) * CENT)
    return found


def _about(offer: Promotion, good: Good) -> bool:
    parts = offer.rule.get("parts", [offer.rule])
    return any(part.get("goods") and is_about(good, part["goods"]) for part in parts)
