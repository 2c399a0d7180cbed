"""What the shop sells and where it lies, as merchants' feeds take it: Google Merchant
Center's words (support.google.com/merchants, "Product data specification" and "Local
inventory data specification"), which the other big ones read too.

Both are told in pieces, of fewer products where there are more stores, so that memory
grows with neither. Nothing here writes. Read with the webshop pinned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID
from xml.sax.saxutils import escape

from django.utils import timezone

from inventory.models import Price, Unit
from retail import channels
from retail.channels import Feature
from retail.fulfilment.offering import PlaceOffer, offer, places_with_terms
from retail.promotions.models import Promotion
from retail.promotions.pricing import shipping_for
from webshop.shelves import on_sale, running_offers, tags_of, to_send

__all__ = ["NoStores", "local_inventory", "products", "telling_stores"]

# products in a piece; fewer where it would read more than so many rows of stock, but not
# so few that a query costs more than its rows
STEP, ROWS, LEAST = 500, 20_000, 25
COUNTRY = "FR"
NOT_SUPPORTED = "not supported"
COLUMNS = (
    *("store_code", "id", "availability", "quantity", "price", "sale_price"),
    *("pickup_method", "pickup_sla"),
)
# net unit → (what one is measured in, what the price is told for)
MEASURES = {"g": ("g", "1 kg"), "ml": ("ml", "1 l"), "piece": ("ct", "1 ct")}
# no XML 1.0 document may hold them, not even escaped
UNTOLD = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


class NoStores(Exception):
    """No store tells the web what it has."""


@dataclass(frozen=True)
class Asked:
    """What one unit costs: `sale` is after offers, where that is less."""

    price: str
    sale: str
    amount: Decimal


def products(
    link: Callable[[str], str], picture: Callable[[str], str]
) -> Iterator[str]:
    """An RSS 2.0 document in pieces. `link` gives the whole address of a GTIN's page,
    `picture` that of an image. What can be sent or collected is in stock, as its page
    says. Five queries for each piece and two before the first, one more each where stores
    send."""
    now = timezone.now()
    running = running_offers()
    step = _step(len(places_with_terms()))
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">\n<channel>\n'
        f"<title>Sarriette</title>\n<link>{_xml(link(''))}</link>\n"
        "<description>Épicerie de quartier, en ligne et en magasin</description>\n"
    )
    for prices in _pieces(now, step):
        parcels = to_send([each.listing.variant_id for each in prices])
        collected = _collectable(prices, now)
        asked = _asked(prices, running)
        yield "".join(
            _item(
                each,
                asked[each.listing.variant_id],
                bool(parcels.get(each.listing.variant_id))
                or each.listing.variant_id in collected,
                link,
                picture,
            )
            for each in prices
        )
    yield "</channel>\n</rss>\n"


def telling_stores() -> int:
    """How many tell the web what they have. One query, none where the feature is off.
    Raises NoStores."""
    count = len(places_with_terms()) if channels.on(Feature.WEB_TO_STORE) else 0
    if not count:
        raise NoStores
    return count


def local_inventory(*, stores: int) -> Iterator[str]:
    """Lines of `COLUMNS` with tabs between, in pieces: of each store with web pickup,
    what it has or had. The units are those that the shop promises from: live where its
    rows lie here, else the feed's copy, and none of a feed that is too old. The price is
    that of an order which is collected. Each piece is as small as so many stores ask for.
    Three queries for each piece and one for the offers."""
    now = timezone.now()
    running = running_offers()
    yield "\t".join(COLUMNS) + "\n"
    for prices in _pieces(now, _step(stores)):
        asked = _asked(prices, running)
        for place in _offers(prices, now):
            yield "".join(_lines(place, prices, asked, _in_days(place, now)))


def _step(stores: int) -> int:
    return min(STEP, max(LEAST, ROWS // max(stores, 1)))


def _pieces(now: datetime, step: int) -> Iterator[list[Price]]:
    """All that the web sells, by GTIN. One query each."""
    last = ""
    while True:
        piece = list(
            on_sale(now)
            .filter(listing__variant__gtin__gt=last)
            .exclude(listing__variant__unit=Unit.GRAM)
            .order_by("listing__variant__gtin")[:step]
        )
        yield piece
        if len(piece) < step:
            return
        last = piece[-1].listing.variant.gtin


def _offers(prices: list[Price], now: datetime) -> list[PlaceOffer]:
    return offer([each.listing.variant_id for each in prices], now=now)


def _collectable(prices: list[Price], now: datetime) -> set[UUID]:
    return {
        variant
        for place in _offers(prices, now)
        if place.soonest() is not None
        for variant, units in place.free.items()
        if units > 0
    }


def _asked(prices: list[Price], running: list[Promotion]) -> dict[UUID, Asked]:
    """{variant id: what is asked}, as `Card` shows it."""
    told = tags_of(prices, running)
    found = {}
    for each in prices:
        tag = told.get(each.listing.variant.gtin)
        amount = min(tag.amount, each.amount) if tag else each.amount
        full = each.amount if amount < each.amount else each.former_amount or amount
        found[each.listing.variant_id] = Asked(
            price=f"{full:.2f} {each.currency}",
            sale=f"{amount:.2f} {each.currency}" if amount < full else "",
            amount=amount,
        )
    return found


def _item(
    price: Price,
    asked: Asked,
    available: bool,
    link: Callable[[str], str],
    picture: Callable[[str], str],
) -> str:
    variant, title = price.listing.variant, price.listing.title
    product = variant.product
    measure, base = MEASURES.get(variant.net_unit, ("", ""))
    measured = measure and variant.net_quantity
    told = {
        "id": variant.gtin,
        "title": title[:150],
        "description": (price.listing.text or title)[:5000],
        "link": link(variant.gtin),
        "image_link": picture(product.image) if product.image else "",
        "availability": "in_stock" if available else "out_of_stock",
        "price": asked.price,
        "sale_price": asked.sale,
        "gtin": variant.gtin,
        "brand": product.brand,
        "condition": "new",
        "product_type": product.department.name,
        "unit_pricing_measure": (
            f"{variant.net_quantity.normalize():f} {measure}" if measured else ""
        ),
        "unit_pricing_base_measure": base if measured else "",
    }
    lines = [
        f"<g:{name}>{_xml(text)}</g:{name}>\n" for name, text in told.items() if text
    ]
    sent = f"{shipping_for(asked.amount):.2f} {price.currency}"
    lines.append(
        f"<g:shipping><g:country>{COUNTRY}</g:country>"
        f"<g:price>{sent}</g:price></g:shipping>\n"
    )
    return "<item>\n" + "".join(lines) + "</item>\n"


def _lines(
    place: PlaceOffer, prices: list[Price], asked: dict[UUID, Asked], days: int | None
) -> Iterator[str]:
    for each in prices:
        variant = each.listing.variant
        if variant.id not in place.free:
            continue  # never on this store's books
        units = 0 if place.silent else place.free[variant.id]
        offered = units > 0 and days is not None
        cells = (
            place.location.code,
            variant.gtin,
            "in_stock" if units else "out_of_stock",
            str(units),
            asked[variant.id].price,
            asked[variant.id].sale,
            "buy" if offered else NOT_SUPPORTED,
            _sla(days) if offered and days is not None else "",
        )
        yield "\t".join(cells) + "\n"


def _in_days(place: PlaceOffer, now: datetime) -> int | None:
    """Days from now to when an order would be ready there; None where none is taken."""
    ready = place.soonest()
    if ready is None:
        return None
    return (timezone.localdate(ready) - timezone.localdate(now)).days


def _sla(days: int) -> str:
    """In the feed's own words."""
    if days <= 1:
        return "next day" if days else "same day"
    return f"{days}-day" if days < 8 else "multi-week"


def _xml(text: str) -> str:
    return escape(text.translate(UNTOLD))
