"""What a shelf says of a product that an offer is about, before anything is in a basket."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from inventory.money import CENT
from retail.promotions.models import Promotion
from retail.promotions.offering import goods_of, offer_of
from retail.promotions.rules import Good, apply, is_about

__all__ = ["Tag", "goods_on_offer", "tags"]


@dataclass(frozen=True)
class Tag:
    """`offers` are the names of what is offered; `amount` what one unit costs by it,
    where that is less."""

    offers: tuple[str, ...]
    amount: Decimal


def tags(
    goods: Iterable[tuple[str, UUID, Decimal]],
    running: Sequence[Promotion],
    *,
    language: str,
) -> dict[str, Tag]:
    """{gtin: its tag} from (gtin, department, price), by the offers that are in force;
    without those that none is about. An offer on everything is no product's."""
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


def goods_on_offer(running: Iterable[Promotion]) -> tuple[set[str], set[UUID]]:
    """(GTINs, departments) of what `tags` would tell of, to look for them."""
    gtins: set[str] = set()
    departments: set[UUID] = set()
    for each in running:
        for part in each.rule.get("parts", [each.rule]):
            goods = part.get("goods", {})
            gtins.update(goods.get("gtins", ()))
            departments.update(UUID(id) for id in goods.get("departments", ()))
    return gtins, departments


def _about(offer: Promotion, good: Good) -> bool:
    parts = offer.rule.get("parts", [offer.rule])
    return any(part.get("goods") and is_about(good, part["goods"]) for part in parts)
