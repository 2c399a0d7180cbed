"""Finding a store, its page, the map, and opening hours as people wrote them."""

import csv
import json
import re
from datetime import time
from pathlib import Path

import pytest

from inventory.models import Location
from inventory.places import Channel
from retail import channels
from retail.fulfilment import feed, setting
from retail.fulfilment.hours import BadHours, parse
from tests.levels import SIDES
from tests.webshop.visiting import asked, text_of
from webshop.atlas import chart
from webshop.finder import by_distance, spot_of

pytestmark = pytest.mark.django_db(databases=SIDES)
PARIS = Path(__file__).parents[1] / "data" / "paris_stores.csv"


def paris() -> list[dict[str, str]]:
    with PARIS.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("75018", "75018 Paris"),
        (" 69 003 ", "69003 Lyon"),
        ("marseile", "Marseille"),
        ("saint nazaire", "Saint-Nazaire"),
        ("Créteil", "Créteil"),
        ("13090", "13090"),  # by its département
        ("99999", ""),
        ("qwxz", ""),
        ("x", ""),
        ("", ""),
    ],
)
def test_a_place_is_found_by_postcode_and_name(text: str, name: str) -> None:
    spot = spot_of(text)
    assert (spot.name if spot else "") == name
    assert spot is None or spot.rough == (text == "13090")


def test_all_of_france_is_known_to_the_finder() -> None:
    """The ten largest towns by name, and a postcode of every département."""
    large = "Paris Marseille Lyon Toulouse Nice Nantes Montpellier Strasbourg Bordeaux"
    for name in (*large.split(), "Lille"):
        spot = spot_of(name)
        assert spot is not None, name
        assert (spot.name, spot.rough) == (name, False)
    for number in range(1, 96):
        assert spot_of(f"{number:02}990"), number
    assert spot_of("97400") is None  # overseas


def test_the_finder_at_the_size_of_paris() -> None:
    """783 shops: nearest first, and no mark of the map on another or outside."""
    shops = [
        Location(name=row["name"], lat=float(row["lat"]), lon=float(row["lon"]))
        for row in paris()
    ]
    assert len(shops) == 783
    spot = spot_of("75018")
    assert spot is not None
    found = by_distance(shops, spot)
    distances = [km for _, km in found]
    assert distances == sorted(distances)
    assert distances[0] < 0.5
    drawn = chart([(s.name, (s.lat, s.lon)) for s, _ in found], spot.near)
    assert sum(len(mark.numbers) for mark in drawn.marks) == 783
    assert all(0 <= mark.x <= 400 and 0 <= mark.y <= 400 for mark in drawn.marks)
    assert [km for _, km in drawn.rings] == [2, 5]


def test_opening_hours_as_mappers_wrote_them() -> None:
    """89 shops have hours; what no rule of the standard explains is refused by name."""
    written = [row["opening_hours"] for row in paris() if row["opening_hours"]]
    refused = []
    for text in written:
        try:
            parse(text)
        except BadHours:
            refused.append(text)
    assert len(written) == 89
    assert refused == [
        "Lu-Sam 10:00-21:00",
        "Lu-Sam 10:00-21:00",
        '08:00-19:30 "fixme:day"',
    ]


def test_the_nearest_stores_come_first_with_their_distance(both_levels, shop):
    Location.objects.filter(code="M01").update(lat=45.76, lon=4.85)
    Location.objects.filter(code="M02").update(lat=48.89, lon=2.33)
    page = text_of(shop.get("/shop/stores/?q=75018"))
    assert page.index("/shop/stores/M02/") < page.index("/shop/stores/M01/")
    assert re.search(r"\d+\xa0m<", page)
    page = text_of(shop.get("/shop/stores/?q=qwxz"))
    assert "We do not know where" in page
    assert "/shop/stores/M01/" in page


def test_the_map_has_the_numbers_of_the_list() -> None:
    """Also on a second page, and beside a store that nobody can place."""
    places = [("A", None), ("B", (45.76, 4.85)), ("C", (48.89, 2.33))]
    assert [each.text for each in chart(places, first=9).marks] == ["10", "11"]


def test_a_second_page_of_stores_goes_on_counting(shared_only, shop, monkeypatch):
    monkeypatch.setattr("webshop.views.stores.A_PAGE", 1)
    Location.objects.filter(code="M02").update(lat=48.89, lon=2.33)
    page = text_of(shop.get("/shop/stores/?page=2"))
    assert 'href="#s2"' in page
    assert 'id="s2"' in page


@pytest.mark.parametrize("query", ["q=%00&open=1", "q=" + "9" * 500, "page=x&q=lyon"])
def test_odd_questions_have_an_answer(both_levels, shop, query):
    assert shop.get(f"/shop/stores/?{query}").status_code == 200


def test_a_store_has_a_page(both_levels, shop):
    page = text_of(shop.get("/shop/stores/M01/"))
    assert "Place M01" in page
    assert "What it has now" in page
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', page)[1])
    assert data["@type"] == "GroceryStore"
    assert data["branchCode"] == "M01"
    assert data["@context"] == "https://schema.org"
    assert shop.get("/shop/stores/W01/").status_code == 404
    assert asked(shop, "/shop/stores/M01/") == {"default": 1, "side": 6}


def test_a_store_has_what_it_can_promise(both_levels, shop):
    def said() -> list[str]:
        feed.refresh()
        page = text_of(shop.get("/shop/stores/M01/"))
        return re.findall(r"<small>(\d) products?</small>", page)

    assert said() == ["3"]
    with channels.use_channel(Channel.POS), channels.atomic():
        place = both_levels.location("M01")
        setting.block(place, both_levels.variants[both_levels.gtins[0]])
    assert said() == ["2"]
    with channels.use_channel(Channel.POS), channels.atomic():
        setting.change(place, buffer=3, by="employee:1 Bob")
    assert said() == []


def test_a_store_says_hours_and_its_phone_as_people_do(shared_only, shop):
    with channels.use_channel(Channel.POS), channels.atomic():
        place = shared_only.location("M01")
        setting.change(place, cut_off=time(17, 30), by="employee:1 Bob")
    Location.objects.filter(code="M01").update(phone="+33199000117")
    page = text_of(shop.get("/shop/stores/M01/"))
    assert "order before 5:30\xa0pm" in page
    assert 'href="tel:+33199000117"' in page
    assert "01\xa099\xa000\xa001\xa017</a>" in page
    page = text_of(shop.get("/shop/stores/M01/", headers={"accept-language": "fr"}))
    assert "commandez avant 17\xa0h\xa030" in page


def test_a_store_tells_the_web_nothing_multichannel(multichannel, shop):
    page = text_of(shop.get("/shop/stores/M01/"))
    assert "What it has now" not in page
    assert "Orders from the site are not collected here." in page
