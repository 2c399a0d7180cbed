"""Cross-channel: two databases that write to each other. An order crosses over; points,
cards and certainty do not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys import board, facts, shop, till
from tests.journeys.conftest import Enter
from tests.journeys.facts import Goods
from tests.journeys.person import Person
from tests.living import House

pytestmark = pytest.mark.journey


def order_to_collect(guest: Person, goods: Goods, *, name: str) -> str:
    shop.put_in_basket(guest, goods)
    shop.check_out(guest)
    shop.collect_in(guest, "Batignolles")
    shop.as_guest(guest, name=name)
    return shop.order(guest, pay="At the store, when you collect")


def test_order_on_the_web_collect_and_pay_in_the_store(
    live: Callable[..., House], enter: Enter
) -> None:
    house = live("cross-channel", beat=True)
    wanted, _ = facts.goods(house)
    samir = enter(house, "samir")
    samir.sound()

    guest = enter(house, "guest")
    guest.sound()
    shop.see(guest, wanted)
    guest.sees("Why does the stock of a store have an age?")
    guest.sound()
    shop.put_in_basket(guest, wanted)
    shop.check_out(guest)
    shop.choose(guest, "Collect in a store")
    guest.sound()
    number = order_to_collect(guest, wanted, name="Dominique")

    # the message arrives: the board shows the order by itself
    board.act(samir, number, at="placed")
    shop.reads(guest, "The store prepares your order.")
    board.act(samir, number, at="accepted")
    samir.sees("To pick, in walking order")
    samir.sound()
    board.pick_all(samir)
    board.stage(samir, "B7")
    samir.sound()
    board.do(samir, "ready")
    shop.reads(guest, "Your shopping is ready.")
    guest.sound()
    code = shop.code(guest)

    # the counter takes the money, and the web hears of it
    ines = enter(house, "ines")
    till.open_till(ines)
    till.scan(ines, code)
    ines.sees(f"Web order {number}, Dominique")
    ines.sees("Points are spent where the order was placed.")
    ines.sound()
    till.pay_by_card(ines)
    ines.sees(f"{number} is handed over to Dominique")
    ines.sound()
    shop.reads(guest, "Collected. Thank you.")
    guest.sound()
    till.next_customer(ines)

    # the code was used
    till.scan(ines, code)
    ines.sees("It cannot be handed over now")
    ines.sound()
    ines.press("Put aside")

    # a card of the site says nothing to the till, so its points cannot be spent there
    till.scan(ines, facts.card_of(house, "Alice", "webshop"))
    ines.sees("Why is my card not recognised here?")
    facts.holds(house)


def test_a_store_refuses_and_the_customer_chooses(
    live: Callable[..., House], enter: Enter
) -> None:
    house = live("cross-channel", beat=True)
    wanted, _ = facts.goods(house)
    guest = enter(house, "guest")
    number = order_to_collect(guest, wanted, name="Dominique")
    samir = enter(house, "samir")
    board.card(samir, number).get_by_role("link", name=number, exact=True).click()
    samir.page.locator('[popovertarget="reject"]').first.click()
    samir.sound()
    samir.page.locator('#reject [value="too_busy"]').click()
    expect(samir.page.locator("#lanes")).to_be_visible()

    shop.reads(guest, "The store cannot keep its promise. Please choose.")
    guest.sees("What would you like?")
    guest.sound()
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
