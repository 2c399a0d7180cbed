"""What a visitor narrows a shelf by, and in which order: all of it in the address.

`?brand=Bjorg&grade=a&grade=b&label=organic&without=milk&low=1&high=5&offers=1&sort=price`
A value that is not known here is passed over, so that an old address still answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.db.models import Case, Count, F, OrderBy, Q, QuerySet, Value, When
from django.db.models.functions import NullIf
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.models import Price
from retail.formatting import money
from webshop.shelves import BY_NAME, on_offer, running_offers
from webshop.words import ALLERGENS, LABELS

VARIANT = "listing__variant__"
PRODUCT = "listing__variant__product__"
NET = f"{VARIANT}net_quantity"
PER_UNIT = F("amount") / NullIf(F(NET), Decimal(0))
# a gram is not compared with a piece: what is weighed or poured, what is counted, the rest
KIND = Case(
    When(**{f"{VARIANT}net_unit__in": ("g", "ml"), f"{NET}__gt": 0}, then=Value(0)),
    When(**{f"{VARIANT}net_unit": "piece", f"{NET}__gt": 0}, then=Value(1)),
    default=Value(2),
)
GRADES = ("a", "b", "c", "d", "e")
# those that most people ask for; a box for each of the fourteen would be a wall
WITHOUT = ("gluten", "milk", "eggs", "nuts", "peanuts", "soya")
BRANDS_SHOWN = 12
MOST = Decimal(9999)
# the columns that come before the name, by the word in the address
SORTS: dict[str, tuple[OrderBy | F, ...]] = {
    "name": (),
    "price": (F("amount").asc(),),
    "-price": (F("amount").desc(),),
    "unit": (KIND.asc(), PER_UNIT.asc(nulls_last=True)),
    "grade": (F(f"{PRODUCT}facts__nutriscore").asc(nulls_last=True),),
}
SORT_NAMES = {
    "near": gettext_lazy("Best match"),
    "name": gettext_lazy("Name"),
    "price": gettext_lazy("Cheapest first"),
    "-price": gettext_lazy("Dearest first"),
    "unit": gettext_lazy("Price per kilo or litre"),
    "grade": gettext_lazy("Nutri-Score"),
}


@dataclass(frozen=True)
class Wish:
    """`low` and `high` are euros, tax included; `sort` is a key of SORT_NAMES, or empty
    for the usual order of the page. Both go by the listed prices: what an offer takes
    off depends on the basket and is reckoned for the goods of one page only."""

    brands: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    offers: bool = False
    sort: str = ""

    def __bool__(self) -> bool:
        return replace(self, sort="") != Wish()

    def address(self, more: dict[str, str] | None = None) -> str:
        """As it stands after the question mark, with `more` before it."""
        query = QueryDict(mutable=True)
        query.update(more or {})
        query.setlist("brand", list(self.brands))
        query.setlist("grade", list(self.grades))
        query.setlist("label", list(self.labels))
        query.setlist("without", list(self.without))
        for name, amount in (("low", self.low), ("high", self.high)):
            if amount is not None:
                query[name] = format(amount, "f")
        if self.offers:
            query["offers"] = "1"
        if self.sort:
            query["sort"] = self.sort
        return query.urlencode()


def wish_of(given: QueryDict) -> Wish:
    return Wish(
        brands=tuple(b[:120] for b in given.getlist("brand")[:20] if b.isprintable()),
        grades=tuple(g for g in GRADES if g in given.getlist("grade")),
        labels=tuple(name for name in LABELS if name in given.getlist("label")),
        without=tuple(name for name in ALLERGENS if name in given.getlist("without")),
        low=_amount(given.get("low", "")),
        high=_amount(given.get("high", "")),
        offers=given.get("offers") == "1",
        sort=sort if (sort := given.get("sort", "")) in SORT_NAMES else "",
    )


def _amount(text: str) -> Decimal | None:
    """An amount as people type it, with a comma or a point; None where it is none."""
    try:
        amount = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount <= MOST:
        return None
    return amount.quantize(Decimal("0.01"))


def narrowed(found: QuerySet[Price], wish: Wish, at: datetime) -> QuerySet[Price]:
    """By all but the brand, so that the other brands can still be offered. No query,
    one for offers only."""
    if wish.grades:
        found = found.filter(**{f"{PRODUCT}facts__nutriscore__in": list(wish.grades)})
    for label in wish.labels:
        found = found.filter(**{f"{PRODUCT}facts__labels__contains": [label]})
    if wish.without:  # where the ingredients are not known, nothing is promised
        found = found.filter(**{f"{PRODUCT}facts__has_key": "ingredients"})
    for name in wish.without:
        named = Q(**{f"{PRODUCT}facts__allergens__contains": [name]})
        found = found.exclude(named)
    if wish.low is not None:
        found = found.filter(amount__gte=wish.low)
    if wish.high is not None:
        found = found.filter(amount__lte=wish.high)
    if wish.offers:
        found = found.filter(on_offer(running_offers()))
    return found


def of_brands(found: QuerySet[Price], wish: Wish) -> QuerySet[Price]:
    if not wish.brands:
        return found
    return found.filter(**{f"{PRODUCT}brand__in": wish.brands})


def ordered(found: QuerySet[Price], wish: Wish) -> QuerySet[Price]:
    """`near`, and no wish at all, leave the order that the page came with."""
    if wish.sort in SORTS:
        return found.order_by(*SORTS[wish.sort], *BY_NAME)
    return found


def brands_of(found: QuerySet[Price]) -> list[tuple[str, int]]:
    """[(brand, products)], most first. One query, which also counts the shelf."""
    counted = found.order_by().values(name=F(f"{PRODUCT}brand"))
    rows = counted.annotate(n=Count("id")).values_list("name", "n")
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def total(brands: list[tuple[str, int]], wish: Wish) -> int:
    """How many products are left on the shelf."""
    return sum(n for name, n in brands if not wish.brands or name in wish.brands)


def offered_brands(
    brands: list[tuple[str, int]], wish: Wish
) -> list[tuple[str, int, bool]]:
    """Those chosen, then the largest: (brand, products, chosen)."""
    counts = dict(brands)
    chosen = [(name, counts.get(name, 0), True) for name in wish.brands]
    others = [
        (name, n, False) for name, n in brands if name and name not in wish.brands
    ]
    return chosen + others[: max(BRANDS_SHOWN - len(chosen), 0)]


def chosen(wish: Wish) -> Iterator[tuple[str, Wish]]:
    """Each thing that narrows the shelf in words, and the wish without it."""
    for brand in wish.brands:
        yield brand, replace(wish, brands=_but(wish.brands, brand))
    for grade in wish.grades:
        text = _("Nutri-Score %(grade)s") % {"grade": grade.upper()}
        yield text, replace(wish, grades=_but(wish.grades, grade))
    for label in wish.labels:
        yield str(LABELS[label]), replace(wish, labels=_but(wish.labels, label))
    for name in wish.without:
        text = _("without %(name)s") % {"name": ALLERGENS[name]}
        yield text, replace(wish, without=_but(wish.without, name))
    if wish.low is not None:
        yield (
            _("from %(amount)s") % {"amount": money(wish.low)},
            replace(wish, low=None),
        )
    if wish.high is not None:
        text = _("up to %(amount)s") % {"amount": money(wish.high)}
        yield text, replace(wish, high=None)
    if wish.offers:
        yield _("Offers only"), replace(wish, offers=False)


def _but(values: tuple[str, ...], one: str) -> tuple[str, ...]:
    return tuple(each for each in values if each != one)
