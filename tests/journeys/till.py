"""What is done at a till, with the scanner and the keys."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.journeys.person import Person


def open_till(cashier: Person) -> None:
    cashier.page.get_by_role("button", name="Open the till").press("Enter")
    cashier.sees("The till is open.")


def scan(cashier: Person, text: str) -> None:
    """A scanner types fast and ends with Enter, wherever the focus is."""
    cashier.page.keyboard.type(text)
    cashier.page.keyboard.press("Enter")


def charge(cashier: Person) -> None:
    button = cashier.page.locator("button.charge")
    expect(button).to_be_enabled()
    button.press("Enter")


def pay_cash(cashier: Person) -> None:
    """The largest of the offered amounts, so that change is due."""
    charge(cashier)
    cashier.page.get_by_role("button", name="Cash", exact=True).press("Enter")
    amounts = cashier.page.get_by_role("group", name="Cash received").locator(".tender")
    _press_last(amounts.get_by_role("button"))


def pay_by_card(cashier: Person) -> None:
    charge(cashier)
    cashier.page.get_by_role("button", name="Card", exact=True).press("Enter")
    cashier.page.get_by_role("button", name="Approve").press("Enter")


def next_customer(cashier: Person) -> None:
    cashier.press("Next customer")


def pay_points_then_card(cashier: Person) -> None:
    """As many points as the customer has, the rest by card."""
    charge(cashier)
    cashier.page.get_by_role("button", name="Points", exact=True).press("Enter")
    offered = cashier.page.get_by_role("group", name="Pay with points")
    _press_last(offered.locator("button.wide"))
    cashier.sees("Still due")
    pay_by_card(cashier)


def _press_last(buttons: Locator) -> None:
    """Of a pane that has just opened: it puts the focus on its first button, which would
    else come between the focus and the key."""
    expect(buttons.first).to_be_focused()
    buttons.last.press("Enter")
