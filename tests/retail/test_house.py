"""The tags and base pages of every surface."""

import csv
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import translation

from retail import photographs
from retail.fulfilment.states import FulfilmentStatus, PickupStatus, ShipStatus
from retail.looks import STATES
from retail.orders.models import OrderStatus

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "retail" / "static" / "retail"
SYMBOLS = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
PHOTOS = ROOT / "retail" / "demo" / "data" / "photos"
NOW = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)


def render(source, language="en", **context):
    with translation.override(language):
        return Template("{% load house %}" + source).render(Context(context)).strip()


def every_template():
    rooms = ("retail", "webshop", "pos")
    return [
        path for room in rooms for path in (ROOT / room).rglob("templates/**/*.html")
    ]


@pytest.mark.parametrize(
    "status", [*PickupStatus, *ShipStatus, *FulfilmentStatus, *OrderStatus]
)
def test_every_state_has_a_look(status):
    shown = render("{% badge status %}", status=status.value)
    assert f'data-state="{status.value}"' in shown
    with translation.override("en"):
        assert str(STATES[status.value].word) in shown


def test_an_unknown_state_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        render("{% badge status %}", status="lost")


def test_every_symbol_named_is_in_the_sprite():
    named = {look.icon for look in STATES.values()}
    with (ROOT / "retail/demo/data/departments.csv").open() as file:
        named |= {row["icon"] for row in csv.DictReader(file)}
    for template in every_template():
        named |= set(re.findall(r'{% icon "([^"]+)"', template.read_text()))
        named |= set(re.findall(r'icon_name="([^"]+)"', template.read_text()))
    assert named - SYMBOLS == set()


def test_no_style_and_no_script_stands_in_a_template():
    for template in every_template():
        if template.name == "letter.html":
            continue  # a letter reaches no style sheet of ours, and no policy rules it
        text = template.read_text()
        assert not re.search(r"\sstyle=|<style|\son\w+=\"", text), template
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), template


def test_price_is_one_text_for_readers():
    french = render("{% price amount %}", "fr", amount=Decimal("3.60"))
    assert french == (
        '<data class="price" value="3.60">3<small>,60\u00a0€</small></data>'
    )
    english = render('{% price amount "EUR" "tag" %}', amount=Decimal("3.60"))
    assert english == (
        '<data class="price tag" value="3.60"><small>€</small>3<small>.60</small></data>'
    )


def test_why_is_absent_outside_study_mode():
    note = '{% why "multichannel" "Why not here?" "Two files." "One file." %}'
    assert render(note) == ""
    assert render(note, study_mode=False) == ""
    shown = render(note, study_mode=True)
    assert "Why not here?" in shown
    assert "One file." in shown


def test_texts_from_outside_are_escaped():
    evil = "<script>alert(1)</script>"
    assert "<script" not in render('{% badge "placed" evil %}', evil=evil)
    assert "<script" not in render('{% tell "ok" "check" evil %}', evil=evil)
    assert "<script" not in render("{% big_code evil %}", evil=evil)
    assert "<script" not in render(
        '{% why "multichannel" evil evil evil %}', evil=evil, study_mode=True
    )


@pytest.mark.parametrize(
    ("available", "words", "tone"),
    [
        (-1, "Unavailable", "bad"),
        (0, "Unavailable", "bad"),
        (1, "Only 1 left", "warn"),
        (3, "Only 3 left", "warn"),
        (4, "4 available", "ok"),
    ],
)
def test_stock_badge(available, words, tone):
    shown = render("{% stock_badge n %}", n=available)
    assert words in shown
    assert f'data-tone="{tone}"' in shown


def test_clock_says_words_first():
    due = NOW + timedelta(minutes=9)
    shown = render('{% clock due now before="To stage" %}', due=due, now=NOW)
    assert "To stage in 9\u00a0min" in shown
    assert 'data-pace="soon"' in shown
    late = render('{% clock now due before="To stage" %}', due=due, now=NOW)
    assert "9\u00a0min late" in late
    assert 'data-pace="late"' in late


def test_arithmetic_never_promises_less_than_nothing():
    assert "<b>0</b> available" in render("{% arith 1 2 2 -3 %}")


def test_plate_shows_the_department_where_there_is_no_photograph():
    product = SimpleNamespace(
        name="Sorbet citron",
        image="",
        image_treatment="",
        department=SimpleNamespace(icon="cone"),
    )
    assert "icons.svg#cone" in render('{% plate product "mini" %}', product=product)
    drawn = render("{% plate product %}", product=product)
    assert 'art.svg#cone"' in drawn
    assert 'data-flavour="citrus"' in drawn
    product.image, product.image_treatment = "photos/1.jpg", "snap"
    shown = render('{% plate product "mini" %}', product=product)
    assert 'class="plate mini snap"' in shown
    assert "photos/1.jpg" in shown
    assert "<picture>" not in shown  # no copies of it were made


def test_photograph_is_offered_in_sizes_and_formats_that_exist():
    known = photographs.measured()
    assert len(known) > 200
    for name, size in known.items():
        stem = Path(name).stem
        for folder, _width, _height in photographs.made_of(*size):
            assert (PHOTOS / folder / f"{stem}.avif").is_file()
            assert folder == "full" or (PHOTOS / folder / f"{stem}.webp").is_file()
    name, (width, height) = next(iter(known.items()))
    image = f"photos/{name}"
    product = SimpleNamespace(name="", image=image, image_treatment="", department=None)
    shown = render('{% plate product "hero-plate" %}', product=product)
    half = f"{Path(name).stem}.avif {round(width * 120 / max(width, height))}w"
    assert f"photos/120/{half}, " in shown
    assert f'width="{width}" height="{height}"' in shown
    assert "loading" not in shown
    assert 'loading="lazy"' in render("{% plate product %}", product=product)
    assert photographs.photograph(image).src.endswith(image)  # what merchants read


@pytest.mark.parametrize(
    ("size", "made"),
    [
        ((90, 120), ["full 90x120"]),
        ((240, 180), ["120 120x90", "full 240x180"]),
        (
            (600, 900),
            ["120 80x120", "240 160x240", "480 320x480", "full 600x900"],
        ),
    ],
)
def test_no_photograph_is_enlarged(size, made):
    assert [f"{f} {w}x{h}" for f, w, h in photographs.made_of(*size)] == made
