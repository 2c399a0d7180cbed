"""A remembered piece is what its template draws of what is named, and of nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.template import Context, Template
from django.test import override_settings
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from inventory.models import Department
from retail.templatetags.remembered import Memory, NotPlain, drawn, memory

ROOT = Path(__file__).resolve().parents[2]
PIECE = "house/quantity.html"


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    with translation.override("en"):
        memory.pieces.clear()
        memory.size = 0
        yield


def page(source: str, **context: Any) -> str:
    return Template("{% load remembered %}" + source).render(Context(context))


def test_it_draws_what_include_would_and_keeps_it() -> None:
    plain = page(f'{{% include "{PIECE}" with of="Tea & <b>" only %}}').strip()
    for _ in range(2):
        assert page(
            f'{{% remembered "{PIECE}" of=of %}}', of="Tea & <b>"
        ) == plain.replace("Tea & <b>", "Tea &amp; &lt;b&gt;")
    assert len(memory.pieces) == 1


def test_what_differs_is_another_piece() -> None:
    class Of(NamedTuple):
        of: object

    with translation.override("fr"):
        drawn(PIECE, of="1")
    same = {drawn(PIECE, of="1"), drawn(PIECE, Of("1"))}
    assert len(same) == 1
    others = {
        drawn(PIECE, of=1),
        drawn(PIECE, of=True),
        drawn(PIECE, of=SafeString("<b>")),
        drawn(PIECE, of="<b>"),
        drawn(PIECE, of="1", max=5),
        drawn(PIECE),
    }
    assert len(others | same) == 6  # 1 and "1" look the same here
    assert len(memory.pieces) == 9


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 11, 23, tzinfo=UTC),
        Department(code="tea"),
        gettext_lazy("Tea"),
        ("Tea", (1.5,)),
        object(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_may_change_and_stay_equal_is_refused(value: Any) -> None:
    with pytest.raises(NotPlain):
        drawn(PIECE, of=value)
    assert not memory.pieces


def test_each_page_has_its_own_token_and_address() -> None:
    for token, address in (("a", "/shop/?a=1&b"), ("b", "/shop/c/")):
        request = SimpleNamespace(get_full_path=lambda address=address: address)
        html = page(
            '{% remembered "house/shop_foot.html" %}',
            request=request,
            csrf_token=token,
        )
        assert re.findall(r'token" value="(\w+)"', html) == [token]
        assert f'name="next" value="{address.replace("&", "&amp;")}"' in html
        assert "\x00" not in html


def test_what_nobody_asked_for_longest_is_forgotten_first() -> None:
    small = Memory(most=400)
    for key in "abc":
        small.keep(key, SafeString(key * 100))  # about 150 bytes each
        small.get("a")
    assert [small.get(key) is None for key in "abc"] == [False, True, False]
    assert small.size <= 400


@override_settings(DEBUG=True)
def test_nothing_is_remembered_while_templates_are_written() -> None:
    drawn(PIECE)
    assert not memory.pieces


def test_no_remembered_template_asks_the_clock_or_who_visits() -> None:
    """What `{% now %}` says is in no key; a piece that includes another draws it too."""
    rooms = ("retail", "webshop", "pos")
    files = [p for room in rooms for p in (ROOT / room).rglob("templates/**/*.html")]
    code = [p for room in rooms for p in (ROOT / room).rglob("templatetags/*.py")]
    text = "\n".join(p.read_text() for p in (*files, *code))
    names = set(re.findall(r'(?:remembered|drawn|context,)\W+"([\w/]+\.html)"', text))
    assert len(names) > 12
    found = {str(p).partition("templates/")[2]: p.read_text() for p in files}
    while names:
        told = found[names.pop()]
        names |= set(re.findall(r'{% include "([^"]+)"', told))
        assert not re.search(r"{% (now|new_id|clock|feed_age|extends)\b", told)
        asked = re.sub(r'{% firstof this_page .*? %}|"[^"]*"', "", told)
        assert not re.search(r"{[{%][^}]*\b(request|user|perms)\b", asked)
