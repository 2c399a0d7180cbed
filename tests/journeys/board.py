"""What is done on the board of a store and of the warehouse."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.journeys.person import Person


def card(worker: Person, number: str) -> Locator:
    """An order's card. It comes by itself: the board asks every three seconds."""
    found = worker.page.locator(".pickup").filter(has_text=number)
    expect(found).to_be_visible()
    return found


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
