"""What a barcode scanner types reaches the till whole, in a real browser.

Keys come with times of their own, so that a busy machine cannot change what is tested.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

import pos

SCANNER = Path(pos.__file__).parent / "static" / "pos" / "till" / "scanner.js"
START = """
const field = document.querySelector("input");
window.scans = [];
listen({ onScan: (text) => scans.push(text), onKey: () => field.focus() });
let now = 1000;
window.key = (key, gap) => {
  now += gap;
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  Object.defineProperty(event, "timeStamp", { value: now });
  const target = document.activeElement;
  const goes = target.dispatchEvent(event);
  if (goes && key.length === 1 && document.activeElement === field) field.value += key;
};
"""
FAST, PAUSE = 8, 150  # milliseconds between keys


@pytest.fixture
def counter(page: Page) -> Page:
    page.set_content("<input aria-label=scan>")
    page.add_script_tag(content=SCANNER.read_text("utf-8") + START, type="module")
    page.wait_for_function("window.key !== undefined")
    return page


def read(page: Page, *parts: str) -> tuple[list[str], str]:
    """Types the parts with a pause between them, then Enter: what was scanned, and what
    the field holds."""
    for part in parts:
        for place, sign in enumerate(part):
            page.evaluate("([k, g]) => key(k, g)", [sign, FAST if place else PAUSE])
    page.evaluate("([k, g]) => key(k, g)", ["Enter", FAST])
    return page.evaluate("scans"), page.input_value("input")


@pytest.mark.parametrize(
    "parts",
    [
        ["37GKR86F"],
        ["37", "GKR86F"],
        ["3258561040530"],
        ["325", "8561040530"],
        ["32585", "61040530"],
        ["W-", "10000042"],
        ["W-", "94666823"],  # whose digits have an article's check digit
    ],
    ids="|".join,
)
def test_a_pause_inside_a_scan_loses_no_sign(counter: Page, parts: list[str]) -> None:
    assert read(counter, *parts) == (["".join(parts)], "")


def test_what_a_person_typed_before_stays_in_the_field(counter: Page) -> None:
    assert read(counter, "lait ", "3258561040530") == (["3258561040530"], "lait ")


def test_a_digit_typed_before_is_no_part_of_the_scan(counter: Page) -> None:
    assert read(counter, "2", "3258561040530") == (["3258561040530"], "2")


def test_a_short_word_is_no_scan(counter: Page) -> None:
    assert read(counter, "lait") == ([], "lait")
