"""The shop as an app: what is kept on a device, and what never is."""

import json
import re

import pytest
from django.contrib.staticfiles import finders

from tests.levels import SIDES
from tests.webshop.visiting import asked, signed_in, text_of

pytestmark = pytest.mark.django_db(databases=SIDES)


def test_the_manifest_names_icons_that_exist(apart, shop):
    answer = shop.get("/shop/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    data = json.loads(answer.content)
    assert data["scope"] == data["start_url"] == "/shop/"
    assert {icon["sizes"] for icon in data["icons"]} == {"192x192", "512x512"}
    for icon in data["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon
    assert 'href="/shop/manifest.webmanifest"' in text_of(shop.get("/shop/"))


def test_the_worker_keeps_files_of_the_house_and_one_page(apart, shop):
    script = text_of(shop.get("/shop/worker.js"))
    kept = re.search(r"FILES = \[(.*?)\]", script)
    assert kept
    for each in re.findall(r'"([^"]+)"', kept[1].replace("\\u002D", "-")):
        assert finders.find(each.removeprefix("/static/")), each
    assert 'OFFLINE = "/shop/offline/en/"' in script


def test_another_language_is_another_worker(apart, shop):
    """The page that it keeps is of one language."""
    english = text_of(shop.get("/shop/worker.js"))
    french = text_of(shop.get("/shop/worker.js", headers={"accept-language": "fr"}))
    names = [re.search(r'KEPT = "shop-\w{12}"', each)[0] for each in (english, french)]
    assert names[0] != names[1]
    assert 'OFFLINE = "/shop/offline/fr/"' in french
    page = shop.get("/shop/offline/fr/")  # without a cookie, in an English browser
    assert '<html lang="fr"' in text_of(page)
    assert shop.get("/shop/offline/tlh/").status_code == 404


def test_the_page_without_a_network_names_nobody(apart, shop):
    signed_in(shop)
    shop.post("/shop/basket/put/", {"gtin": apart.gtins[0], "quantity": "1"})
    page = text_of(shop.get("/shop/offline/en/"))
    assert "Added to your basket" not in page
    assert "Added to your basket" in text_of(shop.get("/shop/basket/"))
    assert "Nothing was sent" in page
    assert "alice" not in page.lower()
    assert "csrfmiddlewaretoken" not in page
    assert asked(shop, "/shop/offline/en/")["side"] == 0
