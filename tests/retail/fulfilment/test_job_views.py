"""A pickup's page: each move works, is refused with a reason, and happens once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from inventory.ids import new_id
from inventory.models import Variant
from inventory.places import Channel
from retail.channels import database_for, use_channel
from retail.fulfilment import pickup
from retail.fulfilment.models import PickupEvent, PickupJob, PickupLine
from retail.fulfilment.states import PICKUP_MOVES
from retail.fulfilment.words import DO, DONE, STATE_WORDS
from retail.orders.models import Order
from tests.builders import (
    a_pickup_order,
    a_ready_pickup,
    code_of,
    job_of,
    paid_at_counter,
    staged,
    stock_of,
)
from tests.builders import (
    bob as bob_does,
)
from tests.levels import SIDES
from tests.retail.fulfilment.working import at, bob, do, job_url, manager, noe, page
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)


def picking(house: House, *lines: tuple[int, int]) -> Order:
    order = a_pickup_order(house, *lines)
    bob_does(pickup.accept, order)
    bob_does(pickup.start_picking, order)
    return order


def bag_of(order: Order) -> list[tuple[int, int, int]]:
    """(position, picked, short) of each line."""
    with use_channel(Channel.POS):
        lines = PickupLine.objects.filter(job_id=job_of(order).id).order_by("position")
        return list(lines.values_list("position", "picked", "short"))


def moves_of(order: Order) -> list[str]:
    with use_channel(Channel.POS):
        events = PickupEvent.objects.filter(job_id=job_of(order).id)
        return list(events.order_by("at").values_list("move", flat=True))


def test_from_accepting_to_handing_over(both_levels: House) -> None:
    order = a_pickup_order(both_levels, (0, 2), (1, 1))
    id = job_of(order).id
    client = bob()
    assert do(client, id, "accept").url == job_url(id)
    assert do(client, id, "start-picking").url == job_url(id)
    done = do(client, id, "stage", line_1="2", line_2="1", shelf="B3")
    assert done.status_code == 302
    assert bag_of(order) == [(1, 2, 0), (2, 1, 0)]
    assert do(client, id, "ready").url == "/pos/store/"
    assert "shelf B3" in page(client.get(job_url(id)))
    do(client, id, "check-in", place="Bay 2")
    paid_at_counter(order)
    code = code_of(order)
    answer = do(client, id, "hand-over", code=f"{code[:3]} {code[3:]}".lower())
    assert answer.url == "/pos/store/"
    assert job_of(order).status == "collected"
    assert stock_of(both_levels, "M01", 0) == (1, 0)
    text = page(client.get(job_url(id)))
    assert "Handed over" in text
    assert "· Bob" in text


def test_the_lines_stand_in_walking_order(both_levels: House) -> None:
    with use_channel(Channel.POS):
        for gtin, aisle in zip(both_levels.gtins, ["A10-1", "A2-4", ""], strict=True):
            Variant.objects.filter(gtin=gtin).update(aisle=aisle)
    order = a_pickup_order(both_levels, (0, 1), (1, 1), (2, 1))
    text = page(bob().get(job_url(job_of(order).id)))
    places = [text.index(f"Article {both_levels.gtins[n]}") for n in (1, 0, 2)]
    assert places == sorted(places)


def test_all_found_in_one_tap(both_levels: House) -> None:
    order = picking(both_levels, (0, 3), (1, 1))
    do(bob(), job_of(order).id, "pick", line_1="0", line_2="0", all="1")
    assert bag_of(order) == [(1, 3, 0), (2, 1, 0)]


def test_what_was_found_is_kept_although_staging_is_refused(both_levels: House) -> None:
    order = picking(both_levels, (0, 3))
    answer = do(bob(), job_of(order).id, "stage", line_1="1", shelf="B3")
    assert answer.status_code == 409
    assert "2 units are neither found nor said to be missing." in page(answer)
    assert 'value="B3"' in page(answer)
    assert bag_of(order) == [(1, 1, 0)]
    assert job_of(order).status == "picking"


def test_quantities_that_cannot_be(
    both_levels: House, subtests: pytest.Subtests
) -> None:
    order = picking(both_levels, (0, 3))
    for typed, status, text in [
        ({"line_1": "4"}, 409, "do not fit the order"),
        ({"line_1": "-1"}, 409, "do not fit the order"),
        ({"line_7": "1"}, 409, "do not fit the order"),
        ({"line_1": "two"}, 422, "a whole number"),
        ({"line_1": "1", "event": "no id"}, 422, "incomplete"),
        ({"line_1": "1", "event": ""}, 422, "incomplete"),
    ]:
        with subtests.test(typed=typed, status=status, text=text):
            answer = do(bob(), job_of(order).id, "pick", **typed)
            assert answer.status_code == status
            assert text in page(answer)
            assert bag_of(order) == [(1, 0, 0)]
            assert "pick" not in moves_of(order)


def test_short_with_a_reason_corrects_the_stock(both_levels: House) -> None:
    order = picking(both_levels, (0, 3))
    id = job_of(order).id
    client = bob()
    none = do(client, id, "short", position="1", units="1", reason="")
    assert (none.status_code, bag_of(order)) == (422, [(1, 0, 0)])
    do(client, id, "short", position="1", units="1", reason="missing")
    assert bag_of(order) == [(1, 0, 1)]
    assert stock_of(both_levels, "M01", 0) == (2, 2)
    text = page(client.get(job_url(id)))
    assert "Items are missing" in text
    assert "Not to be found" in text


def test_a_double_tap_is_one_move(both_levels: House) -> None:
    order = picking(both_levels, (0, 2))
    id = job_of(order).id
    event = str(new_id())
    client = bob()
    first = do(client, id, "stage", event=event, line_1="2", shelf="B3")
    again = do(client, id, "stage", event=event, line_1="2", shelf="B3")
    assert (first.status_code, again.status_code) == (302, 302)
    assert moves_of(order) == ["place", "accept", "start-picking", "pick", "stage"]
    reused = do(client, id, "ready", event=event)
    assert reused.status_code == 409
    assert job_of(order).status == "staged"


def test_an_illegal_move_says_what_can_be_done(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    before = job_of(order).version
    answer = do(bob(), job_of(order).id, "ready")
    assert answer.status_code == 409
    assert "new, not accepted yet" in page(answer)
    assert "What can be done now: Accept, Refuse" in page(answer)
    assert (job_of(order).status, job_of(order).version) == ("placed", before)


def test_a_wrong_code_says_how_many_tries_are_left(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    paid_at_counter(order)
    id = job_of(order).id
    client = bob()
    lefts = []
    for _try in range(pickup.NAME_CHECK_AFTER):
        answer = do(client, id, "hand-over", code="22222222")
        assert answer.status_code == 409
        lefts.append(page(answer))
    assert "4 more tries" in lefts[0]
    assert "One more try" in lefts[3]
    assert "Check a proof of the name" in lefts[4]
    refused = do(client, id, "hand-over", code=code_of(order))
    assert refused.status_code == 409  # also the right one, until the name is checked
    assert job_of(order).status == "ready"
    assert stock_of(both_levels, "M01") == (3, 1)
    seen = {"name_checked": "customer", "reason": "code_refused"}
    done = do(manager(), id, "hand-over", **seen)
    assert (done.status_code, job_of(order).status) == (302, "collected")


def test_a_code_that_comes_too_early_or_was_used(both_levels: House) -> None:
    order = staged(a_pickup_order(both_levels))
    id = job_of(order).id
    client = bob()
    early = do(client, id, "hand-over", code=code_of(order))
    assert early.status_code == 409
    assert "on its shelf, not announced yet" in page(early)
    bob_does(pickup.ready, order)
    paid_at_counter(order)
    assert do(client, id, "hand-over", code=code_of(order)).status_code == 302
    used = do(client, id, "hand-over", code=code_of(order))
    assert used.status_code == 409
    assert "This code was used" in page(used)
    assert moves_of(order).count("hand-over") == 1


def test_what_is_due_is_paid_first(both_levels: House) -> None:
    order = a_ready_pickup(both_levels, (1, 1))
    code = code_of(order)
    answer = do(bob(), job_of(order).id, "hand-over", code=code)
    assert answer.status_code == 409
    assert "€12.00 are still to be paid" in page(answer)
    assert f'href="/pos/#pickup={code}&amp;job={job_of(order).id}"' in page(answer)
    assert job_of(order).status == "ready"
    assert stock_of(both_levels, "M01", 1) == (3, 1)


@pytest.mark.parametrize(
    ("move", "after"), [("reject", "rejected"), ("cancel", "cancelled")]
)
def test_refused_or_cancelled_for_a_reason(
    both_levels: House, move: str, after: str
) -> None:
    order = a_pickup_order(both_levels)
    id = job_of(order).id
    client = bob()
    assert do(client, id, move, reason="because").status_code == 422
    assert job_of(order).status == "placed"
    assert do(client, id, move, reason="out_of_stock").status_code == 302
    assert job_of(order).status == after
    assert stock_of(both_levels, "M01") == (3, 0)
    assert "Out of stock" in page(client.get(job_url(id)))


def test_nobody_came(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    id = job_of(order).id
    do(bob(), id, "expire")
    do(bob(), id, "restock")
    assert job_of(order).status == "restocked"
    assert stock_of(both_levels, "M01") == (3, 0)


def test_the_board_itself_gets_its_lanes_back(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    tapped = {"hx-request": "true", "hx-target": "lanes"}
    client = bob()
    done = do(client, job_of(order).id, "accept", headers=tapped)
    assert done.url == "/pos/store/lanes/"
    late = do(client, job_of(order).id, "accept", headers=tapped)
    assert late.url == "/pos/store/lanes/"
    assert "accepted, not picked yet" in page(client.get("/pos/store/lanes/"))


def test_another_stores_job_is_as_unknown_as_none(both_levels: House) -> None:
    order = a_pickup_order(both_levels)
    id = job_of(order).id
    other = bob("M02")
    assert other.get(job_url(id)).status_code == 404
    assert do(other, id, "accept").status_code == 404
    assert do(bob(), new_id(), "accept").status_code == 404
    assert do(bob(), id, "choose").status_code == 404  # the customer's alone
    assert do(bob(), id, "dance").status_code == 404
    assert job_of(order).status == "placed"


def test_who_may_not_touch_it(both_levels: House) -> None:
    id = job_of(a_pickup_order(both_levels)).id
    assert do(Client(), id, "accept").status_code == 302
    assert do(noe(), id, "accept").url.startswith("/pos/sign-in/")
    assert do(at("W01"), id, "accept").status_code == 403
    assert bob().get(reverse("pos_job_move", args=[id, "accept"])).status_code == 405
    unsafe = Client(enforce_csrf_checks=True)
    unsafe.cookies = bob().cookies
    assert do(unsafe, id, "accept").status_code == 403
    with use_channel(Channel.POS):
        assert PickupJob.objects.get(id=id).status == "placed"
    assert do(manager(), id, "accept").status_code == 302


def test_what_a_job_costs(both_levels: House, django_assert_num_queries: Any) -> None:
    """Whatever the number of lines."""
    order = picking(both_levels, (0, 1), (1, 1), (2, 1))
    client, url = bob(), job_url(job_of(order).id)
    # location, job, lines, products, events, what the customer asked
    with django_assert_num_queries(6, using=database_for(Channel.POS)):
        client.get(url)


def test_every_move_and_state_has_its_words() -> None:
    assert DO.keys() >= PICKUP_MOVES.keys()
    assert DONE.keys() >= PICKUP_MOVES.keys() | {"place", "pay"}
    states = {move.target for move in PICKUP_MOVES.values()} | {"placed"}
    assert STATE_WORDS.keys() >= states


def test_signs_that_no_database_keeps(both_levels: House) -> None:
    job = job_of(picking(both_levels, (0, 1))).id
    assert do(bob(), job, "stage", shelf="\x00", all="1").status_code == 422
    assert do(bob(), job, "stage", shelf="A\x001", line_1="1").status_code == 302
    with use_channel(Channel.POS):
        assert PickupJob.objects.get(id=job).shelf == "A 1"
