"""Multichannel: the site and the stores side by side, and neither knows the other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys import board, facts, shop, till
from tests.journeys.conftest import Enter
from tests.living import House

pytestmark = pytest.mark.journey


def test_two_shops_that_never_meet(live: Callable[..., House], enter: Enter) -> None:
    house = live("cross-channel")
    house.switch("multichannel")
    bought, other = facts.goods(house)

    # the site delivers, says that it offers no store, and why
    guest = enter(house, "guest")
    guest.sound()
    shop.put_in_basket(guest, bought)
    guest.sees("Why can I not collect this in a store?")
    guest.sees_not("In our stores")
    guest.sound()
    shop.check_out(guest)
    expect(guest.page.locator('input[value="collect"]')).to_have_count(0)
    guest.sees("Why can I not collect this in a store?")
    guest.sound()
    shop.as_guest(guest, name="Dominique")
    shop.deliver_to(guest, line1="3, rue du Four", postcode="75006", city="Paris")
    number = shop.order(guest, pay="Card, accepted")
    shop.reads(guest, "Order received.")
    guest.sound()

    # the warehouse sends it
    noe = enter(house, "noe")
    noe.sound()
    board.act(noe, number, at="placed")
    noe.sees("To pick, in walking order")
    noe.sound()
    board.pick_all(noe)
    board.do(noe, "pack")
    noe.page.get_by_label("Tracking number").fill("6A00000000042")
    noe.sound()
    board.do(noe, "ship")
    expect(noe.page.locator("#lanes")).to_be_visible()
    shop.reads(guest, "Your parcel is on its way.")
    guest.sees("6A00000000042")
    guest.sound()

    # the till sells what is scanned; a card of the site says nothing to it
    ines = enter(house, "ines")
    till.open_till(ines)
    till.scan(ines, other.gtin)
    ines.sees(f"Added: {other.title}")
    ines.sound()
    till.scan(ines, facts.card_of(house, "Alice", "webshop"))
    ines.sees("Why is my card not recognised here?")
    ines.sound()
    ines.page.keyboard.press("Escape")
    till.scan(ines, facts.card_of(house, "Alice", "pos"))
    ines.sees("Customer: Alice M.")
    till.pay_cash(ines)
    ines.sees("Give change")
    ines.sound()
    till.next_customer(ines)

    # no order is sent to a store any more; those begun before are finished
    samir = enter(house, "samir")
    samir.sees("The webshop offers no pickup here any more.")
    samir.sound()

    # one person, two rows, and nothing between them
    student = enter(house, "student")
    student.sound()
    student.go("/office/knows/?q=alice@example.com")
    student.sees("Each side knows this person, and does not know that the other does.")
    for alias in ("webshop", "pos"):
        side = student.page.get_by_role("region", name=alias, exact=True)
        expect(
            side.locator(".knows-row").filter(has_text="Alice Martin")
        ).to_have_count(1)
    student.sound()
    student.go("/office/books/")
    student.sound()
    facts.holds(house)
