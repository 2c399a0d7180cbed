"""Cross-channel: a store that cannot keep the web's promise says so by message, and the
customer chooses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys import board, facts, letters, shop
from tests.journeys.conftest import Enter
from tests.living import House

pytestmark = [pytest.mark.journey, pytest.mark.faults]


def test_a_store_refuses_and_the_customer_chooses(
    live: Callable[..., House], enter: Enter
) -> None:
    house = live("cross-channel", beat=True)
    wanted, _ = facts.goods(house)
    guest = enter(house, "guest")
    number = shop.order_to_collect(guest, wanted, name="Dominique")
    samir = enter(house, "samir")
    board.card(samir, number).get_by_role("link", name=number, exact=True).click()
    samir.page.locator('[popovertarget="reject"]').first.click()
    samir.sound()
    samir.page.locator('#reject [value="too_busy"]').click()
    expect(samir.page.locator("#lanes")).to_be_visible()

    shop.reads(guest, "The store cannot keep its promise. Please choose.")
    guest.sees("What would you like?")
    guest.sees("Please choose until")
    guest.sound()
    # the letter's link opens the order on any device
    elsewhere = enter(house, "guest")
    elsewhere.page.goto(
        letters.link(house, "The store cannot prepare your order.", about=number)
    )
    elsewhere.sees(number)
    shop.choose(guest, "Collect in another store")
    guest.page.get_by_label("Other store", exact=True).select_option("LFO")
    guest.press("Do it like this")
    guest.sees("La Fourche")
    guest.sees_not("What would you like?")
    guest.sound()

    # another store's pickups are not for these eyes
    bob = enter(house, "bob")
    bob.go("/pos/store/")
    bob.sees("Lyon Part-Dieu")
    bob.sees_not(number)
    facts.holds(house)
