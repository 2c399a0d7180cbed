"""The board as those at work see it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from inventory.models import Location
from inventory.places import Channel
from retail.channels import database_for, use_channel
from retail.formatting import hour
from retail.fulfilment import pickup
from retail.staff.models import Account, Role
from tests.builders import (
    a_parcel_order,
    a_pickup_order,
    a_ready_pickup,
    code_of,
    job_of,
)
from tests.builders import (
    bob as bob_does,
)
from tests.levels import SIDES
from tests.retail.fulfilment.working import at, bob, noe, page
from tests.retail.orders.house import House, open_house
from tests.signing_in import sign_in_customer

pytestmark = pytest.mark.django_db(databases=SIDES)

BOARD = "/pos/store/"
LANES = "/pos/store/lanes/"
CODE = "/pos/store/code/"


def test_the_store_sees_its_orders(both_levels: House) -> None:
    new = a_pickup_order(both_levels, (0, 1), (1, 1))
    waiting = a_ready_pickup(both_levels)
    bob_does(pickup.check_in, waiting, place="Bay 2")
    text = page(bob().get(BOARD))
    arrivals, lanes = text.split('<div class="board">')
    assert waiting.number in arrivals
    assert "Bay 2" in arrivals
    assert "€3.40 to pay" in arrivals
    assert new.number in lanes
    assert "2 items · €15.40 to pay" in lanes
    assert waiting.number not in lanes
    assert "1 customer is here" in text


def test_one_action_for_each_card(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    client = bob()
    move = reverse("pos_job_move", args=[job_of(order).id, "accept"])
    assert page(client.get(BOARD)).count(move) == 2  # for the script, and without it
    bob_does(pickup.accept, order)
    text = page(client.get(BOARD))
    assert move not in text
    assert reverse("pos_job_move", args=[job_of(order).id, "start-picking"]) in text
    assert "reject" not in text


def test_its_times_are_those_of_the_place(shared_only: House) -> None:
    job = job_of(a_pickup_order(shared_only))
    client = bob()
    with use_channel(Channel.POS):
        Location.objects.filter(code="M01").update(timezone="Indian/Reunion")
    told = page(client.get(LANES))
    with override("en"), timezone.override("Indian/Reunion"):
        assert hour(job.ready_by) in told
    with override("en"):
        assert hour(job.ready_by) not in told


def test_another_stores_orders_are_not_on_it(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    text = page(bob("M02").get(BOARD))
    assert order.number not in text
    assert "Nothing to prepare" in text


def test_the_lanes_are_sent_only_when_something_moved(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    client = bob()
    first = client.get(LANES)
    assert order.number in page(first)
    assert "<html" not in page(first)
    known = {"if-none-match": first["ETag"]}
    again = client.get(LANES, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    bob_does(pickup.accept, order)
    moved = client.get(LANES, headers=known)
    assert moved.status_code == 200
    assert moved["ETag"] != first["ETag"]
    french = client.get(LANES, headers={**known, "accept-language": "fr"})
    assert french.status_code == 200


def test_what_the_board_costs(
    both_levels: House, django_assert_num_queries: object
) -> None:
    """Whatever the number of orders."""
    alias = database_for(Channel.POS)
    client = bob()
    for _each in range(3):
        a_pickup_order(both_levels)
    # location, stamp, jobs, lines, transfers, today
    with django_assert_num_queries(7, using=alias):  # type: ignore[operator]
        answer = client.get(BOARD)
    etag = client.get(LANES)["ETag"]
    # location, stamp
    with django_assert_num_queries(2, using=alias):  # type: ignore[operator]
        client.get(LANES, headers={"if-none-match": etag})
    # the dial, session, employee, device
    with django_assert_num_queries(4, using="default"):  # type: ignore[operator]
        client.get(LANES, headers={"if-none-match": etag})
    assert answer.status_code == 200


def test_the_warehouse_sees_its_parcels(both_levels: House) -> None:
    order = a_parcel_order(both_levels)
    text = page(noe().get("/warehouse/"))
    assert order.number in text
    assert "Start picking" in text
    assert "Pickup code" not in text
    assert noe().get("/warehouse/lanes/").status_code == 200


def test_at_multichannel_the_board_says_why_it_is_empty(db: None) -> None:
    open_house("multichannel")
    text = page(bob().get(BOARD))
    assert "no order comes in" in text
    assert "Why can nobody collect a web order in this store?" in text


def test_the_code_opens_the_order(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    code = code_of(order)
    answer = bob().post(CODE, {"code": f" {code[:4].lower()}-{code[4:]}"})
    assert answer.status_code == 200
    assert order.number in page(answer)
    assert f'value="{code[:4].lower()}-{code[4:]}"' in page(answer)


def test_another_stores_code_is_as_unknown_as_an_invented_one(
    both_levels: House,
) -> None:
    order = a_ready_pickup(both_levels)
    for client, code in [(bob("M02"), code_of(order)), (bob(), "22222222")]:
        answer = client.post(CODE, {"code": code})
        assert answer.status_code == 404
        assert "one store it was made for" in page(answer)
        assert order.number not in page(answer) or code == "22222222"


@pytest.mark.parametrize("path", [BOARD, LANES, "/pos/store/stock/", "/warehouse/"])
def test_who_may_not_see_it(both_levels: House, path: str) -> None:
    assert Client().get(path).status_code == 302
    customer = Client()
    account = Account.objects.create_customer(email="charlie@example.org")
    sign_in_customer(customer, account)
    assert customer.get(path).status_code == 302
    if path.startswith("/pos"):
        assert noe().get(path).status_code == 302  # another surface's session
        stray = at("M01", name="Noé", role=Role.WAREHOUSE)
        assert stray.get(path).status_code == 403
        # a device of the warehouse is no store
        assert at("W01").get(path).status_code == 403
    else:
        cashier = at("W01", surface="warehouse")
        assert cashier.get(path).status_code == 403
        lost = at("M01", role=Role.MANAGER, surface="warehouse")
        assert lost.get(path).status_code == 403
