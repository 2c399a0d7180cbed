"""What happens every day: a guest on a phone collects, something is exchanged by its
receipt, a shelf is counted, a file with errors comes in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys import board, facts, shop, till
from tests.journeys.conftest import Enter
from tests.journeys.facts import Goods
from tests.journeys.person import Person
from tests.living import House

pytestmark = [pytest.mark.journey, pytest.mark.faults]
PAUL, PAULS_PIN = "Paul", "5926"  # the demo's manager in Batignolles


def fits(person: Person) -> None:
    """Nothing sticks out of the screen, and axe has nothing to say."""
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert person.page.evaluate(wide) <= 0, person.page.url
    person.sound()


def test_a_guest_with_a_phone_orders_and_collects(
    live: Callable[..., House], enter: Enter
) -> None:
    house = live("cross-channel", beat=True)
    wanted, _ = facts.goods(house)
    guest = enter(house, "guest")
    guest.page.set_viewport_size({"width": 390, "height": 844})
    shop.put_in_basket(guest, wanted)
    fits(guest)
    shop.check_out(guest)
    shop.collect_in(guest, "Batignolles")
    shop.as_guest(guest, name="Dominique")
    fits(guest)
    number = shop.order(guest, pay="At the store, when you collect")
    fits(guest)

    samir = enter(house, "samir")
    board.make_ready(samir, number, shelf="B7")
    shop.reads(guest, "Your shopping is ready.")
    fits(guest)

    ines = enter(house, "ines")
    till.open_till(ines)
    till.scan(ines, shop.code(guest))
    ines.sees(f"Web order {number}, Dominique")
    till.pay_by_card(ines)
    ines.sees(f"{number} is handed over to Dominique")
    shop.reads(guest, "Collected. Thank you.")
    fits(guest)
    facts.holds(house)


def test_goods_are_exchanged_by_their_receipt(
    live: Callable[..., House], enter: Enter
) -> None:
    house = live("cross-channel")
    cheap, dear = cheapest_and_dearest(house)
    ines = enter(house, "ines")
    till.open_till(ines)
    till.scan(ines, cheap.gtin)
    ines.sees(f"Added: {cheap.title}")
    till.pay_cash(ines)
    ines.sees("Give change")
    number = ines.page.locator("article.ticket").get_attribute("aria-label") or ""
    till.next_customer(ines)

    ines.page.get_by_role("button", name="Return", exact=True).press("Enter")
    ines.page.keyboard.type(number.removeprefix("Ticket "))
    ines.page.keyboard.press("Enter")
    ines.sees("1 of 1 left")
    ines.press(f"One more: {cheap.title}")
    ines.page.get_by_role("button", name="Take back for").press("Enter")
    ines.sees("1 item comes back")
    till.scan(ines, dear.gtin)
    ines.sees(f"Added: {dear.title}")
    ines.sound()
    till.pay_by_card(ines)
    ines.sees("Paid in full")
    ticket = ines.page.locator("article.ticket")
    expect(ticket).to_contain_text(cheap.title)
    expect(ticket).to_contain_text(dear.title)
    ines.sound()
    till.next_customer(ines)

    # it came back once
    ines.page.get_by_role("button", name="Return", exact=True).press("Enter")
    ines.page.keyboard.type(number.removeprefix("Ticket "))
    ines.page.keyboard.press("Enter")
    ines.sees("All of it is back")
    facts.holds(house)


def cheapest_and_dearest(house: House) -> tuple[Goods, Goods]:
    by_price = sorted(facts.goods(house, 40), key=lambda each: each.price)
    return by_price[0], by_price[-1]


def test_a_shelf_is_counted_and_a_manager_settles_it(
    live: Callable[..., House], enter: Enter
) -> None:
    house = live("cross-channel")
    short, right = facts.goods(house)
    on_hand = in_the_books(house, short)
    samir = enter(house, "samir")
    samir.go("/pos/store/stock/counts/")
    samir.page.get_by_label("What is counted?").select_option(label="A shelf")
    samir.page.get_by_label("Delivery note or shelf").fill("A4")
    samir.press("Begin to scan")
    for goods, units in [(short, on_hand - 2), (right, in_the_books(house, right))]:
        samir.page.get_by_label("Scan a barcode").fill(goods.gtin)
        samir.page.get_by_label("Units or kilos").fill(str(units))
        samir.press("Add")
        expect(samir.page.locator("li[aria-current]")).to_contain_text(goods.gtin)
    samir.sees("A manager settles it when everything is scanned.")
    samir.sees_not("in the books")
    samir.sound()
    counted = samir.page.url.removeprefix(house.url)

    # the same device, another person
    samir.go("/pos/")
    samir.press("Sign out")
    samir.page.locator("label.choice").filter(has_text=PAUL).click()
    samir.page.get_by_label("PIN").fill(PAULS_PIN)
    samir.press("Sign in")
    samir.go(counted)
    samir.press("Correct the books")
    samir.sees(f"{on_hand - 2} counted, {on_hand} in the books")
    samir.sound()
    assert in_the_books(house, short) == on_hand - 2
    facts.holds(house)


def in_the_books(house: House, goods: Goods) -> int:
    """What lies in Batignolles."""
    ((units,),) = house.rows(
        facts.side(house, "pos"),
        """
        SELECT s.on_hand FROM inventory_stocklevel s
        JOIN inventory_variant v ON v.id = s.variant_id
        JOIN inventory_location l ON l.id = s.location_id
        WHERE l.code = 'BAT' AND v.gtin = %s
        """,
        goods.gtin,
    )
    return int(units)


def test_a_file_of_prices_with_errors_comes_in(
    live: Callable[..., House], enter: Enter
) -> None:
    house = live("cross-channel")
    wanted, _ = facts.goods(house)
    lines = ["gtin;amount", f"{wanted.gtin};7,77", "123;1,00", f"{wanted.gtin};much"]
    sarah = enter(house, "sarah")
    sarah.go("/office/exchange/")
    sarah.page.locator('input[name="kind"][value="prices"]').check(force=True)
    sarah.page.locator('input[name="channel"][value="webshop"]').check()
    sarah.page.get_by_label("CSV file").set_input_files(
        {
            "name": "prices.csv",
            "mimeType": "text/csv",
            "buffer": "\n".join(lines).encode(),
        }
    )
    sarah.press("Look at it")
    sarah.sees("1 line would change something. Nothing has changed yet.")
    sarah.sees("Check the barcode")
    sarah.sound()
    guest = enter(house, "guest")
    shop.see(guest, wanted)
    guest.sees_not("€7.77")

    sarah.press("Bring 1 line in, leave 2 out")
    sarah.sees("Done: 1 line.")
    sarah.sound()
    shop.see(guest, wanted)
    expect(guest.page.locator('data[value="7.77"]').first).to_be_visible()
    facts.holds(house)
