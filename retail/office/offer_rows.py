"""Offers as the office reads them: in words, with their state, and by examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import get_language

from inventory import prices
from inventory.models import Department, Listing, Location
from inventory.places import Channel
from inventory.prices import Priced
from retail.promotions.models import Promotion
from retail.promotions.tagging import goods_on_offer, tags
from retail.promotions.words import rule_in_words

__all__ = ["OfferRow", "examples", "rows_of"]

EXAMPLES = 4


@dataclass(frozen=True)
class OfferRow:
    """`state`: running, coming or ended. `stores` and `sides` by name, empty for all."""

    offer: Promotion
    state: str
    name: str
    words: str
    stores: list[str]
    sides: list[str]


def rows_of(
    offers: Sequence[Promotion], channel: Channel, now: datetime
) -> list[OfferRow]:
    """In the reader's language and this order. At most three queries for all."""
    gtins, departments = goods_on_offer(offers)
    names = {
        str(each.id): each.name
        for each in Department.objects.filter(id__in=departments)
    }
    if gtins:
        sold = Listing.objects.filter(origin=channel, variant__gtin__in=gtins)
        names |= dict(sold.values_list("variant__gtin", "title"))
    stores: dict[str, str] = {}
    if any(each.stores for each in offers):
        stores = dict(Location.objects.values_list("code", "name"))
    return [
        OfferRow(
            offer=each,
            state=_state(each, now),
            name=each.name(get_language() or "fr"),
            words=rule_in_words(each.rule, names),
            stores=[stores.get(code, code) for code in each.stores],
            sides=[str(Channel(side).label) for side in each.channels],
        )
        for each in offers
    ]


def _state(offer: Promotion, now: datetime) -> str:
    if offer.ends_at is not None and offer.ends_at <= max(now, offer.starts_at):
        return "ended"  # also one that was ended before it began
    return "coming" if offer.starts_at > now else "running"


def examples(offer: Promotion, channel: Channel) -> list[tuple[Priced, Decimal]]:
    """[(something on sale, what one of it would cost)], where one alone is cheaper. Two
    queries."""
    gtins, departments = goods_on_offer([offer])
    about = Q(variant__gtin__in=gtins) | Q(department__in=departments)
    some = Listing.objects.filter(about, origin=channel, active=True)
    keys = some.order_by("title", "id").values_list("variant_id", flat=True)[:EXAMPLES]
    goods = prices.priced(channel, list(keys)).values()
    found = tags(
        [(each.gtin, each.department_id, each.amount) for each in goods],
        [offer],
        language=get_language() or "fr",
    )
    return [
        (each, found[each.gtin].amount)
        for each in goods
        if each.gtin in found and found[each.gtin].amount < each.amount
    ]
