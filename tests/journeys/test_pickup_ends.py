"""Cross-channel: nobody comes, and a feed that is late."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys import board, facts, letters, shop
from tests.journeys.conftest import Enter
from tests.living import House

pytestmark = [pytest.mark.journey, pytest.mark.faults]

EXPIRE = "from retail.fulfilment.tasks import expire_pickups; expire_pickups()"
SELL = """
from inventory import stock
from inventory.models import Location, StockLevel
from inventory.places import Channel
from retail.channels import atomic, use_channel, use_snapshot
with use_snapshot(fresh=True), use_channel(Channel.POS), atomic():
    place = Location.objects.get(code="BAT")
    level = StockLevel.objects.get(location=place, variant__gtin="{gtin}")
    units = level.on_hand - level.reserved
    stock.adjust(place, {{level.variant_id: -units}}, reason="sold", reference="x",
                 by="employee:x Bob")
"""


def test_nobody_comes_and_the_money_comes_back(
    live: Callable[..., House], enter: Enter
) -> None:
    house = live("cross-channel", beat=True)
    wanted, _ = facts.goods(house)
    guest = enter(house, "guest")
    shop.put_in_basket(guest, wanted)
    shop.check_out(guest)
    shop.collect_in(guest, "Batignolles")
    shop.as_guest(guest, name="Dominique")
    number = shop.order(guest, pay="Card, accepted")
    samir = enter(house, "samir")
    board.make_ready(samir, number, shelf="B7")
    shop.reads(guest, "Your shopping is ready.")
    guest.sees("We keep your bags until")
    guest.press("Keep it one day longer")
    guest.sees("Already kept one day longer.")

    # the last day passes
    house.rows("pos", "UPDATE retail_pickupjob SET hold_until = now() RETURNING id")
    house.manage("shell", "-c", EXPIRE)
    shop.reads(guest, "Your bags were not collected in time.")
    guest.sound()
    samir.go("/pos/store/")
    board.act(samir, number, at="expired")
    shop.reads(guest, "Your order is cancelled.")
    guest.sound()
    letters.letter(house, "Your bags were not collected in time.", about=number)
    letters.letter(house, "Your order is cancelled.", about=number)
    facts.holds(house)


def test_a_late_feed_says_its_age_and_the_store_has_the_last_word(
    live: Callable[..., House], enter: Enter
) -> None:
    house = live("cross-channel")  # nothing reads the stores' stock any more
    wanted, _ = facts.goods(house)
    house.rows(
        "webshop",
        "UPDATE retail_feedstate SET as_of = now() - interval '3 minutes' RETURNING id",
    )
    house.manage("shell", "-c", SELL.format(gtin=wanted.gtin))
    guest = enter(house, "guest")
    shop.see(guest, wanted)
    guest.sees("Stores last heard 3")
    guest.sound()

    number = shop.order_to_collect(guest, wanted, name="Dominique")
    shop.reads(guest, "The store cannot keep its promise. Please choose.")
    shop.choose(guest, "Cancel, and pay nothing")
    guest.press("Do it like this")
    shop.reads(guest, "Your order is cancelled.")
    samir = enter(house, "samir")
    samir.go("/pos/store/")
    samir.sees_not(number)
    facts.holds(house)
