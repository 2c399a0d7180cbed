"""What a picker does about an article that is not there, and the transfers' page."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from inventory.ids import new_id
from inventory.models import Transfer
from inventory.places import Channel
from retail.channels import database_for, use_channel
from retail.fulfilment import pickup
from retail.fulfilment.models import PickupOffer
from retail.orders.models import Order
from tests.builders import a_pickup_order, carry, job_of, promise_of, stock_of
from tests.builders import bob as bob_does
from tests.levels import SIDES
from tests.retail.fulfilment.working import bob, do, job_url, page
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)

TRANSFERS = "/pos/store/transfers/"


def picking(house: House) -> Order:
    order = a_pickup_order(house, (0, 2), (1, 1))
    bob_does(pickup.accept, order)
    bob_does(pickup.start_picking, order)
    return order


def missing_url(order: Order, position: int = 1) -> str:
    return reverse("pos_missing", args=[job_of(order).id, position])


def transfer_of(order: Order) -> Transfer:
    with use_channel(Channel.POS):
        return Transfer.objects.get(reference=str(job_of(order).id))


def act(store: str, order: Order, name: str, **typed: str) -> Any:
    url = reverse("pos_transfer_move", args=[transfer_of(order).id, name])
    answer = bob(store).post(url, {"event": str(new_id()), **typed}, follow=True)
    carry()
    return answer


def waiting(house: House) -> Order:
    order = picking(house)
    answer = do(
        bob(),
        job_of(order).id,
        "await-transfer",
        position="1",
        units="2",
        reason="missing",
        source="M02",
    )
    assert answer.status_code == 302
    carry()
    return order


def test_what_is_free_here_and_elsewhere(both_levels: House) -> None:
    order = picking(both_levels)
    text = page(bob().get(missing_url(order)))
    assert f'value="{both_levels.gtins[2]}"' in text
    # what is ordered already is not offered
    assert f'value="{both_levels.gtins[1]}"' not in text
    assert 'value="M02"' in text
    assert 'value="W01"' not in text
    found = page(bob().get(missing_url(order), {"q": both_levels.gtins[2]}))
    assert " checked" in found
    assert "Nothing of that name" in page(bob().get(missing_url(order), {"q": "zzz"}))


def test_something_else_is_offered(both_levels: House) -> None:
    order = picking(both_levels)
    answer = do(
        bob(),
        job_of(order).id,
        "short",
        position="1",
        units="1",
        reason="damaged",
        instead=both_levels.gtins[2],
        next="pick",
    )
    assert answer.headers["Location"] == "/pos/store/pick/"
    with use_channel(Channel.POS):
        offer = PickupOffer.objects.get()
    assert (offer.gtin, offer.quantity) == (both_levels.gtins[2], 1)
    assert stock_of(both_levels, "M01", 2) == (3, 1)
    assert "Offered instead: 1" in page(bob().get(job_url(job_of(order).id)))


@pytest.mark.parametrize("typed", [{"instead": "123"}, {"instead": "3229820129488"}])
def test_what_cannot_be_offered(both_levels: House, typed: dict[str, str]) -> None:
    order = picking(both_levels)
    answer = do(
        bob(),
        job_of(order).id,
        "short",
        position="1",
        units="1",
        reason="damaged",
        **typed,
    )
    assert answer.status_code in {409, 422}
    assert job_of(order).status == "picking"


def test_another_store_sends_it(both_levels: House) -> None:
    order = waiting(both_levels)
    assert "Missing items come from another store." in page(bob().get("/pos/store/"))
    assert "1 transfer to send" in page(bob("M02").get("/pos/store/"))
    assert order.number in page(bob("M02").get(TRANSFERS))
    act("M02", order, "send")
    assert "1 transfer to receive" in page(bob().get("/pos/store/"))
    act("M01", order, "receive")
    assert job_of(order).status == "accepted"
    assert stock_of(both_levels, "M01") == (3, 2)


def test_it_is_here_says_the_order(both_levels: House) -> None:
    order = waiting(both_levels)
    early = do(bob(), job_of(order).id, "transfer-arrived")
    assert early.status_code == 409
    assert "has not sent it yet" in page(early)
    act("M02", order, "send")
    assert do(bob(), job_of(order).id, "transfer-arrived").status_code == 302
    assert job_of(order).status == "accepted"


def test_the_other_store_cannot(both_levels: House) -> None:
    order = waiting(both_levels)
    assert "Say why" in page(act("M02", order, "fail"))
    act("M02", order, "fail", reason="missing")
    assert promise_of(order).status == "customer_choice"
    assert "The other store cannot send it" in page(
        bob().get(job_url(job_of(order).id))
    )
    assert "Somebody was faster" in page(act("M02", order, "send"))


def test_each_store_does_its_own_part(both_levels: House) -> None:
    order = waiting(both_levels)
    for store, name in (("M01", "send"), ("M02", "receive"), ("M02", "eat")):
        assert act(store, order, name).status_code == 404
    assert transfer_of(order).status == "asked"


def test_sent_twice_leaves_once(both_levels: House) -> None:
    order = waiting(both_levels)
    act("M02", order, "send")
    act("M02", order, "send")
    assert stock_of(both_levels, "M02") == (1, 0)


def test_what_the_pages_cost(
    both_levels: House, django_assert_num_queries: Any
) -> None:
    order = waiting(both_levels)
    other = picking_one(both_levels)
    client = bob("M02")
    alias = database_for(Channel.POS)
    # location, transfers, lines with articles, order numbers
    with django_assert_num_queries(4, using=alias):
        client.get(TRANSFERS)
    client = bob()
    # location, job and place, line, article, goods and levels here, ordered, two of
    # the other stores
    with django_assert_num_queries(10, using=alias):
        client.get(missing_url(other))
    assert order.id != other.id


def picking_one(house: House) -> Order:
    order = a_pickup_order(house, (1, 1))
    bob_does(pickup.accept, order)
    bob_does(pickup.start_picking, order)
    return order
