"""What a page asks of the database each time, once what pages may know from a moment ago
(places, departments, offers) is known."""

import pytest

from tests.levels import SIDES
from tests.webshop.visiting import asked

# inside a transaction nothing is kept
pytestmark = pytest.mark.django_db(databases=SIDES, transaction=True)


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.PAGES_KEPT_SECONDS = 60


def test_each_request_asks_at_most_three_statements(both_levels, shop):
    gtin = both_levels.gtins[0]
    most = {
        "/shop/": 1,  # stock of the cards, with the slots
        f"/shop/p/{gtin}/": 1,  # the product with its stock and the slots
        "/shop/d/grocery/": 2,  # what there is, then its stock
        f"/shop/search/?q={gtin}": 3,  # its brands, what there is, its stock
        f"/api/v1/products/{gtin}/": 2,
        f"/api/v1/products/{gtin}/availability/": 1,
        "/api/v1/products/?category=grocery": 2,
    }
    assert {url: asked(shop, url)["side"] for url in most} == most
    shop.post("/shop/stores/choose/", {"store": "M01"})
    for url in ("/shop/", f"/shop/p/{gtin}/", "/shop/d/grocery/"):
        assert asked(shop, url)["side"] == most[url]
