"""Omnichannel: one basket, some of it sent to her home and the rest collected."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.journeys import board, facts, shop
from tests.journeys.conftest import Enter
from tests.living import House

pytestmark = [pytest.mark.journey, pytest.mark.faults]


def test_a_guest_has_a_part_sent_and_collects_the_rest(
    live: Callable[..., House], enter: Enter
) -> None:
    house = live("omnichannel")
    collected, sent = facts.goods(house)
    guest = enter(house, "guest")
    guest.page.set_viewport_size({"width": 390, "height": 844})
    shop.put_in_basket(guest, collected)
    shop.put_in_basket(guest, sent)
    shop.check_out(guest)

    # one page: what goes which way, where, when, and why then
    shop.choose(guest, "Some delivered, some collected")
    guest.page.locator(f"#id_way_{collected.gtin}").select_option("collect")
    guest.page.locator(f"#id_way_{sent.gtin}").select_option("ship")
    # what delivery costs is shown before it is paid
    expect(guest.page.locator("[data-parted]")).to_contain_text("€4.90")
    shop.choose(guest, "Batignolles")
    guest.page.locator(".its-slots:visible summary", has_text="Choose a time").click()
    slot = guest.page.locator(".its-slots:visible .slots label.choice").first
    when = slot.inner_text().strip()
    slot.click()
    guest.page.locator("summary:visible", has_text="Why this time?").first.click()
    guest.sees("Preparing takes")
    guest.sound()
    shop.as_guest(guest, name="Camille")
    guest.page.get_by_label("Street and number").fill("3 rue des Capucins")
    guest.page.get_by_label("Postcode").fill("69001")
    guest.page.get_by_label("Town").fill("Lyon")
    shop.choose(guest, "Card, accepted")
    guest.press("Order and pay")
    guest.page.wait_for_url("**/shop/orders/**")
    guest.sees("Your order comes in 2 parts.")
    guest.sees(when)
    guest.sound()
    ((number, goods, shipping, total),) = house.rows(
        "shared",
        """
        SELECT number, goods, shipping, total FROM retail_order
        WHERE first_name = 'Camille' ORDER BY placed_at DESC LIMIT 1
        """,
    )
    assert goods == collected.price + sent.price
    assert shipping == (Decimal(0) if sent.price >= 49 else Decimal("4.90"))
    assert total == goods + shipping

    # the warehouse sends its part
    noe = enter(house, "noe")
    board.act(noe, number, at="placed")
    board.pick_all(noe)
    board.do(noe, "pack")
    noe.page.get_by_label("Tracking number").fill("6A00000000077")
    board.do(noe, "ship")
    expect(noe.page.locator("#lanes")).to_be_visible()

    # the store hands over the other
    samir = enter(house, "samir")
    board.make_ready(samir, number, shelf="D2")
    code = shop.code(guest)
    samir.go("/pos/store/")
    samir.page.locator("#code").fill(code)
    samir.page.locator("#code").press("Enter")
    board.do(samir, "hand-over")

    shop.reads(guest, "Your order is complete.")
    guest.sound()
    ((status, ended, to_take, refunded),) = house.rows(
        "shared",
        """
        SELECT o.status, (SELECT count(*) FROM retail_orderevent e
            WHERE e.order_id = o.id AND e.after = 'completed'
              AND e.before <> e.after), p.to_take, p.refunded
        FROM retail_order o JOIN retail_payment p ON p.order_id = o.id
        WHERE o.number = %s
        """,
        number,
    )
    assert (status, ended) == ("completed", 1)
    assert (to_take, refunded) == (total, Decimal(0))
    facts.holds(house)
