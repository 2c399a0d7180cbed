"""What is done on the board of a store and of the warehouse."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.journeys.person import Person

HEARING = """() => {
  window.heard = { tones: 0, badges: [] };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) {
    window.heard.tones += 1;
    return start.apply(this, at);
  };
  navigator.setAppBadge = async (count) => { window.heard.badges.push(count); };
}"""


def card(worker: Person, number: str) -> Locator:
    """An order's card. It comes by itself: the board asks every three seconds."""
    found = worker.page.locator(".pickup").filter(has_text=number)
    expect(found).to_be_visible()
    return found


def listens(worker: Person) -> None:
    """Wants a sound for what is new; tones and badges are counted from then on."""
    worker.page.evaluate(HEARING)
    worker.page.locator("#sound").click()
    expect(worker.page.locator("#sound")).to_have_attribute("aria-pressed", "true")
    assert worker.page.evaluate("heard") == {"tones": 2, "badges": []}


def hears(worker: Person, number: str) -> None:
    """That order is announced: spoken, in the title, two tones, a badge; and a key
    walks to a card, after which it is no longer new."""
    page = worker.page
    expect(page.locator("#said")).not_to_be_empty()
    expect(card(worker, number)).to_have_attribute("data-new", "")
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    assert page.evaluate("heard") == {"tones": 4, "badges": [1]}
    page.keyboard.press("ArrowDown")
    expect(page.locator(".pickup :focus")).to_have_count(1)
    expect(page).not_to_have_title(re.compile(r"^\(1\) "))


def act(worker: Person, number: str, *, at: str) -> None:
    """The one thing that the card offers while the job stands at that state; it may lead
    to the job's page."""
    state, act = f'[data-state="{at}"]', '[id^="do-"]'
    card(worker, number).locator(f"form{state} {act}, a{state}{act}").click()


def do(worker: Person, move: str) -> None:
    """A move of the job whose page is open, by whatever words its button has."""
    own = f'form[action$="/{move}/"] button:not([formaction]):not([type="button"])'
    worker.page.locator(f'button[formaction$="/{move}/"], {own}').first.click()


def pick_all(worker: Person) -> None:
    worker.page.locator('button[name="all"]').click()
    progress = worker.page.locator("#progress")
    expect(progress).to_have_js_property("value", progress.evaluate("bar => bar.max"))


def stage(worker: Person, shelf: str) -> None:
    worker.page.locator("#shelf").fill(shelf)
    do(worker, "stage")


def make_ready(worker: Person, number: str, *, shelf: str) -> None:
    """A new order, by itself: accepted, all of it picked, on the shelf, and told."""
    act(worker, number, at="placed")
    act(worker, number, at="accepted")
    pick_all(worker)
    stage(worker, shelf)
    do(worker, "ready")
