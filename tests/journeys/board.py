"""What is done on the board of a store and of the warehouse."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.journeys.person import Person


def card(worker: Person, number: str) -> Locator:
    """An order's card. It comes by itself: the board asks every three seconds."""
    found = worker.page.locator(".pickup").filter(has_text=number)
    expect(found).to_be_visible()
    return found


def act(worker: Person, number: str, verb: str) -> None:
    """The one thing that the card offers; it may lead to the job's page."""
    at = card(worker, number)
    at.locator(f'[id^="do-"]:has-text("{verb}")').click()


def pick_all(worker: Person) -> None:
    worker.press("All found")


def stage(worker: Person, shelf: str) -> None:
    worker.page.get_by_label("Shelf", exact=True).fill(shelf)
    worker.press("Put on the shelf")
