"""What is done in the webshop."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.facts import Goods
from tests.journeys.person import Person


def see(customer: Person, goods: Goods) -> None:
    """The product's page, found by its barcode's address."""
    customer.go(f"/shop/01/{goods.gtin}")
    expect(customer.page.get_by_role("heading", level=1)).to_have_text(goods.title)


def put_in_basket(customer: Person, goods: Goods) -> None:
    see(customer, goods)
    customer.press("Add to basket")
    customer.sees("Added to your basket.")


def check_out(customer: Person) -> None:
    customer.go("/shop/basket/")
    customer.page.get_by_role("link", name="Check out").click()
    expect(customer.page.get_by_role("heading", level=1)).to_have_text("Check out")


def choose(customer: Person, text: str) -> None:
    """A card of the checkout or of a choice."""
    customer.page.locator("label.choice").filter(has_text=text).first.click()


def as_guest(customer: Person, *, name: str) -> None:
    customer.page.get_by_label("E-mail address").fill(f"{name.lower()}@example.com")
    customer.page.get_by_label("First name", exact=True).fill(name)


def deliver_to(customer: Person, *, line1: str, postcode: str, city: str) -> None:
    choose(customer, "Home delivery")
    customer.page.get_by_label("Street and number").fill(line1)
    customer.page.get_by_label("Postcode").fill(postcode)
    customer.page.get_by_label("Town").fill(city)


def collect_in(customer: Person, store: str) -> None:
    choose(customer, "Collect in a store")
    choose(customer, store)


def order(customer: Person, *, pay: str) -> str:
    """Sends the checkout and answers the order's number, from its own page."""
    choose(customer, pay)
    customer.press("Order and pay")
    customer.page.wait_for_url("**/shop/orders/**")
    return number(customer)


def number(customer: Person) -> str:
    """The order whose page is open."""
    told = customer.page.get_by_text(re.compile(r"Order W-\d+")).first
    found = re.search(r"W-\d+", told.inner_text())
    assert found is not None
    return found[0]


def code(customer: Person) -> str:
    """The pickup code that the order's page shows."""
    shown = customer.page.locator(".big-code")
    expect(shown).to_be_visible()
    return "".join(shown.inner_text().split())


def reads(customer: Person, headline: str) -> None:
    """The order's page says so by itself: it asks every few seconds."""
    expect(customer.page.get_by_role("heading", level=1)).to_have_text(headline)


def reads_points(customer: Person, points: int) -> None:
    """The account's page shows this balance."""
    customer.go("/shop/account/")
    customer.sees(f"{points:,}")


def order_to_collect(guest: Person, goods: Goods, *, name: str) -> str:
    """From the product to the order, by a guest who pays in the store; its number."""
    put_in_basket(guest, goods)
    check_out(guest)
    collect_in(guest, "Batignolles")
    as_guest(guest, name=name)
    return order(guest, pay="At the store, when you collect")
