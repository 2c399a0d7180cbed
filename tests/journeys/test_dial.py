"""Head office turns the dial between two databases, and the shop follows live."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys import facts, shop
from tests.journeys.conftest import Enter
from tests.journeys.person import Person
from tests.living import House

pytestmark = [pytest.mark.journey, pytest.mark.faults]


def test_sarah_turns_the_dial_and_the_shop_follows(
    live: Callable[..., House], enter: Enter
) -> None:
    house = live("cross-channel", beat=True)
    house.switch("multichannel")
    wanted, _ = facts.goods(house)
    guest = enter(house, "guest")
    shop.see(guest, wanted)
    guest.sees("Why can I not collect this in a store?")
    sarah = enter(house, "sarah")
    sarah.sound()

    turn(sarah, "Cross-channel")
    shop_shows(guest, "In our stores")
    guest.sound()

    turn(sarah, "Multichannel")
    shop_shows(guest, "Why can I not collect this in a store?")
    facts.holds(house)


def turn(sarah: Person, level: str) -> None:
    sarah.go("/office/")
    sarah.page.locator("label.choice").filter(has_text=level).click()
    sarah.sees("Nothing moves, live within a second")
    sarah.sound()
    sarah.page.get_by_label("Why", exact=True).fill("a journey")
    sarah.press(f"Turn to {level}")
    current = sarah.page.locator("label.choice.current")
    expect(current).to_contain_text(level)
    sarah.sound()


def shop_shows(guest: Person, text: str) -> None:
    """A page that was asked for a second after the dial was turned, or later, knows."""
    turned = time.monotonic()
    while True:
        late = time.monotonic() - turned > 1.0
        guest.page.reload()
        if guest.page.get_by_text(text).first.is_visible():
            return
        assert not late, f"no “{text}” a second after the dial was turned"
