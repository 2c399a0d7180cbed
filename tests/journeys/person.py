"""Somebody of the demo, in a browser of their own."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.living import House

PATIENCE = 20_000  # milliseconds; both cores may be busy
RULES = [
    *("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"),
    "best-practice",
]


class Person:
    """`page` is what this person looks at; `complaints` what the browser and axe said
    of what was looked at so far."""

    def __init__(self, context: BrowserContext, house: House, part: str) -> None:
        context.set_default_timeout(PATIENCE)
        self.house = house
        self.part = part
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._note(str(error)))
        self.go("/")
        chooser = self.page.url
        self.page.locator(f'button[name="part"][value="{part}"]').click()
        expect(self.page).not_to_have_url(chooser)

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self._note(f"{said.text} ({said.location.get('url')})")

    def _note(self, said: str) -> None:
        self.complaints.append(f"{self.part} at {self.page.url}: {said}")

    def go(self, path: str) -> None:
        self.page.goto(self.house.url + path)

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Waits until the text is visible somewhere on the page."""
        expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    def sees_not(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(text).filter(visible=True)).to_have_count(0)

    def press(
        self, name: str | re.Pattern[str], *, within: Locator | None = None
    ) -> None:
        """A button, by the name that is read aloud."""
        (within or self.page).get_by_role("button", name=name).first.click()

    def sound(self) -> None:
        """Has axe look at the page as it is now: WCAG 2.2 AA and its best practices.
        What it finds is told at the end, with all the rest."""
        found = Axe().run(
            self.page,
            options={
                "runOnly": {"type": "tag", "values": RULES},
                "resultTypes": ["violations"],  # the rest in short: half the time
            },
        )
        for each in found.response["violations"]:
            where = [node["html"][:160] for node in each["nodes"]]
            self._note(f"axe, {each['id']}: {each['help']}: {where}")
