"""What a till can sell, found by barcode, by name, or because it is sold often."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import Count

from inventory import in_store
from inventory.gtin import BadGtin, valid
from inventory.models import Department, Listing, Unit
from inventory.names import plain
from inventory.places import Channel, Origin
from inventory.prices import Priced, priced
from pos import quick_keys
from pos.models import TicketLine, Till

MOST = 24  # products that a search answers
TILES = 24
RECENT = 300  # tickets of the till that say what sells


@dataclass(frozen=True)
class Article:
    """A priced variant and the pictogram of its department; `grams` where the code that
    was scanned told the weight."""

    priced: Priced
    icon: str
    grams: int | None = None

    @property
    def weighed(self) -> bool:
        return self.priced.unit == Unit.GRAM


def search(text: str) -> list[Article]:
    """By barcode where `text` is a GTIN (8, 12, 13 or 14 digits), else all words in
    the name or brand, whatever their accents. At most four queries."""
    by_code = by_gtin(text)
    if by_code is not None:
        return by_code
    words = plain(text).split()
    if not words:
        return []
    listed = Listing.objects.filter(origin=Origin.POS, active=True)
    for word in words:
        listed = listed.filter(variant__product__sort_name__contains=word)
    found = listed.order_by("variant__product__sort_name", "variant_id")
    return _articles(found.values_list("variant__gtin", flat=True)[:MOST])


def by_gtin(text: str) -> list[Article] | None:
    """None where `text` is no GTIN; empty where the stores do not sell it. An in-store
    code is its article's, unless an article has it as it is."""
    try:
        gtin = valid(text.strip())
    except BadGtin:
        return None
    return _articles([gtin]) or _by_label(gtin)


def _by_label(code: str) -> list[Article]:
    read = in_store.read(code, settings.IN_STORE_CODES)
    if read is None:
        return []
    found = [each for each in _articles([read.gtin]) if each.weighed]
    return [replace(each, grams=_grams(read, each)) for each in found]


def _grams(read: in_store.Read, article: Article) -> int | None:
    if read.price is None:
        return read.grams
    return in_store.grams_for(read.price, per_kilo=article.priced.amount)


@dataclass(frozen=True)
class Tiles:
    """`pages` are the store's own, (page, its articles); `often` what sells most. `keys`
    is another text as soon as a manager has arranged the pages anew."""

    keys: str
    pages: list[tuple[quick_keys.Page, list[Article]]]
    often: list[Article]


def tiles(till: Till) -> Tiles:
    """Five queries."""
    pages = quick_keys.at(till.location)
    often = _often(till)
    known = of([*often, *(gtin for page in pages for gtin in page.gtins)])
    return Tiles(
        keys=quick_keys.stamp(pages),
        pages=[
            (page, [known[gtin] for gtin in page.gtins if gtin in known])
            for page in pages
        ],
        often=[known[gtin] for gtin in often if gtin in known][:TILES],
    )


def of(gtins: Iterable[str]) -> dict[str, Article]:
    """{gtin: what is sold today}. Two queries."""
    return {each.priced.gtin: each for each in _articles(dict.fromkeys(gtins))}


def _often(till: Till) -> list[str]:
    """What this till sold most often of late, filled up with products that have a
    photograph. Two queries."""
    sold = (
        TicketLine.objects.filter(
            ticket__till=till,
            ticket__number__gt=till.last_number - RECENT,
            variant__isnull=False,
            quantity__gt=0,
        )
        .values("gtin")
        .annotate(times=Count("id"))
        .order_by("-times", "gtin")[:TILES]
    )
    gtins = [row["gtin"] for row in sold]
    shown = (
        Listing.objects.filter(origin=Origin.POS, active=True)
        .exclude(variant__product__image="")
        .order_by("variant__product__sort_name", "variant_id")
        .values_list("variant__gtin", flat=True)[: TILES * 2]
    )
    gtins += [gtin for gtin in shown if gtin not in gtins]
    return gtins


def _articles(gtins: Iterable[str]) -> list[Article]:
    """In the given order; what has no price today is left out."""
    asked = list(gtins)
    if not asked:
        return []
    prices = priced(Channel.POS, asked)
    icons = dict(Department.objects.values_list("id", "icon"))
    return [
        Article(prices[gtin], icons.get(prices[gtin].department_id, "basket"))
        for gtin in asked
        if gtin in prices
    ]
