"""Departments and search: shelves that a visitor narrows and orders by the address."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from inventory.models import Department, Price
from retail.interfaces.typed import one_line
from webshop import filters, search, words
from webshop.listed import Whole, brands_in
from webshop.promising import chosen_of, places_for, promise
from webshop.shelves import (
    BY_NAME,
    Card,
    all_departments,
    cards_and_times,
    on_sale,
    running_offers,
    tags_of,
)
from webshop.who import visitor

A_PAGE = 24
SUGGESTED = 6
DEPARTMENTS_SUGGESTED = 2


@require_safe
def department(request: HttpRequest, code: str) -> HttpResponse:
    departments = all_departments()
    shown = next((each for each in departments if each.code == code), None)
    if shown is None:
        raise Http404
    now = timezone.now()

    def found() -> QuerySet[Price]:
        return on_sale(now).filter(listing__department=shown).order_by(*BY_NAME)

    more = {"departments": departments, "department": shown, "title": shown.name}
    return _shelf(request, found, more, usual="name", whole=Whole(shown, now))


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    query, departments = _asked(request), all_departments()
    now = timezone.now()

    def found() -> QuerySet[Price]:
        return search.found(query, now, departments)

    title = _("Search: %(query)s") % {"query": query} if query else _("Search")
    more = {"departments": departments, "query": query, "title": title}
    return _shelf(request, found, {**more, "searched": True}, usual="near")


@require_safe
@cache_control(private=True, max_age=60)
def suggest(request: HttpRequest) -> HttpResponse:
    """The first few things that a search would find, as options of a list: a piece of a
    page, asked for while somebody types."""
    query, departments = _asked(request), all_departments()
    typed = search.words_of(query)
    named = search.departments_named(typed, departments)
    ids = set.intersection(*map(set, named.values())) if named else set()
    given = {
        "query": query,
        "cards": _suggested(query, departments) if typed else [],
        "named": [d for d in departments if d.id in ids][:DEPARTMENTS_SUGGESTED],
    }
    return render(request, "webshop/suggest.html", given)


def _suggested(query: str, departments: list[Department]) -> list[Card]:
    """With prices after offers, as the shelf of that search shows them; nobody asked
    whether they are to be had. Two queries."""
    now = timezone.now()
    prices = list(search.found(query, now, departments)[:SUGGESTED])
    told = tags_of(prices, running_offers())
    return [
        Card(
            price=price,
            parcels=0,
            units=None,
            tag=told.get(price.listing.variant.gtin),
        )
        for price in prices
    ]


def _asked(request: HttpRequest) -> str:
    return one_line(request.GET.get("q", ""), most=search.LONGEST)


class Narrowing(NamedTuple):
    """What webshop/filters.html shows. `chips` are (words, address without it) of each
    thing that narrows the shelf, `bare` is the address without any, `sorts` as `_sorts`
    gives them, `brands` (brand, products, chosen), the others (key, words)."""

    query: str
    searched: bool
    wish: filters.Wish
    chips: tuple[tuple[str, str], ...]
    bare: str
    sorts: tuple[tuple[str, str, bool], ...]
    brands: tuple[tuple[str, int, bool], ...]
    grades: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]
    without: tuple[tuple[str, str], ...]


class _Counted(Paginator):  # type: ignore[type-arg]
    """Pages of a query whose rows are counted already."""

    def __init__(self, found: QuerySet[Price] | Whole, count: int) -> None:
        super().__init__(found, A_PAGE)  # type: ignore[arg-type] # it is sliced, no more
        self.count = count


def _shelf(
    request: HttpRequest,
    found: Callable[[], QuerySet[Price]],
    more: dict[str, Any],
    *,
    usual: str,
    whole: Whole | None = None,
) -> HttpResponse:
    """A page of products; `usual` names the order in which they come unasked, `whole`
    is what is found where nothing narrows it. A page number that is none shows the
    nearest page."""
    who, now = visitor(request), timezone.now()
    store = chosen_of(who, places_for(who) if who.store_code else [])
    wish = filters.wish_of(request.GET)
    here: QuerySet[Price] | Whole
    if whole is not None and not wish and wish.sort in ("", usual):
        here, brands = whole, list(brands_in(whole.department.id))
    else:
        all_of_them = filters.narrowed(found(), wish, now)
        brands = filters.brands_of(all_of_them)
        here = filters.ordered(filters.of_brands(all_of_them, wish), wish)
    pages = _Counted(here, filters.total(brands, wish))
    shown: Page[Price] = pages.get_page(request.GET.get("page"))
    asked = {"q": more["query"]} if more.get("query") else {}
    narrowing = Narrowing(
        query=more.get("query", ""),
        searched=more.get("searched", False),
        wish=wish,
        chips=tuple((text, less.address(asked)) for text, less in filters.chosen(wish)),
        bare=filters.Wish(sort=wish.sort).address(asked),
        sorts=tuple(_sorts(wish, asked, usual)),
        brands=tuple(filters.offered_brands(brands, wish)),
        grades=filters.GRADES,
        labels=tuple((key, str(name)) for key, name in words.LABELS.items()),
        without=tuple((name, str(words.ALLERGENS[name])) for name in filters.WITHOUT),
    )
    found_cards, ready = cards_and_times(
        list(shown), store=store, places=[store] if store else [], now=now
    )
    given = {
        **more,
        "page": shown,
        "address": wish.address(asked),
        "cards": found_cards,
        "promises": promise(ready[store.id] if store else None, now),
        "narrowing": narrowing,
    }
    return render(request, "webshop/shelf.html", given)


def _sorts(
    wish: filters.Wish, asked: dict[str, str], usual: str
) -> list[tuple[str, str, bool]]:
    """(name, address, whether it is the one in use) of each order."""
    return [
        (
            str(name),
            replace(wish, sort="" if key == usual else key).address(asked),
            key == (wish.sort or usual),
        )
        for key, name in filters.SORT_NAMES.items()
        if key != "near" or usual == "near"
    ]
