"""The stock page: the arithmetic, the other places, receiving and correcting."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from inventory.ids import new_id
from inventory.models import StockMovement, Variant
from inventory.places import Channel
from retail.channels import database_for, use_channel
from tests.builders import a_pickup_order, stock_of
from tests.levels import SIDES
from tests.retail.fulfilment.working import bob, manager, noe, page
from tests.retail.orders.house import House, open_house

pytestmark = pytest.mark.django_db(databases=SIDES)

STOCK = "/pos/store/stock/"


def correct(client: Client, gtin: str, act: str, **typed: Any) -> Any:
    typed = {"event": str(new_id()), **typed}
    return client.post(reverse("pos_stock_move", args=[gtin, act]), typed)


def sums(text: str) -> list[str]:
    """The figures of each sum on the page."""
    found = []
    for part in text.split('<p class="arith">')[1:]:
        part = part.split("</p>")[0]
        found.append("-".join(each.split("</b>")[0] for each in part.split("<b>")[1:]))
    return found


def test_the_arithmetic_of_a_product(both_levels: House) -> None:
    a_pickup_order(both_levels, (0, 2))
    gtin = both_levels.gtins[0]
    text = page(bob().get(STOCK, {"q": gtin}))
    assert sums(text)[0] == "3-2-0-1"
    assert "Place M02" in text
    assert page(bob().get(STOCK, {"q": "nowhere"})).count("Nothing found") == 1
    many = page(bob().get(STOCK, {"q": "3"}))
    assert sums(many)[0] == "3-2-0-1"
    assert bob().get(STOCK, {"gtin": "0"}).status_code == 404


def test_apart_a_store_sees_no_warehouse_and_the_page_says_why(apart: House) -> None:
    text = page(bob().get(STOCK, {"q": apart.gtins[0]}))
    assert "Place W01" not in text
    assert "Why do I not see the web’s warehouse?" in text
    other = page(noe().get("/warehouse/stock/", {"q": apart.gtins[0]}))
    assert "Place M01" not in other
    assert "Why do I not see the stores’ shelves?" in other


def test_on_one_database_everybody_sees_every_place(shared_only: House) -> None:
    text = page(bob().get(STOCK, {"q": shared_only.gtins[0]}))
    assert "Place W01" in text
    assert "Why do I" not in text


def test_goods_come_in_once(both_levels: House) -> None:
    gtin = both_levels.gtins[0]
    client = manager()
    event = str(new_id())
    for _tap in range(2):
        done = correct(client, gtin, "receive", units="5", event=event)
        assert done.url == f"{STOCK}?gtin={gtin}"
    assert stock_of(both_levels, "M01") == (8, 0)
    text = page(client.get(done.url))
    assert "+5" in text
    assert "Ada" in text


def test_the_books_are_put_right_for_a_reason(both_levels: House) -> None:
    gtin = both_levels.gtins[0]
    correct(manager(), gtin, "adjust", units="-2", reason="damaged")
    assert stock_of(both_levels, "M01") == (1, 0)
    with use_channel(Channel.POS):
        last = StockMovement.objects.filter(variant__gtin=gtin).latest("id")
        assert StockMovement.objects.filter(kind="adjust:damaged").count() == 1
    assert last is not None


def test_what_is_refused_moves_nothing(
    both_levels: House, subtests: pytest.Subtests
) -> None:
    a_pickup_order(both_levels, (0, 2))
    for act, typed, status in [
        ("receive", {"units": "0"}, 422),
        ("receive", {"units": "-1"}, 422),
        ("receive", {"units": "many"}, 422),
        ("receive", {"units": "10000"}, 422),
        ("receive", {"units": "1", "event": "x"}, 422),
        ("adjust", {"units": "-1", "reason": ""}, 422),
        ("adjust", {"units": "-1", "reason": "mood"}, 422),
        ("adjust", {"units": "-2", "reason": "missing"}, 409),
        ("burn", {"units": "1"}, 404),
    ]:
        with subtests.test(act=act, typed=typed, status=status):
            answer = correct(manager(), both_levels.gtins[0], act, **typed)
            assert answer.status_code == status
            assert stock_of(both_levels, "M01") == (3, 2)


def test_only_the_manager_corrects(both_levels: House) -> None:
    gtin = both_levels.gtins[0]
    assert "manager’s" in page(bob().get(STOCK, {"q": gtin}))
    assert correct(bob(), gtin, "receive", units="1").status_code == 403
    assert correct(Client(), gtin, "receive", units="1").status_code == 302
    assert stock_of(both_levels, "M01") == (3, 0)
    correct(manager("M02"), gtin, "receive", units="1")
    assert stock_of(both_levels, "M01") == (3, 0)


def test_the_warehouse_receives(both_levels: House) -> None:
    url = reverse("warehouse_stock_move", args=[both_levels.gtins[0], "receive"])
    noe().post(url, {"event": str(new_id()), "units": "4"})
    assert stock_of(both_levels, "W01") == (14, 0)


def test_what_it_costs(both_levels: House, django_assert_num_queries: Any) -> None:
    client = bob()
    alias = database_for(Channel.POS)
    with django_assert_num_queries(3, using=alias):  # location, variants, levels
        client.get(STOCK, {"q": "3"})
    # location, variant, sum, levels, their places, movements
    with django_assert_num_queries(6, using=alias):
        client.get(STOCK, {"gtin": both_levels.gtins[0]})


def test_at_multichannel_too(db: None) -> None:
    house = open_house("multichannel")
    assert sums(page(bob().get(STOCK, {"q": house.gtins[0]})))[0] == "3-0-0-3"


def test_signs_that_no_database_keeps(apart: House) -> None:
    client = bob()
    assert client.get(STOCK, {"q": "\x00rice\x00"}).status_code == 200
    assert client.get(STOCK, {"gtin": "\x00"}).status_code in {200, 404}
    assert correct(manager(), "\x00", "receive", units="1").status_code == 404


def test_what_is_weighed_is_received_in_kilos(apart: House) -> None:
    gtin = apart.gtins[0]
    with use_channel(Channel.POS):
        Variant.objects.filter(gtin=gtin).update(unit="gram")
    correct(manager(), gtin, "receive", units="12,5")
    correct(manager(), gtin, "adjust", units="−0.503", reason="damaged")
    assert stock_of(apart, "M01")[0] == 3 + 12_500 - 503
    text = page(bob().get(STOCK, {"gtin": gtin}))
    assert sums(text)[0].replace("\xa0", "") == "12kg-0kg-0kg-12kg"
    for units in ("", "1.2345", "1000", "0"):
        assert correct(manager(), gtin, "receive", units=units).status_code == 422
