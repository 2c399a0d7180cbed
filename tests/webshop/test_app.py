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
    assert 'OFFLINE = "/shop/offline/"' in script


def test_the_page_without_a_network_names_nobody(apart, shop):
    signed_in(shop)
    page = text_of(shop.get("/shop/offline/"))
    assert "Nothing was sent" in page
    assert "alice" not in page.lower()
    assert "csrfmiddlewaretoken" not in page
    assert asked(shop, "/shop/offline/")["side"] == 0
