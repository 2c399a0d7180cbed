"""What a first visit to the shop and to the till loads: `python -m bench.first_view
http://127.0.0.1:8000`. Needs a running demo, and Chromium for Playwright.

One line a page: kilobytes over the wire by kind without photographs, pages of a fresh
browser each, and then what the photographs add that are loaded before anybody scrolls,
on a phone and on a desk. Exit status 1 where a page exceeds the 250 kB that the house
allows itself without them.
"""

from __future__ import annotations

import sys
from collections import Counter
from shutil import which

from playwright.sync_api import (
    Browser,
    Response,
    StorageState,
    ViewportSize,
    sync_playwright,
)

MOST = 250_000  # bytes over the wire
PAGES = (
    "/shop/",
    "/shop/d/biscuits/",
    "/shop/d/spreads/",  # the one with most photographs
    "/shop/search/?q=noisette",
    "/shop/01/3608580002635",
    "/shop/stores/",
)
TILL, CASHIER = "/pos/", "ines"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 720}
PHOTOS = "/static/photos/"
KINDS = ("document", "stylesheet", "script", "font", "fetch", "image", "other")


def signed_in(browser: Browser, base: str, part: str) -> StorageState:
    """The cookies of somebody of the demo."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(base + "/")
        with page.expect_navigation():
            page.locator(f'button[name="part"][value="{part}"]').click()
        return context.storage_state()


def weigh(
    browser: Browser,
    url: str,
    *,
    state: StorageState | None = None,
    viewport: ViewportSize = DESK,
    dense: float = 1,
) -> Counter[str]:
    """Bytes by kind of what that page loads; photographs are a kind of their own."""
    sizes: Counter[str] = Counter()
    answers: list[Response] = []
    context = browser.new_context(
        service_workers="block",
        storage_state=state,
        viewport=viewport,
        device_scale_factor=dense,
    )
    page = context.new_page()
    page.on("response", lambda answer: answers.append(answer))
    page.goto(url, wait_until="networkidle")
    for answer in answers:
        photo = PHOTOS in answer.url
        kind = "photos" if photo else answer.request.resource_type
        sizes[kind] += answer.request.sizes()["responseBodySize"]
    context.close()
    return sizes


def main(base: str) -> int:
    over = 0
    print(f"{'page':28}", *(f"{kind:>10}" for kind in KINDS), end=" ")
    print(f"{'kB':>8}{'photos: phone':>16}{'desk':>8}")
    with sync_playwright() as playwright:
        program = next(filter(None, map(which, PROGRAMS)), None)
        browser = playwright.chromium.launch(executable_path=program)
        base = base.rstrip("/")
        states = {TILL: signed_in(browser, base, CASHIER)}
        for path in (*PAGES, TILL):
            sizes = weigh(browser, base + path, state=states.get(path))
            photos = sizes.pop("photos", 0)
            small = weigh(
                browser, base + path, state=states.get(path), viewport=PHONE, dense=3
            )["photos"]
            total = sum(sizes.values())
            over += total > MOST
            shown = (f"{sizes[kind] / 1000:>10.1f}" for kind in KINDS)
            print(f"{path:28}", *shown, f"{total / 1000:>8.1f}", end="")
            print(f"{small / 1000:>16.1f}{photos / 1000:>8.1f}")
        browser.close()
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"))
