"""Sentences for tests: what was ordered, and how far it has come, by the real verbs.

All of these are called with the webshop pinned, as the fixtures of `tests/levels.py`
leave it, and go to the store's side by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from inventory.ids import new_id
from inventory.models import Location, Reservation, StockLevel
from inventory.places import Channel
from retail.channels import atomic, use_channel
from retail.customers.models import Customer
from retail.fulfilment import pickup, requesting, shipping
from retail.fulfilment.models import Fulfilment, PickupJob, ShipJob
from retail.loyalty.models import LoyaltyEntry
from retail.messages.relay import relay_once
from retail.orders.models import Order
from retail.orders.paying import pay
from retail.orders.taking import take_due
from retail.payments.capturing import first_payment_id
from tests.retail.orders.house import House, a_parcel, a_pickup, placed

BOB = "employee:00000000-0000-7000-8000-000000000b0b Bob"


def carry() -> int:
    """The relay's rounds, until nothing is left to carry."""
    total = 0
    while True:
        moved = sum(relay_once(channel) for channel in Channel)
        if not moved:
            return total
        total += moved


@contextmanager
def in_store() -> Iterator[None]:
    """Bob's side: the stores' channel, in a transaction."""
    with use_channel(Channel.POS), atomic():
        yield


def a_location(code: str = "M01") -> Location:
    """As the channel pinned now knows it."""
    return Location.objects.get(code=code)


def a_pickup_order(
    house: House,
    *lines: tuple[int, int],
    customer: Customer | None = None,
    heard: bool = True,
    at: datetime | None = None,
    **changes: Any,
) -> Order:
    """Placed by Alice, to be paid in store M01, and heard of there; `lines` are
    (which article, units), one of the first unless given."""
    wanted = [(house.gtins[which], units) for which, units in lines or ((0, 1),)]
    given = {} if at is None else {"at": at}
    order = placed(a_pickup(*wanted, **changes), customer=customer, **given)
    if heard:
        carry()
    return order


def a_parcel_order(
    house: House, *lines: tuple[int, int], customer: Customer | None = None
) -> Order:
    """Placed by Alice, paid online and handed to the warehouse."""
    wanted = [(house.gtins[which], units) for which, units in lines or ((0, 1),)]
    order = placed(a_parcel(*wanted), customer=customer)
    pay(order, payment_id=first_payment_id(order.id), token="approve")
    order.refresh_from_db()
    return order


def promise_of(order: Order) -> Fulfilment:
    return Fulfilment.objects.select_related("order", "location").get(order=order)


def job_of(order: Order) -> PickupJob:
    with use_channel(Channel.POS):
        return PickupJob.objects.select_related("location").get(order_id=order.id)


def parcel_of(order: Order) -> ShipJob:
    return ShipJob.objects.get(order_id=order.id)


def code_of(order: Order) -> str:
    return requesting.code_of(promise_of(order))


def bob(verb: Callable[..., PickupJob], order: Order, *given: Any, **named: Any) -> Any:
    """Bob does this to the order's pickup, and the order's side hears of it."""
    named = {"by": BOB, "event_id": new_id(), **named}
    job = job_of(order)
    with use_channel(Channel.POS):
        done = verb(job, *given, **named)
    carry()
    return done


def bag(order: Order) -> dict[int, int]:
    """Everything that is still to be picked, by position."""
    with use_channel(Channel.POS):
        return {
            line.position: line.quantity - line.short
            for line in PickupJob.objects.get(order_id=order.id).lines.all()
        }


def staged(order: Order) -> Order:
    bob(pickup.accept, order)
    bob(pickup.start_picking, order)
    bob(pickup.pick, order, bag(order))
    bob(pickup.stage, order, shelf="A4")
    return order


def a_short_pickup(
    house: House, *lines: tuple[int, int], offer: int | None = None
) -> Order:
    """Being picked, its first line short of all its units; `offer`: which article, one
    unit of it, is laid aside instead."""
    order = a_pickup_order(house, *lines)
    bob(pickup.accept, order)
    bob(pickup.start_picking, order)
    with use_channel(Channel.POS):
        first = PickupJob.objects.get(order_id=order.id).lines.earliest("position")
    offers = []
    if offer is not None:
        gtin = house.gtins[offer]
        offers = [pickup.Instead(first.position, house.variants[gtin], 1)]
    bob(
        pickup.short,
        order,
        {first.position: first.quantity},
        reason="missing",
        offers=offers,
    )
    return order


def a_ready_pickup(house: House, *lines: tuple[int, int], **given: Any) -> Order:
    order = staged(a_pickup_order(house, *lines, **given))
    bob(pickup.ready, order)
    return order


def paid_at_counter(order: Order, ticket: UUID | None = None) -> UUID:
    """A till takes what is due; answers the ticket's id."""
    ticket = ticket or new_id()
    job = job_of(order)
    with in_store():
        pickup.pay_at_counter(
            order.id,
            location=job.location,
            amount=job.due - job.paid,
            ticket_id=ticket,
            by=BOB,
        )
    carry()
    return ticket


def taken() -> None:
    """The bank has given what is due by now, and let go of the rest."""
    while take_due(timezone.now()):
        pass


def money_of(order: Order) -> Decimal:
    """What was taken for the order, or is reserved."""
    return sum(
        (each.captured - each.refunded + each.held for each in order.payments.all()),
        Decimal(0),
    )


def shipped(order: Order) -> Order:
    """And the money for it taken."""
    job = parcel_of(order)
    units = {line.position: line.quantity for line in job.lines.all()}
    given = {"by": BOB}
    shipping.start_picking(job, event_id=new_id(), **given)
    shipping.pick(job, units, event_id=new_id(), **given)
    shipping.pack(job, event_id=new_id(), **given)
    shipping.ship(job, tracking="6A123", event_id=new_id(), **given)
    taken()
    return order


def stock_of(house: House, code: str, which: int = 0) -> tuple[int, int]:
    """(on hand, reserved) of an article at a place, on that place's own side."""
    channel = Channel.WEBSHOP if code.startswith("W") else Channel.POS
    with use_channel(channel):
        level = StockLevel.objects.get(
            location__code=code, variant__gtin=house.gtins[which]
        )
    return level.on_hand, level.reserved


def holds_of(order: Order) -> list[tuple[int, str]]:
    """(units, state) of what is kept in the store for the order's pickup."""
    with use_channel(Channel.POS):
        found = Reservation.objects.filter(reference=str(job_of(order).id))
        return list(found.order_by("variant").values_list("quantity", "state"))


def points_of(customer: Customer) -> list[tuple[str, int]]:
    entries = LoyaltyEntry.objects.filter(account__customer=customer).order_by("at")
    return list(entries.values_list("kind", "points"))
