"""A till's day by scanner and keyboard alone: opened with its cash, ten articles sold, one
brought back, the drawer counted blind and closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys import facts, till
from tests.journeys.conftest import Enter
from tests.living import House

pytestmark = [pytest.mark.journey, pytest.mark.faults]


def test_a_day_at_a_till(live: Callable[..., House], enter: Enter) -> None:
    house = live("cross-channel")
    # of other titles, so that what is read was said of the article just scanned
    by_title = {each.title: each for each in facts.goods(house, 40)}
    goods = list(by_title.values())[:9]
    ines = enter(house, "ines")
    keys = ines.page.keyboard

    ines.page.get_by_label("Cash in the drawer, counted").fill("100")
    keys.press("Enter")
    ines.sees("The till is open.")
    ines.sound()

    # nine articles, one of them twice; the cursor is in the scan field all the time
    for each in goods:
        till.scan(ines, each.gtin)
        ines.sees(f"Added: {each.title}")
    till.scan(ines, goods[0].gtin)
    ines.sees("10 items")
    expect(ines.page.locator("#scan")).to_be_focused()
    ines.sound()
    till.pay_cash(ines)
    ines.sees("Give change")
    number = ines.page.locator("article.ticket").get_attribute("aria-label") or ""
    keys.press("Enter")  # the next customer

    # another customer first: the ticket waits, and is taken up
    till.scan(ines, goods[1].gtin)
    ines.page.get_by_role("button", name="Hold").press("Enter")
    ines.sees("The ticket waits")
    ines.page.get_by_role("button", name="Take up a ticket").press("Enter")
    ines.sees("Tickets that wait")
    keys.press("Enter")
    ines.sees("The ticket is taken up.")
    till.pay_by_card(ines)
    ines.sees("Paid in full")
    keys.press("Enter")

    # one of the two comes back, by the number on the receipt
    ines.page.get_by_role("button", name="Return", exact=True).press("Enter")
    keys.type(number.removeprefix("Ticket "))
    keys.press("Enter")
    ines.sees("2 of 2 left")
    ines.sound()
    ines.page.get_by_role("button", name=f"One more: {goods[0].title}").first.press(
        "Enter"
    )
    ines.page.get_by_role("button", name="Take back for").press("Enter")
    ines.sees("1 item comes back")
    ines.page.get_by_role("button", name="Give back as it was paid").press("Enter")
    ines.sees("Money goes back")
    ines.sound()
    keys.press("Enter")

    # without its receipt the article is scanned
    ines.page.get_by_role("button", name="Return", exact=True).press("Enter")
    ines.page.get_by_role("button", name="Without a receipt").press("Enter")
    ines.sees("only if a manager agrees")
    till.scan(ines, goods[1].gtin)
    dialog = ines.page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name=goods[1].title)).to_be_visible()
    keys.press("Escape")

    # counted blind: what should be there is told afterwards
    ines.page.get_by_role("button", name="Drawer").press("Enter")
    keys.type("100")
    keys.press("Tab")
    keys.type("0")
    ines.sound()
    keys.press("Enter")
    ines.sees("The shift is closed")
    ines.sees("Should be there")
    ines.sound()
    facts.holds(house)
