"""Omnichannel: one database, one person with one balance, one stock. The journey begins
at cross-channel, where she is two people, and ends there again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys import board, facts, shop, till
from tests.journeys.conftest import Enter
from tests.journeys.person import Person
from tests.living import House

pytestmark = pytest.mark.journey
RUN_WITHIN = 120_000  # milliseconds; ten seconds where nobody else works


def test_alice_becomes_one_person_and_two_again(
    live: Callable[..., House], enter: Enter
) -> None:
    house = live("cross-channel")
    wanted, other = facts.goods(house)
    card = facts.card_of(house, "Alice", "webshop")
    two = facts.points_apart(house, "Alice")

    # the till does not know the card of the site
    ines = enter(house, "ines")
    till.open_till(ines)
    till.scan(ines, card)
    ines.sees("Why is my card not recognised here?")
    ines.page.keyboard.press("Escape")

    sarah = enter(house, "sarah")
    join(sarah)
    house.level = "omnichannel"
    assert facts.points_of(house, "Alice") == two

    # the shop shows the store's own stock, to the unit and without an age
    alice = enter(house, "alice")
    alice.sound()
    shop.see(alice, wanted)
    alice.sees_not("Why does the stock of a store have an age?")
    alice.sound()
    shop.put_in_basket(alice, wanted)
    shop.check_out(alice)
    shop.collect_in(alice, "Batignolles")
    alice.sound()
    kept = facts.held(house, "BAT", wanted)
    number = shop.order(alice, pay="Card, accepted")
    # no waiting for an answer: the goods are held in the store's own row
    shop.reads(alice, "The store has your order.")
    assert facts.held(house, "BAT", wanted) == kept + 1
    alice.sound()

    samir = enter(house, "samir")
    board.make_ready(samir, number, shelf="C3")
    shop.reads(alice, "Your shopping is ready.")
    code = shop.code(alice)
    alice.press("I’m here")
    alice.sees("The store knows that you are here.")
    samir.sees(re.compile("customers? (is|are) here"))
    samir.sound()

    # at the till: what she paid on the web is handed over
    till.scan(ines, code)
    ines.sees(f"Web order {number}, Alice")
    ines.press("Hand over")
    ines.sees(f"{number} is handed over to Alice")
    shop.reads(alice, "Collected. Thank you.")
    alice.sees("Collected at Batignolles")

    # her card of the site is known at the till, with the points of both sides
    alice.go("/shop/account/")
    alice.sound()
    before = facts.points_of(house, "Alice")
    euros = sum(before.values()) // 30
    many = int(euros / other.price) + 2
    till.scan(ines, card)
    ines.sees("Customer: Alice M.")
    ines.sees(f"{sum(before.values()):,} points")
    till.scan(ines, f"{many}*{other.gtin}")
    ines.sees(f"Added: {other.title}")
    ines.sound()
    till.pay_points_then_card(ines)
    ines.sees("Paid in full")
    ines.sound()
    after = facts.points_of(house, "Alice")
    assert after["webshop"] < before["webshop"], "earned on the web, spent in the store"
    assert after["webshop"] >= 0

    # one person of linked rows
    student = enter(house, "student")
    student.go("/office/knows/?q=alice@example.com")
    student.sees("One person of 2 linked rows, known on both channels.")
    expect(
        student.page.get_by_role("region", name="shared", exact=True)
    ).to_be_visible()
    student.sound()
    facts.holds(house)

    # the way back: each side has its own rows again, and no other's
    house.switch("cross-channel")
    assert facts.points_apart(house, "Alice") == after
    till.next_customer(ines)
    till.scan(ines, card)
    ines.sees("Why is my card not recognised here?")
    shop.reads_points(alice, after["webshop"])
    facts.holds(house)


def join(sarah: Person) -> None:
    """Head office turns the dial on its page, and follows the run to its end."""
    sarah.go("/office/?level=omnichannel")
    sarah.sees("What is joined")
    sarah.sound()
    sarah.page.get_by_label("Why", exact=True).fill("a journey")
    sarah.page.get_by_label("Your password, once more").fill("sarriette-siege")
    sarah.press("Move the data, turn to Omnichannel")
    done = sarah.page.get_by_role("link", name="Check the books")
    expect(done).to_be_visible(timeout=RUN_WITHIN)
    sarah.sound()
