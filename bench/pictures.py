"""Pictures of a running demo for the documents: `make pictures` (PORT=8000).

Each is a page as somebody of the demo sees it, in English, written to `docs/images` as
WebP. Nothing is paid or moved: the till of the demo's cashier is opened if it is closed,
and one order is left at the bank's question, where it ends by itself. Exit status 1 where a picture is heavier than a document should carry.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench.first_view import PROGRAMS

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
MOST = 80_000  # bytes
QUALITY = 70
SIZE = (1280, 800)
PHONE = (390, 844)
# of the demo's offer "Juice and biscuits for 4 euros"
JUICE, BISCUITS = "3608580002635", "3229820189437"
# in the warehouse, but not in Rouen
SPREAD = "3760010099100"
ALICE = "M-16177192"  # her store card
# with the fonts that came last
DRAWN = "document.fonts.ready.then(() => new Promise(d => setTimeout(d, 300)))"


def as_it_is(page: Page) -> None:
    """Nothing to do first."""


def preview_is_there(page: Page) -> None:
    expect(page.get_by_role("heading", name="Preview: from")).to_be_visible(
        timeout=60_000
    )


def scan_two(page: Page) -> None:
    shut = page.get_by_role("button", name="Open the till")
    field = page.locator("#scan")
    expect(shut.or_(field).first).to_be_visible()
    if shut.is_visible():
        page.get_by_label("Cash in the drawer, counted").fill("100")
        shut.click()
    for gtin in (JUICE, BISCUITS):
        field.fill(gtin)
        field.press("Enter")
        expect(field).to_have_value("")
    expect(page.get_by_text("2 items")).to_be_visible()


def ask_to_be_told(page: Page) -> None:
    page.get_by_role("button", name="Collect here").click()
    page.goto(page.url.split("/shop/")[0] + f"/shop/p/{SPREAD}/")
    page.locator("#notify").scroll_into_view_if_needed()


def look_up_alice(page: Page) -> None:
    page.locator("#q").fill(ALICE)
    page.locator("#q").press("Enter")
    expect(page.get_by_role("heading", name="Alice")).to_be_visible()


def go_to_the_bank(page: Page) -> None:
    page.get_by_role("button", name="Add to basket").first.click()
    expect(page.get_by_role("link", name="Basket")).to_contain_text("item")
    page.goto(page.url.split("/shop/")[0] + "/shop/checkout/")
    for name, value in (("method", "collect"), ("store", "BAT"), ("payment", "ask")):
        page.locator(f'input[name="{name}"][value="{value}"]').check(force=True)
    page.get_by_role("button", name="Order and pay").last.click()
    page.wait_for_url("**/bank/**", wait_until="domcontentloaded")


@dataclass(frozen=True)
class Picture:
    """`part` is a part of the demo's front page, `before` what is done on the page."""

    name: str
    part: str
    path: str
    size: tuple[int, int] = SIZE
    before: Callable[[Page], None] = as_it_is


PICTURES = (
    Picture("product", "guest", f"/shop/p/{JUICE}/", PHONE),
    Picture("till", "ines", "/pos/", before=scan_two),
    Picture("board", "samir", "/pos/store/"),
    Picture("dial", "sarah", "/office/?level=omnichannel", before=preview_is_there),
    Picture("offers", "sarah", "/office/offers/?channel=pos"),
    Picture("tables", "sarah", "/admin/inventory/location/"),
    Picture("roles", "sarah", "/office/roles/"),
    Picture("alert", "guest", "/shop/stores/ROU/", PHONE, ask_to_be_told),
    Picture("preferences", "alice", "/shop/account/preferences/", PHONE),
    Picture("bank", "alice", f"/shop/p/{JUICE}/", PHONE, go_to_the_bank),
    Picture("customer", "samir", "/pos/store/customers/", before=look_up_alice),
    Picture("knows", "student", "/office/knows/?q=alice@example.com"),
)


def take(browser: Browser, base: str, picture: Picture) -> bytes:
    width, height = picture.size
    with browser.new_context(
        locale="en-GB",
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
        color_scheme="light",
    ) as context:
        page = context.new_page()
        page.goto(base + "/")
        with page.expect_navigation():
            page.locator(f'button[name="part"][value="{picture.part}"]').click()
        page.goto(base + picture.path, wait_until="networkidle")
        picture.before(page)
        page.evaluate(DRAWN)
        shot = context.new_cdp_session(page).send(
            "Page.captureScreenshot", {"format": "webp", "quality": QUALITY}
        )
        return base64.b64decode(shot["data"])


def main(base: str) -> int:
    heavy = 0
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        program = next(filter(None, map(which, PROGRAMS)), None)
        browser = playwright.chromium.launch(executable_path=program)
        for picture in PICTURES:
            taken = take(browser, base.rstrip("/"), picture)
            (IMAGES / f"{picture.name}.webp").write_bytes(taken)
            heavy += len(taken) > MOST
            print(f"{picture.name}.webp {len(taken) / 1000:.1f} kB")
        browser.close()
    return 1 if heavy else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"))
