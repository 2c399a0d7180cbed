"""A parcel's page in the warehouse."""

from __future__ import annotations

import pytest
from django.urls import reverse

from inventory.ids import new_id
from retail.fulfilment.states import SHIP_MOVES
from retail.fulfilment.words import DO, DONE, STATE_WORDS
from tests.builders import a_parcel_order, a_pickup_order, job_of, parcel_of, stock_of
from tests.levels import SIDES
from tests.retail.fulfilment.working import WAREHOUSE, bob, do, job_url, noe, page
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)


def test_from_the_shelf_to_the_door(both_levels: House) -> None:
    order = a_parcel_order(both_levels, (0, 2), (1, 1))
    id = parcel_of(order).id
    client = noe()
    do(client, id, "start-picking", mount=WAREHOUSE)
    short = do(client, id, "pack", mount=WAREHOUSE, line_1="2", line_2="0")
    assert short.status_code == 409
    assert "1 unit is neither found nor said to be missing." in page(short)
    do(client, id, "pack", mount=WAREHOUSE, line_1="2", line_2="1")
    slip = page(client.get(reverse("warehouse_slip", args=[id])))
    assert "3 rue des Capucins" in slip
    assert both_levels.gtins[0] in slip
    event = str(new_id())
    for _tap in range(2):
        done = do(client, id, "ship", mount=WAREHOUSE, event=event, tracking=" 6A123 ")
        assert done.url == "/warehouse/"
    assert stock_of(both_levels, "W01", 0) == (8, 0)
    text = page(client.get(job_url(id, WAREHOUSE)))
    assert "6A123" in text
    do(client, id, "deliver", mount=WAREHOUSE)
    assert parcel_of(order).status == "delivered"


def test_a_cancelled_parcel_goes_back(both_levels: House) -> None:
    order = a_parcel_order(both_levels)
    client = noe()
    do(client, parcel_of(order).id, "cancel", mount=WAREHOUSE, reason="mistake")
    assert parcel_of(order).status == "cancelled"
    assert stock_of(both_levels, "W01", 0) == (10, 0)
    late = do(client, parcel_of(order).id, "ship", mount=WAREHOUSE)
    assert late.status_code == 409
    assert "nothing is left to do" in page(late)


def test_whose_it_is(both_levels: House) -> None:
    parcel = parcel_of(a_parcel_order(both_levels)).id
    assert do(noe(), parcel, "accept", mount=WAREHOUSE).status_code == 404
    assert do(noe(), parcel, "dance", mount=WAREHOUSE).status_code == 404
    assert bob().get(job_url(parcel)).status_code == 404
    assert do(bob(), parcel, "start-picking", mount=WAREHOUSE).status_code == 302
    assert do(bob(), parcel, "start-picking", mount=WAREHOUSE).url.startswith(
        "/warehouse/sign-in/"
    )
    pickup = job_of(a_pickup_order(both_levels)).id
    assert noe().get(job_url(pickup, WAREHOUSE)).status_code == 404
    assert noe().get(reverse("warehouse_slip", args=[pickup])).status_code == 404


def test_every_move_and_state_has_its_words() -> None:
    assert DO.keys() >= SHIP_MOVES.keys()
    assert DONE.keys() >= SHIP_MOVES.keys()
    states = {move.target for move in SHIP_MOVES.values()} | {"placed"}
    assert STATE_WORDS.keys() >= states
