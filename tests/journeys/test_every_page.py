"""Every page as everybody sees it: axe in both languages on a phone and at a desk, five
in the dark, and nothing that sticks out of 320 pixels."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.journeys.pages import DARK, PAGES
from tests.journeys.person import Person
from tests.living import House

pytestmark = [pytest.mark.journey, pytest.mark.faults]
PHONE, DESK, NARROW = (390, 844), (1280, 800), (320, 800)
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
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("part", PAGES)
def test_pages(live: Callable[..., House], browser: Browser, part: str) -> None:
    house = live("cross-channel")
    found: list[str] = []
    for language, (width, height), theme, by_axe in LOOKS:
        # not the journeys' own context: that one is English
        context = browser.new_context(
            locale=language,
            color_scheme=theme,
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
        )
        person = Person(context, house, part)
        for path in PAGES[part]:
            if theme == "dark" and path not in DARK:
                continue
            person.go(path)
            person.page.wait_for_load_state("networkidle")
            look = f"{path} {language} {width} {theme}"
            if person.page.evaluate(WIDE) > 0:
                found.append(f"{look}: sticks out")
            if by_axe:
                person.sound()
        found += [f"{language} {width} {theme} {each}" for each in person.complaints]
        context.close()
    assert not found, "\n".join(found)
