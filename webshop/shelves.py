"""What the webshop offers, as its pages show it: price, picture, where it is to be had."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest
from uuid import UUID

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from inventory.models import Department, Location, Price, Product, Variant
from inventory.places import Channel
from inventory.questions import Question, answers, known
from retail.channels import kept
from retail.fulfilment import shippers
from retail.fulfilment.copies import TOO_OLD, copies_asked, read_at
from retail.fulfilment.levels import levels_asked
from retail.fulfilment.offering import promised_asked
from retail.fulfilment.shippers import to_send_asked
from retail.fulfilment.sourcing import owns
from retail.fulfilment.terms import terms_in
from retail.promotions.models import Promotion
from retail.promotions.offering import in_force, place_of
from retail.promotions.tagging import Tag, goods_on_offer, tags

# the order of a shelf that nobody asked for another
BY_NAME = ("listing__variant__product__sort_name", "listing__variant__gtin")


@kept
def all_departments() -> tuple[Department, ...]:
    """All, in the order of the shop. One query."""
    return tuple(Department.objects.order_by("position", "code"))


def on_sale(at: datetime) -> QuerySet[Price]:
    """The price that counts now of each thing the webshop lists, with listing, variant,
    product and department; one query however long."""
    current = Q(valid_from__lte=at) & (Q(valid_to=None) | Q(valid_to__gt=at))
    newer = Price.objects.filter(
        current, listing=OuterRef("listing"), valid_from__gt=OuterRef("valid_from")
    )
    return (
        Price.objects.filter(
            current, listing__origin=Channel.WEBSHOP, listing__active=True
        )
        .exclude(Exists(newer))
        .select_related("listing__variant__product__department")
    )


@kept
def running_offers() -> tuple[Promotion, ...]:
    """Those that need no code. One query."""
    return tuple(in_force(place_of(Channel.WEBSHOP), at=timezone.now()))


def on_offer(running: Iterable[Promotion]) -> Q:
    """What of `on_sale` has a former price, or is what one of these offers is about."""
    gtins, departments = goods_on_offer(running)
    return (
        Q(former_amount__isnull=False)
        | Q(listing__variant__gtin__in=gtins)
        | Q(listing__department__in=departments)
    )


@dataclass(frozen=True)
class Card:
    """A product on a shelf. `parcels` are units that can be sent, `units` those that
    the chosen store can promise (None: it is not asked, or was silent for too long).
    `tag` is what an offer says of it."""

    price: Price
    parcels: int
    units: int | None
    tag: Tag | None = None

    @property
    def variant(self) -> Variant:
        return self.price.listing.variant

    @property
    def product(self) -> Product:
        return self.variant.product

    @property
    def title(self) -> str:
        return self.price.listing.title

    @property
    def brand(self) -> str:
        return self.product.brand

    @property
    def gtin(self) -> str:
        return self.variant.gtin

    @property
    def amount(self) -> Decimal:
        """For one unit, after offers."""
        return self.tag.amount if self.tag else self.price.amount

    @property
    def former_amount(self) -> Decimal | None:
        """The price before an offer, which must be named beside it."""
        reduced = self.amount < self.price.amount
        return self.price.amount if reduced else self.price.former_amount

    @property
    def weighed(self) -> bool:
        """Sold at the till alone, where it is weighed."""
        return self.variant.weighed

    @property
    def offer(self) -> str:
        return self.tag.offers[0] if self.tag else ""


def cards_and_times(
    prices: Sequence[Price],
    *,
    store: Location | None,
    places: Iterable[Location],
    now: datetime,
    running: Sequence[Promotion] | None = None,
) -> tuple[list[Card], dict[UUID, datetime | None]]:
    """The cards of these prices for who chose this store, and when an order would be
    ready at each of the places. One query; which places send, and where they are not
    given the `running` offers, is asked before."""
    variants = [price.listing.variant_id for price in prices]
    parcels, units, ready = answers(
        to_send_asked(variants, now),
        promised_at_asked(store, variants, now) if store else known(None),
        promised_asked(places, now),
    )
    if not prices:
        return [], ready
    told = tags_of(prices, running_offers() if running is None else running)
    found = [
        Card(
            price=price,
            tag=told.get(price.listing.variant.gtin),
            parcels=parcels.get(price.listing.variant_id, 0),
            units=None if units is None else units.get(price.listing.variant_id, 0),
        )
        for price in prices
    ]
    return found, ready


def tags_of(prices: Sequence[Price], running: Sequence[Promotion]) -> dict[str, Tag]:
    """{gtin: what these offers say of it}, in the reader's language."""
    return tags(
        [(p.listing.variant.gtin, p.listing.department_id, p.amount) for p in prices],
        running,
        language=get_language() or "fr",
    )


def mixed(prices: Iterable[Price], count: int) -> list[Price]:
    """Some of them, one of each department in turn, in their order."""
    piles: dict[UUID, list[Price]] = {}
    for price in prices:
        piles.setdefault(price.listing.department_id, []).append(price)
    rounds = zip_longest(*piles.values())
    return [price for each in rounds for price in each if price is not None][:count]


def alike(price: Price, at: datetime, count: int = 6) -> list[Price]:
    """What stands beside it and has a name most like its own. One query."""
    name = "listing__variant__product__sort_name"
    product = price.listing.variant.product
    return list(
        on_sale(at)
        .filter(listing__department=price.listing.department_id)
        .exclude(id=price.id)
        .annotate(near=TrigramSimilarity(name, product.sort_name))
        .order_by("-near", name, "id")[:count]
    )


def to_send(variant_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Units that can be sent as one parcel. Two queries, three where stores send."""
    return shippers.to_send(list(variant_ids))


def promised_at_asked(
    store: Location, variants: Collection[UUID], now: datetime
) -> Question[dict[UUID, int]]:
    """Units of each that this store, read with its terms, can promise, from its rows or
    from the feed; nothing from a feed that is too old, nor where pickup is paused, nor
    of what it never had."""
    terms = terms_in(store)
    if terms.paused:
        return known({})
    if owns(store):
        return levels_asked([store.id], variants).then(
            lambda found: {
                each.variant: each.free(now, buffer=terms.buffer) for each in found
            }
        )
    at = read_at(store)
    if at is None or now - at > TOO_OLD:
        return known({})
    return copies_asked([store], variants).then(
        lambda found: {
            each.variant: max(each.units - terms.buffer, 0) for each in found
        }
    )
