"""From the product to the checkout, and from the board into the customer's hands, by
keyboard alone; nothing hides what has the focus."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys import board, facts, keys, shop
from tests.journeys.conftest import Enter
from tests.living import House

pytestmark = [pytest.mark.journey, pytest.mark.faults]


def test_an_order_and_its_pickup(live: Callable[..., House], enter: Enter) -> None:
    house = live("cross-channel", beat=True)
    wanted, _ = facts.goods(house)
    guest = enter(house, "guest")
    shop.see(guest, wanted)
    keys.press(guest, 'form[action$="/basket/put/"] button.big')
    guest.sees("Added to your basket.")
    keys.press(guest, 'a[href="/shop/basket/"]')
    guest.page.wait_for_url("**/shop/basket/")
    keys.press(guest, 'a[href="/shop/checkout/"]')
    guest.page.wait_for_url("**/shop/checkout/**")
    keys.choose(guest, "method", "collect")
    keys.choose(guest, "store", "BAT")
    keys.write(guest, 'input[name="email"]', "dominique@example.com")
    keys.write(guest, 'input[name="first_name"]', "Dominique")
    card = guest.page.locator("label.choice").filter(has_text="Card, accepted")
    paid = card.locator("input").get_attribute("value")
    keys.choose(guest, "payment", str(paid))
    keys.press(guest, "form button.big")
    guest.page.wait_for_url("**/shop/orders/**")

    number = shop.number(guest)
    samir = enter(house, "samir")
    job = board.card(samir, number)
    for state in ("placed", "accepted"):
        act = job.locator(f'form[data-state="{state}"] [id^="do-"], a[id^="do-"]')
        keys.press(samir, "#" + str(act.get_attribute("id")))
    samir.sees("To pick, in walking order")
    keys.press(samir, 'button[name="all"]')
    progress = samir.page.locator("#progress")
    expect(progress).to_have_js_property("value", progress.evaluate("bar => bar.max"))
    keys.write(samir, "#shelf", "B7")
    keys.press(samir, "#stage")
    samir.sees("On the shelf")
    keys.press(samir, 'form[action$="/ready/"] button')
    shop.reads(guest, "Your shopping is ready.")
    samir.page.wait_for_url("**/pos/store/")
    keys.write(samir, 'input[name="code"]', shop.code(guest))
    # on the board the code opens its order
    samir.page.keyboard.press("Enter")
    samir.page.wait_for_url("**/pos/store/code/")
    keys.press(samir, 'form[action$="/hand-over/"] button.big')
    shop.reads(guest, "Collected. Thank you.")
