"""The store's people: something else for what is missing, a walk for several orders,
and a person named who pays."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys import board, facts, shop, till
from tests.journeys.conftest import Enter
from tests.journeys.person import Person
from tests.living import House

pytestmark = [pytest.mark.journey, pytest.mark.faults]


def begin_walk(samir: Person, number: str) -> None:
    """With this order alone: the demo has others, which would be more urgent."""
    board.act(samir, number, at="placed")
    board.act(samir, number, at="accepted")
    samir.sees("To pick, in walking order")
    samir.go("/pos/store/pick/")
    samir.sees("Walk for 1 order")


def scan_all(samir: Person) -> int:
    """Each article that the walk asks for, scanned as often; answers how many scans."""
    progress = samir.page.locator(".walk-page progress")
    scans = 0
    while samir.page.locator(".now .mono").count():
        before = progress.evaluate("bar => bar.value")
        till.scan(samir, samir.page.locator(".now .mono").inner_text())
        expect(progress).to_have_js_property("value", before + 1)
        scans += 1
    return scans


def test_something_else_is_offered_and_taken(
    live: Callable[..., House], enter: Enter
) -> None:
    house = live("cross-channel", beat=True)
    wanted, _ = facts.goods(house)
    guest = enter(house, "guest")
    number = shop.order_to_collect(guest, wanted, name="Dominique")

    samir = enter(house, "samir")
    begin_walk(samir, number)
    samir.sound()
    samir.page.locator(".now .want").get_by_role("link", name="Missing").click()
    samir.sees("Offer something else")
    samir.sound()
    samir.page.locator('input[name="instead"]').first.check(force=True)
    offered = samir.page.locator('label.choice:has([name="instead"]) b').first
    title = offered.inner_text()
    samir.press("Offer it")
    samir.page.wait_for_url("**/pos/store/pick/**")

    shop.reads(guest, "The store cannot keep its promise. Please choose.")
    guest.sees(title)
    guest.sound()
    guest.press("Do it like this")
    shop.reads(guest, "We are preparing your order.")

    # the same person goes on with it: the other article is on the walk now
    samir.go("/pos/store/pick/")
    samir.sees(title)
    facts.holds(house)


def test_a_person_named_pays_and_takes_it(
    live: Callable[..., House], enter: Enter
) -> None:
    house = live("omnichannel", beat=True)
    wanted, other = facts.goods(house)
    guest = enter(house, "guest")
    shop.put_in_basket(guest, other)
    number = shop.order_to_collect(guest, wanted, name="Dominique")

    samir = enter(house, "samir")
    begin_walk(samir, number)
    scan_all(samir)
    tote = samir.page.locator("li.card").filter(has_text=number)
    tote.get_by_label("Shelf").fill("B7")
    samir.press("On the shelf, tell the customer", within=tote)
    shop.reads(guest, "Your shopping is ready.")

    guest.page.get_by_text("Let somebody else collect").click()
    guest.page.get_by_label("First and last name").fill("Nour Haddad")
    guest.press("They collect")
    link = guest.page.get_by_label("Link for Nour")
    expect(link).to_be_visible()
    nour = enter(house, "guest")
    nour.page.goto(re.sub(r"^https?://[^/]+", house.url, link.input_value()))
    code = shop.code(nour)

    # anywhere on the board, the scan opens the order; the money is taken at the till
    samir.go("/pos/store/")
    board.card(samir, number)
    till.scan(samir, code)
    samir.sees("comes for it, with a code of their own")
    samir.sound()
    samir.page.get_by_role("link", name="Take the payment at the till").click()
    till.open_till(samir)
    samir.sees(number)
    till.pay_by_card(samir)
    samir.sees(f"{number} is handed over")
    samir.page.get_by_role("link", name=f"Back to {number}").click()
    samir.sees("Handed over")
    shop.reads(guest, "Collected. Thank you.")
    facts.holds(house)
