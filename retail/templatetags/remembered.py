"""`{% load remembered %}`: pieces of a page that are drawn once for all who see the same.

`{% remembered "house/shop_head.html" query=query count=basket_count %}` is
`include … only` with a memory. The template sees nothing but what is named, and what is
named, with the language, is what its HTML is remembered by. So it cannot be out of date:
another price, word or store is another piece. Neither can it know who visits: the form's
token and the page's address are put in afterwards.

The clock is nobody's to name, so a moment is refused, as is a row of a table, which is
equal to its own older self. A page says its times in words before it names them.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from inventory.models import Department

register = template.Library()

MOST = 8_000_000  # bytes of HTML in a process
# They stand for what the page of each visitor has of its own. No text of ours or of a
# shop's can be these: no database keeps such a sign, and no address has it unquoted.
TOKEN, ADDRESS = "\x00token\x00", "\x00address\x00"
PLAIN = {str, int, bool, type(None), Decimal, UUID}


class NotPlain(TypeError):
    """A piece was to be remembered by something that may change and stay equal."""

    def __init__(self, piece: str, value: object) -> None:
        super().__init__(f"{piece} is remembered by a {type(value).__name__}")


class Memory:
    """HTML by what it shows; what nobody asked for longest goes first."""

    def __init__(self, most: int) -> None:
        self.most, self.size = most, 0
        self.pieces: OrderedDict[Hashable, SafeString] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, key: Hashable) -> SafeString | None:
        with self.lock:
            html = self.pieces.get(key)
            if html is not None:
                self.pieces.move_to_end(key)
            return html

    def keep(self, key: Hashable, html: SafeString) -> None:
        with self.lock:
            if key in self.pieces:  # another thread drew the same
                return
            self.pieces[key] = html
            self.size += sys.getsizeof(html)
            while self.size > self.most:
                self.size -= sys.getsizeof(self.pieces.popitem(last=False)[1])


memory = Memory(MOST)


@register.simple_tag(takes_context=True)
def remembered(
    context: Mapping[str, Any], piece: str, *looks: NamedTuple, **shown: Any
) -> SafeString:
    """The template that `piece` names. `looks` name their fields, `shown` themselves."""
    html: str = drawn(piece, *looks, **shown)
    if TOKEN in html:
        html = html.replace(TOKEN, str(context.get("csrf_token", "")))
    if ADDRESS in html:
        html = html.replace(ADDRESS, escape(_address(context)))
    return _safe(html)


def _address(context: Mapping[str, Any]) -> str:
    """Of the page; in a piece within a piece, still its place."""
    if "this_page" in context:
        return str(context["this_page"])
    return str(context["request"].get_full_path())


@register.filter
def named(departments: Iterable[Department]) -> tuple[tuple[str, str], ...]:
    """(code, name) of each."""
    return tuple((each.code, each.name) for each in departments or ())


def drawn(piece: str, /, *looks: NamedTuple, **shown: Any) -> SafeString:
    """The same, with TOKEN and ADDRESS in their places. Raises NotPlain."""
    # what is equal and not of one type (1 and True, a text and one that is safe) does
    # not look the same
    kinds = tuple(map(type, shown.values()))
    key = (piece, get_language(), looks, tuple(shown.items()), kinds)
    html = memory.get(key)
    if html is None:
        for value in (*looks, *shown.values()):
            if type(value) is not SafeString and not _plain(value):
                raise NotPlain(piece, value)
        given = {"csrf_token": TOKEN, "this_page": ADDRESS}
        for names in (*(look._asdict() for look in looks), shown):
            given |= names
        html = _safe(get_template(piece).render(given).strip())
        if not settings.DEBUG:  # where templates are being written
            memory.keep(key, html)
    return html


def _safe(html: str) -> SafeString:
    return mark_safe(html)  # noqa: S308 -- a template's own output, escaped there


def _plain(value: object) -> bool:
    if isinstance(value, tuple):
        return all(map(_plain, value))
    if is_dataclass(value) and not isinstance(value, type):
        frozen: bool = value.__dataclass_params__.frozen  # type: ignore[attr-defined]
        return frozen and all(_plain(getattr(value, f.name)) for f in fields(value))
    return type(value) in PLAIN
