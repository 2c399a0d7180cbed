"""Several orders on one walk: begun once, one list, the scanner says the tote."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from inventory.ids import new_id
from inventory.places import Channel
from retail.channels import database_for, use_channel
from retail.fulfilment import batch, pickup
from retail.fulfilment.models import PickupEvent, PickupLine
from retail.orders.models import Order
from tests.builders import BOB, a_location, a_pickup_order, job_of, stock_of
from tests.builders import bob as bob_does
from tests.levels import SIDES
from tests.retail.fulfilment.working import at, bob, do, manager, page
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)

PICK = "/pos/store/pick/"


def begin(client: Client, count: int = 3, event: Any = None) -> Any:
    given = {"count": count, "event": str(event or new_id())}
    return client.post(reverse("pos_pick_next"), given, follow=True)


def scan(client: Client, text: str, **headers: str) -> Any:
    given = {"scan": text, "event": str(new_id())}
    return client.post(reverse("pos_pick_scan"), given, follow=True, headers=headers)


def picked(order: Order) -> list[int]:
    with use_channel(Channel.POS):
        lines = PickupLine.objects.filter(job_id=job_of(order).id)
        return list(lines.order_by("position").values_list("picked", flat=True))


def letters(*orders: Order) -> list[str]:
    with use_channel(Channel.POS):
        told = dict(
            PickupEvent.objects.filter(move="start-picking").values_list(
                "job__order_id", "data"
            )
        )
    return [told[order.id].get("tote", "") for order in orders]


def test_the_next_orders_are_begun_the_most_urgent_first(both_levels: House) -> None:
    orders = [a_pickup_order(both_levels) for _each in range(3)]
    bob_does(pickup.accept, orders[1])
    text = page(begin(bob(), 2))
    assert "Walk for 2 orders" in text
    assert letters(*orders[:2]) == ["A", "B"]
    assert job_of(orders[0]).picker.endswith("Bob")
    assert job_of(orders[2]).status == "placed"


def test_a_double_tap_begins_no_more(both_levels: House) -> None:
    orders = [a_pickup_order(both_levels) for _each in range(3)]
    client, event = bob(), new_id()
    begin(client, 2, event)
    begin(client, 2, event)
    assert [job_of(order).status for order in orders].count("picking") == 2


def test_two_people_never_get_the_same_order(both_levels: House) -> None:
    """Both saw the same waiting orders: the status decides, the second passes over."""
    first, second = (a_pickup_order(both_levels) for _each in range(2))
    with use_channel(Channel.POS):
        seen = job_of(first)
        batch.take(a_location(), 1, by=BOB, event_id=new_id())
        with pytest.raises(pickup.IllegalMove):
            batch._begin(seen, "A", by="ada", event_id=new_id(), at=seen.placed_at)
        (taken,) = batch.take(a_location(), 3, by="ada", event_id=new_id())
    assert taken.order_id == second.id
    assert job_of(first).picker == BOB


def test_one_list_for_all_and_the_scanner_says_the_tote(both_levels: House) -> None:
    first = a_pickup_order(both_levels, (0, 1), (1, 1))
    second = a_pickup_order(both_levels, (0, 1))
    client = bob()
    begin(client)
    gtin = both_levels.gtins[0]
    text = page(scan(client, gtin))
    assert '<span class="letter">A</span>' in text
    assert "This tote has enough of it." in text
    text = page(scan(client, f"https://id.example/01/0{gtin}?10=L"))
    assert '<span class="letter">B</span>' in text
    assert (picked(first), picked(second)) == ([1, 0], [1])
    refused = page(scan(client, gtin))
    assert "There are enough of" in refused
    assert (picked(first), picked(second)) == ([1, 0], [1])


def test_a_wrong_article_is_refused(both_levels: House) -> None:
    order = a_pickup_order(both_levels, (0, 1))
    client = bob()
    begin(client)
    for text in (both_levels.gtins[2], "no barcode", ""):
        answer = scan(client, text, x_piece="1")
        assert 'data-tone="bad"' in page(answer)
        assert "Put it back" in page(answer)
        assert "<html" not in page(answer)
    assert picked(order) == [0]


def test_a_scan_sent_twice_counts_once(both_levels: House) -> None:
    """Its answer was lost; the next tote must not get the unit."""
    first = a_pickup_order(both_levels, (0, 1))
    second = a_pickup_order(both_levels, (0, 1))
    client = bob()
    begin(client)
    given = {"scan": both_levels.gtins[0], "event": str(new_id())}
    for _each in range(2):
        answer = client.post(reverse("pos_pick_scan"), given, headers={"x-piece": "1"})
        assert answer.status_code == 200
    assert (picked(first), picked(second)) == ([1], [0])


def test_counted_by_hand(both_levels: House) -> None:
    order = a_pickup_order(both_levels, (0, 2))
    client = bob()
    begin(client)
    with use_channel(Channel.POS):
        line = PickupLine.objects.get(job_id=job_of(order).id)
    url = reverse("pos_pick_count")

    def count(units: object, line_id: object = line.id) -> Any:
        given = {"line": str(line_id), "units": str(units), "event": str(new_id())}
        return client.post(url, given, headers={"x-piece": "1"})

    assert count(2).status_code == 200
    assert picked(order) == [2]
    assert count(1).status_code == 200
    assert picked(order) == [1]
    for refused in (count(3), count("x"), count(1, new_id())):
        assert 'data-tone="bad"' in page(refused)
    assert picked(order) == [1]


def test_a_full_tote_goes_on_its_shelf_and_the_customer_is_told(
    both_levels: House,
) -> None:
    order = a_pickup_order(both_levels, (0, 1))
    other = a_pickup_order(both_levels, (1, 1))
    client = bob()
    begin(client)
    text = page(scan(client, both_levels.gtins[0]))
    assert "To put on a shelf" in text
    answer = do(
        client,
        job_of(order).id,
        "stage",
        shelf="A4",
        bags="2",
        then="ready",
        next="pick",
    )
    assert answer.headers["Location"] == PICK
    job = job_of(order)
    assert (job.status, job.shelf, job.bags) == ("ready", "A4", 2)
    # the other one keeps its letter
    assert "Walk for 1 order" in page(client.get(PICK))
    assert page(scan(client, both_levels.gtins[1])).count(">B<") >= 1
    assert picked(other) == [1]


def test_everyone_has_a_walk_of_their_own(both_levels: House) -> None:
    a_pickup_order(both_levels, (0, 1))
    begin(bob())
    assert "You are picking nothing" in page(manager().get(PICK))
    assert "You are picking nothing" in page(bob("M02").get(PICK))


def test_an_order_begun_alone_is_on_the_walk_too(both_levels: House) -> None:
    alone, together = (a_pickup_order(both_levels) for _each in range(2))
    client = bob()
    do(client, job_of(alone).id, "accept")
    do(client, job_of(alone).id, "start-picking")
    begin(client, 1)
    assert "Walk for 2 orders" in page(client.get(PICK))
    assert letters(alone, together) == ["", "A"]


def test_nothing_waits(both_levels: House) -> None:
    assert "No order waits to be picked." in page(begin(bob()))
    answer = bob().post(reverse("pos_pick_next"), {"count": "x"}, follow=True)
    assert "The form was incomplete" in page(answer)


def test_on_paper(both_levels: House) -> None:
    order = a_pickup_order(both_levels, (0, 2), (1, 1))
    client = bob()
    begin(client)
    for url in (reverse("pos_walk"), reverse("pos_pick_list", args=[job_of(order).id])):
        text = page(client.get(url))
        assert order.number in text
        assert both_levels.gtins[1] in text
        assert text.count('class="box"') == 2


def test_what_a_walk_costs(both_levels: House, django_assert_num_queries: Any) -> None:
    for _each in range(3):
        a_pickup_order(both_levels, (0, 1), (1, 1))
    client = bob()
    begin(client)
    # location, jobs, lines, letters, articles
    with django_assert_num_queries(5, using=database_for(Channel.POS)):
        assert client.get(PICK).status_code == 200
    assert stock_of(both_levels, "M01") == (3, 3)


def test_who_may_not_walk(both_levels: House) -> None:
    noe = at("W01", name="Noé", surface="warehouse")
    for path in (PICK, "/pos/store/transfers/"):
        assert Client().get(path).status_code == 302
        assert noe.get(path).status_code in {302, 403}
