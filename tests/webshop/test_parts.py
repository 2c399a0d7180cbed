"""An order of several parts, and pickups that were begun before the dial was turned."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventory.ids import new_id
from retail import channels
from retail.fulfilment import pickup, shipping
from retail.fulfilment.models import Fulfilment, PickupJob, ShipJob
from retail.notices import links
from retail.notices.models import Notice
from retail.orders.cancelling import cancel
from retail.orders.choosing import choose
from retail.orders.paying import pay
from retail.payments.capturing import first_payment_id
from tests.builders import BOB, bag, carry, money_of
from tests.levels import SIDES
from tests.retail.orders.house import (
    ADDRESS,
    House,
    a_pickup,
    placed,
    set_level,
)
from tests.retail.orders.test_substituting import wrong
from tests.webshop.test_orders import page_of, post
from tests.webshop.visiting import text_of

pytestmark = pytest.mark.django_db(databases=SIDES)


def in_two_parts(house: House):
    """The first article is sent, the second collected in M01; paid online."""
    wish = a_pickup(
        (house.gtins[0], 1),
        (house.gtins[1], 1),
        method="mixed",
        address=ADDRESS,
        shipped=[house.gtins[0]],
        payment_method="online",
    )
    order = placed(wish)
    pay(order, payment_id=first_payment_id(order.id), token="approve")
    carry()
    order.refresh_from_db()
    return order


def parts(order):
    found = {each.method: each for each in order.fulfilments.all()}
    return found["collect"], found["ship"]


def store(verb, order, *given, **named):
    with channels.use_channel(channels.Channel.POS):
        job = PickupJob.objects.select_related("location").get(order_id=order.id)
        verb(job, *given, by=BOB, event_id=new_id(), **named)
    carry()


def opened(client, order):
    """A browser that followed the link of a letter; the order's page in it."""
    path = "/" + links.url(links.ORDER, order.id).split("/", 3)[3]
    return text_of(client.get(path, follow=True, headers={"accept-language": "en"}))


def test_each_part_is_followed_by_itself(both_levels, shop):
    order = in_two_parts(both_levels)
    page = opened(shop, order)
    assert "Your order comes in 2 parts." in page
    assert "To collect: Place M01" in page
    assert "Delivered to you" in page
    assert 'class="big-code"' not in page  # not accepted yet
    store(pickup.accept, order)
    assert text_of(page_of(shop, order)).count('class="big-code"') == 1


def test_one_letter_says_it_for_both(both_levels):
    in_two_parts(both_levels)
    assert Notice.objects.filter(kind="order_received").count() == 1


def test_a_part_that_is_refused_and_given_up_is_refunded(both_levels):
    order = in_two_parts(both_levels)
    paid = money_of(order)
    store(pickup.reject, order, reason="too_busy")
    collect, ship = parts(order)
    choose(order, collect, "cancel")

    order.refresh_from_db()
    assert order.status == "placed"
    assert money_of(order) == paid - Decimal(12)
    assert [line.dropped for line in order.lines.order_by("position")] == [0, 1]
    assert Fulfilment.objects.get(id=ship.id).status == "placed"
    assert wrong() == []


def test_a_part_that_another_store_takes_over_is_not_dropped(both_levels):
    order = in_two_parts(both_levels)
    paid = money_of(order)
    store(pickup.reject, order, reason="too_busy")
    choose(order, parts(order)[0], "other_store", location_code="M02")
    carry()

    order.refresh_from_db()
    assert money_of(order) == paid
    assert not order.lines.filter(dropped__gt=0).exists()
    assert wrong() == []


def test_nobody_comes_for_the_one_part(both_levels):
    order = in_two_parts(both_levels)
    job = ShipJob.objects.get(order_id=order.id)
    given = {"by": BOB}
    units = {line.position: line.quantity for line in job.lines.all()}
    shipping.start_picking(job, event_id=new_id(), **given)
    shipping.pick(job, units, event_id=new_id(), **given)
    shipping.pack(job, event_id=new_id(), **given)
    shipping.ship(job, tracking="6A12345", event_id=new_id(), **given)
    order.refresh_from_db()
    assert order.status == "part_fulfilled"
    store(pickup.accept, order)
    store(pickup.start_picking, order)
    store(pickup.pick, order, bag(order))
    store(pickup.stage, order, shelf="A4")
    store(pickup.ready, order)
    store(pickup.expire, order)
    store(pickup.restock, order)
    order.refresh_from_db()
    assert order.status == "completed"
    assert money_of(order) == order.total - Decimal(12)
    assert wrong() == []


def test_both_parts_are_cancelled(both_levels):
    order = in_two_parts(both_levels)
    cancel(order, by="customer:1")
    carry()
    order.refresh_from_db()
    assert (order.status, money_of(order)) == ("cancelled", 0)
    assert wrong() == []


def test_what_was_begun_is_finished_when_pickups_are_turned_off(apart, shop):
    """The flag gates beginnings only."""
    order = in_two_parts(apart)
    set_level("multichannel")
    store(pickup.accept, order)
    store(pickup.start_picking, order)
    store(pickup.pick, order, bag(order))
    store(pickup.stage, order, shelf="A4")
    store(pickup.ready, order)
    opened(shop, order)
    post(shop, order, "extend")
    carry()
    assert parts(order)[0].extended_at is not None
    store(pickup.hand_over, order, name_checked=True)
    assert parts(order)[0].status == "collected"
    with (
        channels.use_snapshot(fresh=True),
        channels.use_channel(channels.Channel.WEBSHOP),
        pytest.raises(channels.FeatureOff),
    ):
        placed(a_pickup((apart.gtins[0], 1)))
