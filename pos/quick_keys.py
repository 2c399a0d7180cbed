"""Quick keys: a store's own pages of tiles. What a manager does to them, one act at a
time; a page is named by its name, which is once in a store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TypeVar

from django.utils import timezone

from inventory.ids import derived
from inventory.models import Location
from inventory.places import Origin
from pos.quick_key_models import QuickKeys
from retail import channels

__all__ = [
    "TONES",
    "NoSuchKey",
    "Page",
    "Pages",
    "TooManyKeys",
    "add",
    "at",
    "change",
    "drop",
    "drop_page",
    "move",
    "move_page",
    "put",
    "rename",
    "stamp",
]

TONES = ("", "ok", "info", "work", "warn", "bad")
MOST_PAGES = 8
MOST_KEYS = 40  # on a page


class NoSuchKey(Exception):
    """No such page or key, or a name that another page has: somebody else was first."""


class TooManyKeys(Exception):
    """No more pages, or no more keys on one: `most`."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


@dataclass(frozen=True)
class Page:
    """`tone` is one of TONES."""

    name: str
    tone: str = ""
    gtins: tuple[str, ...] = ()


T = TypeVar("T")
Pages = tuple[Page, ...]


def at(location: Location) -> Pages:
    """Empty where nobody has arranged any. One query."""
    kept = QuickKeys.objects.filter(location=location).values_list("pages", flat=True)
    return _read(kept.first() or [])


def stamp(pages: Pages) -> str:
    """Short, and another one for other pages, other keys or another order."""
    told = json.dumps([asdict(page) for page in pages]).encode()
    return hashlib.sha256(told).hexdigest()[:16]


def change(
    location: Location,
    act: Callable[[Pages], Pages],
    *,
    by: str,
    now: datetime | None = None,
) -> None:
    """Opens its own transaction; two managers at once wait for each other. Raises what
    the act raises, and then changes nothing."""
    now = now or timezone.now()
    with channels.atomic():
        QuickKeys.objects.bulk_create(
            [
                QuickKeys(
                    id=derived(location.id, "quick keys"),
                    origin=Origin.POS,
                    location=location,
                    changed_at=now,
                    changed_by=by,
                )
            ],
            ignore_conflicts=True,
        )
        kept = QuickKeys.objects.select_for_update().get(location=location)
        kept.pages = [asdict(page) for page in act(_read(kept.pages))]
        kept.changed_at, kept.changed_by = now, by
        kept.save(update_fields=["pages", "changed_at", "changed_by"])


def add(pages: Pages, name: str, tone: str) -> Pages:
    if len(pages) >= MOST_PAGES:
        raise TooManyKeys(MOST_PAGES)
    _free(pages, name)
    return (*pages, Page(name, tone))


def rename(pages: Pages, name: str, new: str, tone: str) -> Pages:
    if new != name:
        _free(pages, new)
    return _with(pages, name, lambda page: replace(page, name=new, tone=tone))


def drop_page(pages: Pages, name: str) -> Pages:
    page = _named(pages, name)
    return tuple(each for each in pages if each != page)


def move_page(pages: Pages, name: str, by: int) -> Pages:
    """One place towards the front (-1) or the end (1); at the end it stays."""
    return _moved(pages, _named(pages, name), by)


def put(pages: Pages, name: str, gtin: str) -> Pages:
    """At the end of that page; an article that is there already stays."""
    page = _named(pages, name)
    if gtin in page.gtins:
        return pages
    if len(page.gtins) >= MOST_KEYS:
        raise TooManyKeys(MOST_KEYS)
    return _keys(pages, name, (*page.gtins, gtin))


def drop(pages: Pages, name: str, gtin: str) -> Pages:
    kept = (each for each in _named(pages, name).gtins if each != gtin)
    return _keys(pages, name, tuple(kept))


def move(pages: Pages, name: str, gtin: str, by: int) -> Pages:
    gtins = _named(pages, name).gtins
    if gtin not in gtins:
        raise NoSuchKey
    return _keys(pages, name, _moved(gtins, gtin, by))


def _read(kept: list[dict[str, object]]) -> Pages:
    return tuple(
        Page(str(page["name"]), str(page["tone"]), tuple(page["gtins"]))  # type: ignore[arg-type]
        for page in kept
    )


def _named(pages: Pages, name: str) -> Page:
    for page in pages:
        if page.name == name:
            return page
    raise NoSuchKey


def _free(pages: Pages, name: str) -> None:
    if any(page.name == name for page in pages):
        raise NoSuchKey


def _with(pages: Pages, name: str, made: Callable[[Page], Page]) -> Pages:
    page = _named(pages, name)
    return tuple(made(each) if each == page else each for each in pages)


def _keys(pages: Pages, name: str, gtins: tuple[str, ...]) -> Pages:
    return _with(pages, name, lambda page: replace(page, gtins=gtins))


def _moved(all: tuple[T, ...], one: T, by: int) -> tuple[T, ...]:
    rest = list(all)
    place = rest.index(one)
    rest.pop(place)
    rest.insert(max(place + by, 0), one)
    return tuple(rest)
