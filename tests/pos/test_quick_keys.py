"""Quick keys: a store's own pages of tiles, and who may arrange them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inventory.places import Channel
from pos import quick_keys
from pos.models import QuickKeys
from pos.quick_keys import NoSuchKey, Page, TooManyKeys
from retail import channels
from tests.levels import SIDES
from tests.pos.counter import at_till
from tests.retail.fulfilment.working import bob, manager, page
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)

KEYS = "/pos/store/keys/"
FRUIT, BREAD = Page("Fruit", "ok", ("1", "2", "3")), Page("Bread")


def asked(client: Client, what: str, **typed: Any) -> Any:
    return client.post(f"{KEYS}{what}/", typed)


def arranged(house: House, code: str = "M01") -> tuple[Page, ...]:
    with channels.use_channel(Channel.POS):
        return quick_keys.at(house.location(code))


def test_keys_and_pages_change_places() -> None:
    two = (FRUIT, BREAD)
    assert quick_keys.move(two, "Fruit", "3", -1)[0].gtins == ("1", "3", "2")
    assert quick_keys.move(two, "Fruit", "3", 1) == two
    assert quick_keys.move(two, "Fruit", "1", -1) == two
    assert quick_keys.move_page(two, "Bread", -1) == (BREAD, FRUIT)
    assert quick_keys.put(two, "Bread", "9")[1].gtins == ("9",)
    assert quick_keys.put(two, "Fruit", "1") == two
    assert quick_keys.drop(two, "Fruit", "2")[0].gtins == ("1", "3")
    assert quick_keys.rename(two, "Bread", "Pain", "warn")[1] == Page("Pain", "warn")
    assert quick_keys.drop_page(two, "Fruit") == (BREAD,)


def test_what_is_not_there_any_more() -> None:
    for act in (
        lambda: quick_keys.move((BREAD,), "Bread", "1", 1),
        lambda: quick_keys.put((BREAD,), "Fruit", "1"),
        lambda: quick_keys.add((BREAD,), "Bread", ""),
        lambda: quick_keys.rename((FRUIT, BREAD), "Fruit", "Bread", ""),
    ):
        with pytest.raises(NoSuchKey):
            act()
    many = tuple(Page(str(n)) for n in range(8))
    with pytest.raises(TooManyKeys):
        quick_keys.add(many, "another", "")
    with pytest.raises(TooManyKeys):
        quick_keys.put((Page("F", "", ("1",) * 40),), "F", "2")


def test_the_manager_arranges_and_the_till_shows(both_levels: House) -> None:
    first, second, _third = both_levels.gtins
    ada = manager()
    asked(ada, "add", new=" Petit-déj ", tone="ok")
    asked(ada, "put", page="Petit-déj", gtin=first)
    asked(ada, "put", page="Petit-déj", gtin=second)
    asked(ada, "move", page="Petit-déj", gtin=second, by="-1")
    assert arranged(both_levels) == (Page("Petit-déj", "ok", (second, first)),)
    assert arranged(both_levels, "M02") == ()
    (shown,) = at_till(both_levels).get("bootstrap").json()["pages"]
    assert (shown["name"], shown["tone"]) == ("Petit-déj", "ok")
    assert [each["gtin"] for each in shown["tiles"]] == [second, first]
    text = page(ada.get(KEYS, {"q": first}))
    assert "Petit-déj" in text


def test_a_running_till_is_told_of_other_keys(both_levels: House) -> None:
    first, *_ = both_levels.gtins
    counter, ada = at_till(both_levels), manager()
    keys = counter.get("bootstrap").json()["keys"]
    assert "pages" not in counter.get("offers", keys=keys).json()
    asked(ada, "add", new="Bread")
    asked(ada, "put", page="Bread", gtin=first)
    told = counter.get("offers", keys=keys).json()
    assert [each["gtin"] for each in told["pages"][0]["tiles"]] == [first]
    assert "pages" not in counter.get("offers", keys=told["keys"]).json()


@pytest.mark.parametrize(
    ("what", "typed"),
    [
        ("add", {"new": " "}),
        ("add", {"new": "Fruit"}),
        ("put", {"page": "Fruit", "gtin": "3017620422004"}),
        ("put", {"page": "Fruit", "gtin": "96385074"}),
        ("move", {"page": "Gone", "gtin": "1", "by": "1"}),
    ],
)
def test_what_is_refused_changes_nothing(
    apart: House, what: str, typed: dict[str, str]
) -> None:
    ada = manager()
    asked(ada, "add", new="Fruit")
    before = arranged(apart)
    assert asked(ada, what, **typed).status_code == 302
    assert arranged(apart) == before


def test_others_look_only(apart: House) -> None:
    assert "Only a manager" in page(bob().get(KEYS))
    assert asked(bob(), "add", new="Fruit").status_code == 403
    assert asked(manager(), "mend").status_code == 404
    assert Client().get(KEYS).status_code == 302
    with channels.use_channel(Channel.POS):
        assert not QuickKeys.objects.exists()


def test_its_queries(apart: House) -> None:
    ada = manager()
    asked(ada, "add", new="Fruit")
    for gtin in apart.gtins:
        asked(ada, "put", page="Fruit", gtin=gtin)
    with CaptureQueriesContext(connections["pos"]) as side:
        ada.get(KEYS)
    for each in side:
        print(each["sql"][:200])
    assert len(side) == 4
