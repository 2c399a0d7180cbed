"""Every page as everybody sees it, also those at a row's own address: axe in both
languages on a phone and at a desk, some in the dark, and nothing that sticks out of 320
pixels.

    PICTURES=/tmp/pages make faults ARGS='tests/journeys/test_every_page.py'

keeps a picture of each besides, in every language, theme and size of `PICTURED`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.pages import DARK, PAGES
from tests.journeys.person import Person
from tests.journeys.rows import rows_of
from tests.living import House

# half the head office's pages are drawn by somebody else's scripts, which take their time
pytestmark = [pytest.mark.journey, pytest.mark.faults, pytest.mark.timeout(900)]
PHONE, DESK, NARROW = (390, 844), (1280, 800), (320, 800)
TABLET, LARGE = (820, 1180), (1440, 900)
# (language, size, theme, by axe)
LOOKS = [
    *(
        (language, size, "light", True)
        for language in ("fr", "en")
        for size in (PHONE, DESK)
    ),
    *((language, NARROW, "light", False) for language in ("fr", "en")),
    ("fr", PHONE, "dark", True),
]
PICTURED = [
    (language, size, theme, False)
    for language in ("fr", "en")
    for theme in ("light", "dark")
    for size in (PHONE, TABLET, DESK, LARGE)
]
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("walk", PAGES)
def test_pages(live: Callable[..., House], browser: Browser, walk: str) -> None:
    house = live("cross-channel")
    folder = os.environ.get("PICTURES", "")
    found: list[str] = []
    rows: list[str] | None = None
    for language, (width, height), theme, by_axe in PICTURED if folder else LOOKS:
        # not the journeys' own context: that one is English
        context = browser.new_context(
            locale=language,
            color_scheme=theme,
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
        )
        person = Person(context, house, walk.partition(":")[0])
        if rows is None:
            rows = rows_of(person, walk)
        for path in [*PAGES[walk], *rows]:
            if theme == "dark" and path not in DARK and not folder:
                continue
            person.go(path)
            person.page.wait_for_load_state("networkidle")
            look = f"{path} {language} {width} {theme}"
            if person.page.evaluate(WIDE) > 0:
                found.append(f"{look}: sticks out")
            if by_axe:
                person.sound()
            if folder:
                keep(person, Path(folder), f"{walk} {look}")
        found += [f"{language} {width} {theme} {each}" for each in person.complaints]
        context.close()
    assert not found, "\n".join(found)


def keep(person: Person, folder: Path, look: str) -> None:
    """A picture under the look's name; of a phone the whole page."""
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^a-z0-9@=]+", "-", look.lower()).strip("-")
    whole = f" {PHONE[0]} " in look
    person.page.screenshot(path=folder / f"{name[:150]}.png", full_page=whole)
