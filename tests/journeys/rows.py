"""Pages that lie at a row's own address: found by the links that lead there, or made by
the act that makes one."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.journeys.person import Person

# part → (a page, what leads on from it to a row)
LINKS: dict[str, tuple[tuple[str, str], ...]] = {
    "alice": (("/shop/account/", 'a[href^="/shop/orders/"]'),),
    "samir": (("/pos/store/", 'a[href^="/pos/store/job/"]'),),
    "noe": (("/warehouse/", 'a[href^="/warehouse/job/"]'),),
    "sarah": (
        (
            "/office/offers/?channel=webshop",
            'main section a[href^="/office/offers/webshop/"]:not([href*="/new/"])',
        ),
    ),
    "sarah:tables": tuple(
        (f"/admin/{table}/", f'main a[href^="/admin/{table}/"][href*="/change/"]')
        for table in (
            *("inventory/product", "inventory/variant", "inventory/listing"),
            *("inventory/price", "inventory/location", "staff/employee"),
            *("retail/customer", "retail/order", "retail/outboxmessage"),
            "retail/payment",
        )
    ),
}


def fill_basket(alice: Person) -> str:
    """So that her basket and the checkout have something to show."""
    alice.go("/shop/p/3608580002635/")
    with alice.page.expect_response("**/shop/basket/put/"):
        alice.page.locator('form[action="/shop/basket/put/"] button.big').click()
    alice.go("/shop/basket/")
    expect(alice.page.locator('a[href="/shop/checkout/"]').first).to_be_visible()
    return here(alice)


def begin_count(noe: Person) -> str:
    noe.go("/warehouse/stock/counts/")
    noe.page.locator("#label").fill("Rayon 4")
    noe.page.locator("form[data-once] button").click()
    expect(noe.page.locator("#label")).to_have_count(0)
    return here(noe)


def bring_in(sarah: Person) -> str:
    """A file with a line that cannot be understood."""
    sarah.go("/office/exchange/")
    sarah.page.locator('input[name="channel"]').first.check(force=True)
    sarah.page.locator('input[name="kind"][value="prices"]').check(force=True)
    lines = b"gtin,amount\n3608580002635,1.99\n12,nothing\n"
    sarah.page.locator('input[type="file"]').set_input_files(
        {"name": "prices.csv", "mimeType": "text/csv", "buffer": lines}
    )
    begun = sarah.page.url
    sarah.page.locator('form[enctype="multipart/form-data"] button').last.click()
    expect(sarah.page).not_to_have_url(begun)
    return here(sarah)


ACTS: dict[str, tuple[Callable[[Person], str], ...]] = {
    "alice": (fill_basket,),
    "noe": (begin_count,),
    "sarah": (bring_in,),
}


def here(person: Person) -> str:
    return urlsplit(person.page.url).path


def rows_of(person: Person, walk: str) -> list[str]:
    """The addresses that this walk's pages lead to, one of each kind."""
    found = []
    for path, link in LINKS.get(walk, ()):
        person.go(path)
        target = person.page.locator(link).first.get_attribute("href")
        assert target, f"{path} leads to no row"
        found.append(target.partition("#")[0])
    return [*found, *(act(person) for act in ACTS.get(walk, ()))]
