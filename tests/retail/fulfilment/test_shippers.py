"""Stores send what the warehouse lacks, where `endless_aisle` is on."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from inventory import reserving, stock
from inventory.ids import new_id
from inventory.models import StockException
from inventory.reserving import OutOfStock
from retail import books
from retail.channels import (
    Channel,
    Feature,
    atomic,
    flipping,
    open_databases,
    use_channel,
    use_snapshot,
)
from retail.fulfilment import goods, returning, setting, shippers, shipping
from retail.fulfilment.models import ShipJob, ShipLine
from retail.fulfilment.mounts import STORE_PARCELS
from retail.fulfilment.sourcing import KIND
from retail.messages.handlers import deliver
from retail.messages.models import OutboxMessage
from retail.orders.cancelling import cancel
from retail.orders.models import Order
from retail.orders.placing import place
from tests.builders import (
    BOB,
    a_location,
    a_parcel_order,
    carry,
    parcel_of,
    promise_of,
    shipped,
    stock_of,
)
from tests.levels import SIDES
from tests.retail.fulfilment.working import bob, do, job_url, page
from tests.retail.orders.house import House, a_parcel, alice

pytestmark = pytest.mark.django_db(databases=SIDES)


def warehouse_lacks(house: House, *which: int) -> None:
    with atomic():
        stock.adjust(
            a_location("W01"),
            {house.variants[house.gtins[each]]: -10 for each in which},
            reason="count",
            reference=str(new_id()),
            by=BOB,
        )


def store_has(house: House, code: str, which: int, more: int) -> None:
    with use_channel(Channel.POS), atomic():
        stock.adjust(
            a_location(code),
            {house.variants[house.gtins[which]]: more},
            reason="count",
            reference=str(new_id()),
            by=BOB,
        )


def wanted(house: House, *lines: tuple[int, int]) -> dict[Any, int]:
    return {house.variants[house.gtins[which]]: units for which, units in lines}


def books_hold() -> bool:
    return all(each.holds for each in books.check(open_databases()))


def test_the_warehouse_sends_what_it_has(both_levels: House) -> None:
    found = shippers.shipper(wanted(both_levels, (0, 10), (1, 1)))
    assert found.code == "W01"


def test_the_store_that_keeps_most_sends_all_of_it(shared_only: House) -> None:
    warehouse_lacks(shared_only, 0)
    store_has(shared_only, "M02", 0, 1)
    both = wanted(shared_only, (0, 2), (1, 1))
    assert shippers.shipper(both).code == "M02"
    # one place sends all of it, or nobody does
    assert shippers.shipper(wanted(shared_only, (0, 1), (1, 4))).code == "W01"


def test_apart_only_the_warehouse_sends(apart: House) -> None:
    warehouse_lacks(apart, 0)
    assert shippers.shipper(wanted(apart, (0, 1))).code == "W01"
    with pytest.raises(OutOfStock):
        place(id=new_id(), maker="session:a", asked=a_parcel((apart.gtins[0], 1)))


def test_a_store_that_does_not_send(shared_only: House) -> None:
    """It is no pilot, has paused, or keeps its last units back."""
    warehouse_lacks(shared_only, 0)
    one = wanted(shared_only, (0, 3))

    def senders() -> list[str]:
        with use_snapshot(fresh=True), use_channel(Channel.WEBSHOP):
            return [each.code for each in shippers.senders()]

    assert senders() == ["M01", "M02"]
    flipping.flip(Feature.ENDLESS_AISLE, True, stores=["M02"], by="test", why="pilot")
    assert senders() == ["M02"]
    with use_channel(Channel.POS), atomic():
        setting.change(a_location("M02"), by=BOB, buffer=1)
    with use_snapshot(fresh=True), use_channel(Channel.WEBSHOP):
        assert shippers.shipper(one).code == "W01"
    with use_channel(Channel.POS), atomic():
        setting.change(a_location("M02"), by=BOB, paused=True)
    assert senders() == []


def test_from_the_stores_shelf_to_the_door(shared_only: House) -> None:
    warehouse_lacks(shared_only, 0)
    customer = alice()
    order = a_parcel_order(shared_only, (0, 2), customer=customer)
    job = parcel_of(order)
    assert (job.location.code, job.origin) == ("M01", "pos")
    assert stock_of(shared_only, "M01", 0) == (3, 2)
    shipped(order)
    order.refresh_from_db()
    assert (order.status, promise_of(order).status) == ("completed", "shipped")
    assert promise_of(order).tracking == "6A123"
    assert stock_of(shared_only, "M01", 0) == (1, 0)
    assert books_hold()
    returning.take_back(parcel_of(order), by=BOB, event_id=new_id())
    assert stock_of(shared_only, "M01", 0) == (3, 0)
    assert promise_of(order).status == "returned"
    assert OutboxMessage.objects.count() == 0
    assert books_hold()


def test_a_till_leaves_alone_what_a_parcel_needs(shared_only: House) -> None:
    warehouse_lacks(shared_only, 0)
    order = a_parcel_order(shared_only, (0, 3))
    with use_channel(Channel.POS), atomic():
        stock.sell_at_till(
            a_location("M01"),
            wanted(shared_only, (0, 1)),
            reference=str(new_id()),
            by=BOB,
            take_held=True,
        )
    assert StockException.objects.filter(kind="oversold").count() == 1
    shipped(order)
    assert promise_of(order).status == "shipped"


def test_the_web_counts_what_a_store_would_send(shared_only: House) -> None:
    gtin = shared_only.gtins[0]
    before = goods.one_of_goods(gtin)
    warehouse_lacks(shared_only, 0)
    after = goods.one_of_goods(gtin)
    assert before is not None
    assert after is not None
    assert (before.for_delivery, after.for_delivery) == (10, 3)
    variant = shared_only.variants[gtin]
    assert shippers.to_send([variant])[variant] == 3


def test_on_the_stores_pages(shared_only: House) -> None:
    warehouse_lacks(shared_only, 0)
    order = a_parcel_order(shared_only, (0, 1))
    id, client = parcel_of(order).id, bob()
    mount = STORE_PARCELS
    board = page(client.get(reverse("pos_store_board")))
    assert "1 parcel to send from here" in board
    parcels = page(client.get(reverse("pos_parcels")))
    assert order.number in parcels
    do(client, id, "start-picking", mount=mount)
    do(client, id, "pack", mount=mount, line_1="1")
    assert "3 rue des Capucins" in page(client.get(reverse(mount.slip, args=[id])))
    done = do(client, id, "ship", mount=mount, tracking="6A1234")
    assert done.url == reverse("pos_parcels")
    assert "6A1234" in page(client.get(job_url(id, mount)))
    assert promise_of(order).status == "shipped"
    assert bob("M02").get(job_url(id, mount)).status_code == 404
    assert "to send from here" not in page(client.get(reverse("pos_store_board")))


@pytest.fixture
def parted(apart: House, monkeypatch: pytest.MonkeyPatch) -> Order:
    """An order whose parcel began in a store while databases were one. They came apart
    since, and each row went to its owner: the promise to the web, the job to the stores."""
    monkeypatch.setattr(shipping, "begin", lambda fulfilment, at: None)
    order = a_parcel_order(apart, (1, 1))
    promise = promise_of(order)
    order.fulfilments.update(location=a_location("M01"))
    with atomic():
        reserving.release(kind=KIND, reference=str(promise.id))
    with use_channel(Channel.POS), atomic():
        place = a_location("M01")
        job = ShipJob.objects.create(
            id=promise.id,
            origin="pos",
            order_id=order.id,
            order_number=order.number,
            location=place,
            status="placed",
            version=1,
            placed_at=order.placed_at,
        )
        variant = apart.variants[apart.gtins[1]]
        ShipLine.objects.create(
            origin="pos",
            job=job,
            position=1,
            variant_id=variant,
            gtin=apart.gtins[1],
            title="Article",
            quantity=1,
        )
        reserving.reserve(place, {variant: 1}, kind=KIND, reference=str(job.id))
    return order


def in_the_store(order: Order) -> ShipJob:
    return ShipJob.objects.select_related("location").get(order_id=order.id)


def test_what_a_store_began_to_send_ends_after_the_way_back(parted: Order) -> None:
    with use_channel(Channel.POS):
        shipped(parted)
        shipping.deliver(in_the_store(parted), by=BOB, event_id=new_id())
        news = list(OutboxMessage.objects.order_by("version"))
    assert {each.kind for each in news} == {"parcel.moved"}
    carry()
    parted.refresh_from_db()
    promise = promise_of(parted)
    assert (parted.status, promise.status) == ("completed", "delivered")
    assert promise.tracking == "6A123"
    assert [line.fulfilled for line in promise.lines.all()] == [1]


def test_news_of_a_parcel_out_of_order(parted: Order) -> None:
    with use_channel(Channel.POS):
        shipped(parted)
        shipping.deliver(in_the_store(parted), by=BOB, event_id=new_id())
        news = list(OutboxMessage.objects.order_by("-version"))
    for message in [*news, *news]:
        deliver(message)
    assert promise_of(parted).status == "delivered"
    assert [line.fulfilled for line in promise_of(parted).lines.all()] == [1]


def test_it_is_asked_to_stop_and_answers(parted: Order) -> None:
    assert cancel(parted, by=parted.maker) == "requested"
    carry()
    parted.refresh_from_db()
    assert (parted.status, parted.requested) == ("cancelled", "")
    with use_channel(Channel.POS):
        assert in_the_store(parted).status == "cancelled"


def test_too_late_it_says_so(parted: Order) -> None:
    with use_channel(Channel.POS):
        shipped(parted)
    assert cancel(parted, by=parted.maker) == "requested"
    with use_channel(Channel.WEBSHOP):
        (asked,) = OutboxMessage.objects.filter(kind="parcel.cancel_requested")
    deliver(asked)
    with use_channel(Channel.POS):
        (answer,) = OutboxMessage.objects.filter(kind="parcel.refused")
    deliver(answer)
    parted.refresh_from_db()
    assert (parted.status, parted.requested) == ("placed", "")
    carry()
    parted.refresh_from_db()
    assert parted.status == "completed"
