"""A shelf is counted blind and a delivery taken in, scan by scan; the books follow once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inventory import counting, stock
from inventory.ids import new_id
from inventory.models import Count, CountKind, CountLine, StockMovement
from inventory.places import Channel
from retail.channels import atomic, use_channel
from tests.builders import a_location, a_pickup_order, in_store, stock_of
from tests.levels import SIDES
from tests.retail.fulfilment.working import bob, manager, noe, page
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)

COUNTS = "/pos/store/stock/counts/"


def begun(client: Client, kind: str = "shelf", at: str = COUNTS) -> str:
    body = {"event": str(new_id()), "kind": kind, "label": "Gondole 3"}
    answer = client.post(f"{at}begin/", body)
    assert answer.status_code == 302
    return str(answer["Location"])


def scan(
    client: Client, count: str, gtin: str, units: int = 1, what: str = "scan"
) -> str:
    body = {"event": str(new_id()), "code": gtin, "units": units}
    return page(client.post(f"{count}{what}/", body, follow=True))


def test_a_shelf_is_counted_blind_and_corrected_once(both_levels: House) -> None:
    """Three are in the books, two are counted; one that was sold meanwhile is no loss."""
    bobs, paul = bob(), manager()
    count = begun(bobs)
    gtin, other = both_levels.gtins[:2]
    scan(bobs, count, gtin)
    again = {"event": str(new_id()), "code": gtin, "units": 1}
    for _ in "12":  # sent twice, added once
        text = page(bobs.post(f"{count}scan/", again, follow=True))
    assert "in the books" not in text
    scan(bobs, count, other, 9)
    scan(bobs, count, other, 4, "put")
    variant = both_levels.variants[gtin]
    with in_store():
        stock.sell_at_till(
            a_location("M01"), {variant: 1}, reference=str(new_id()), by="test"
        )
    assert bobs.post(f"{count}settle/").status_code == 403

    text = page(paul.post(f"{count}settle/", follow=True))

    assert "2 counted, 3 in the books" in text
    assert stock_of(both_levels, "M01", 0) == (1, 0)
    assert stock_of(both_levels, "M01", 1) == (4, 0)
    with use_channel(Channel.POS):
        kinds = StockMovement.objects.filter(kind="adjust:counted")
        assert sorted(kinds.values_list("quantity", flat=True)) == [-1, 1]
    assert "settled already" in scan(bobs, count, gtin)
    assert "settled already" in page(paul.post(f"{count}settle/", follow=True))
    assert stock_of(both_levels, "M01", 0) == (1, 0)


def test_an_article_is_on_one_open_list_and_a_list_may_be_given_up(
    apart: House,
) -> None:
    """The books know the house and no shelves: two lists would correct it twice."""
    bobs, paul = bob(), manager()
    one, two, taken_in = begun(bobs), begun(paul), begun(bobs, "delivery")
    scan(bobs, one, apart.gtins[0], 2)
    assert "Gondole 3" in scan(bobs, two, apart.gtins[0])
    scan(bobs, taken_in, apart.gtins[0])
    with use_channel(Channel.POS):
        assert CountLine.objects.count() == 2
    assert bobs.post(f"{two}give-up/").status_code == 403

    assert "stay as they are" in page(bobs.post(f"{one}give-up/", follow=True))

    assert "settled already" in page(paul.post(f"{one}settle/", follow=True))
    assert "in the books" not in page(bobs.get(one))
    assert "alert" not in scan(bobs, two, apart.gtins[0])
    assert stock_of(apart, "M01", 0) == (3, 0)


def test_a_delivery_comes_in(apart: House) -> None:
    paul = manager()
    count = begun(paul, "delivery")
    scan(paul, count, apart.gtins[0], 12)
    paul.post(f"{count}settle/")
    assert stock_of(apart, "M01", 0) == (15, 0)
    side = connections["pos"]
    with CaptureQueriesContext(side) as shown:
        text = page(paul.get(count))
    assert len(shown) == 3
    assert "12 units received" in text
    low = page(paul.get("/pos/store/stock/low/"))
    assert "Nothing runs low" in low


def test_what_is_held_for_customers_is_not_counted_away(apart: House) -> None:
    a_pickup_order(apart, (0, 3))
    with in_store():
        count = counting.open_count(
            a_location("M01"), id=new_id(), kind=CountKind.SHELF, label="x", by="test"
        )
        counting.put(count, apart.variants[apart.gtins[0]], 1)
    text = page(manager().post(f"{COUNTS}{count.id}/settle/", follow=True))
    assert "held for customers" in text
    with use_channel(Channel.POS):
        assert Count.objects.get().settled_at is None
    assert stock_of(apart, "M01", 0) == (3, 3)


def test_another_place_s_list_and_strange_entries(apart: House) -> None:
    count = begun(noe(), at="/warehouse/stock/counts/").replace(
        "/warehouse/", "/pos/store/"
    )
    assert bob().get(count).status_code == 404
    mine, bobs = begun(bob()), bob()
    for wrong in ({"code": "nothing"}, {"code": "96385074"}):
        assert "alert" in page(bobs.post(f"{mine}scan/", wrong, follow=True))
    for units in ("0", "-1", "10000", "x"):
        scan(bobs, mine, apart.gtins[0], units)  # type: ignore[arg-type]
    assert bobs.post(f"{COUNTS}begin/", {"kind": "shelf"}).status_code == 302
    with use_channel(Channel.POS), atomic():
        assert list(Count.objects.values_list("lines", flat=True)) == [None]


def test_what_left_the_shelf_of_late_and_is_nearly_gone(apart: House) -> None:
    low: Any = "/pos/store/stock/low/"
    with in_store():
        stock.sell_at_till(
            a_location("M01"),
            {apart.variants[apart.gtins[0]]: 2},
            reference=str(new_id()),
            by="test",
        )
    text = page(bob().get(low))
    assert "2 units went out in 14 days" in text
