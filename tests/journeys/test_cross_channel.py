"""Cross-channel: two databases that write to each other. An order crosses over; points,
cards and certainty do not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys import board, facts, shop, till
from tests.journeys.conftest import Enter
from tests.living import House

pytestmark = pytest.mark.journey


def test_order_on_the_web_collect_and_pay_in_the_store(
    live: Callable[..., House], enter: Enter
) -> None:
    house = live("cross-channel", beat=True)
    wanted, _ = facts.goods(house)
    samir = enter(house, "samir")
    samir.sound()
    board.listens(samir)

    guest = enter(house, "guest")
    guest.sound()
    shop.see(guest, wanted)
    guest.sees("Why does the stock of a store have an age?")
    guest.sound()
    shop.put_in_basket(guest, wanted)
    shop.check_out(guest)
    shop.choose(guest, "Collect in a store")
    guest.sound()
    number = shop.order_to_collect(guest, wanted, name="Dominique")

    # the message arrives: the board shows the order by itself
    board.hears(samir, number)
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
