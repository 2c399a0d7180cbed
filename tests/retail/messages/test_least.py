"""Messages carry the least: the keys that the documentation names, and nobody's address."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from inventory.ids import new_id
from retail.channels import Channel, atomic, use_channel
from retail.fulfilment import pickup, requesting, slots, visits
from retail.fulfilment.models import Fulfilment
from retail.fulfilment.terms import terms_of
from retail.messages.handlers import HANDLERS
from retail.messages.models import OutboxMessage
from retail.orders.cancelling import cancel
from retail.orders.models import Order
from tests.builders import (
    a_pickup_order,
    a_ready_pickup,
    bob,
    carry,
    paid_at_counter,
    promise_of,
)
from tests.levels import SIDES
from tests.retail.fulfilment import happening
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)
PAGE = Path(__file__).resolve().parents[3] / "docs" / "messages.md"
ROW = re.compile(r"^\| `([\w.]+)` \| [^|]+ \| ([^|]+) \|", re.MULTILINE)
# of a parcel that a store began before the dial went back: see test_shippers.py
PARCELS = {"parcel.cancel_requested", "parcel.moved", "parcel.refused"}
# of goods and places: see test_masters.py and test_stores.py
MASTERS = {"master.changed", "place.opened"}
# of a card that the other channel spent before: see test_gift_cards.py
CARDS = {"gift_card.credited"}
SECRETS = ("alice@example.org", "Martin", "3 rue des Capucins", "+336", "Quartier")


def documented() -> dict[str, set[str]]:
    """{kind: keys of its payload}, as the page says it."""
    also = {"by", "at"}
    return {
        kind: {each.split()[0] for each in re.findall(r"`([^`]+)`", cell)}
        | (set() if kind == "pickup.requested" else also)
        for kind, cell in ROW.findall(PAGE.read_text(encoding="utf-8"))
    }


def asks(order: Order, ask: Callable[[Fulfilment], Any]) -> None:
    with atomic():
        (promise,) = requesting.lock_all(order.id)
        ask(promise)
    carry()


def a_day(house: House) -> None:
    """Something of every kind is said."""
    by = "customer:1"
    waits = a_ready_pickup(house, phone="+33612345678")
    asks(waits, lambda p: visits.tell_on_way(p, minutes=10, by=by))
    asks(waits, lambda p: visits.ask_extension(p, by=by))
    asks(waits, lambda p: visits.ask_collector(p, "Philomène Quartier", by=by))
    asks(waits, lambda p: visits.ask_check_in(p, place="bay 2", by=by))
    paid_at_counter(waits)
    bob(pickup.hand_over, waits, name_checked=True)
    later = a_pickup_order(house, (1, 1))
    asks(later, lambda p: visits.ask_slot(p, another_slot(p), by=by))
    asks(later, lambda p: requesting.tell_due(p, Decimal(1), at=timezone.now()))
    cancel(later, by=by)
    carry()
    short = a_pickup_order(house, (2, 2))
    bob(pickup.accept, short)
    bob(pickup.start_picking, short)
    bob(pickup.short, short, {1: 1}, reason="sold")
    happening.chosen(short)
    # too late: nobody came, and the news has not arrived yet
    unasked = a_ready_pickup(house, (2, 1))
    with use_channel(Channel.POS):
        pickup.expire(happening.job_of(unasked), by="bob", event_id=new_id())
    asks(unasked, lambda p: visits.ask_check_in(p, place="", by=by))


def another_slot(promise: Fulfilment) -> Any:
    place = promise.location
    found = slots.slots(
        place, terms_of([place])[place.id], timezone.now(), ready_by=promise.ready_by
    )
    return next(
        each.starts_at for each in found if each.starts_at != promise.slot_start
    )


def test_every_kind_says_what_the_page_says_and_names_nobody(apart: House) -> None:
    a_day(apart)
    said: dict[str, set[str]] = {}
    for channel in Channel:
        with use_channel(channel):
            for message in OutboxMessage.objects.all():
                said.setdefault(message.kind, set()).update(message.payload)
                text = str(message.payload)
                named = message.payload.get("collector_name", "")
                assert not [
                    word for word in SECRETS if word in text.replace(named or "-", "")
                ]
    assert said.keys() == HANDLERS.keys() - PARCELS - CARDS - MASTERS
    page = documented()
    assert page.keys() == HANDLERS.keys()
    assert said == {kind: page[kind] for kind in said}


def test_who_ordered_is_a_first_name_and_an_initial(apart: House) -> None:
    order = a_pickup_order(apart, heard=False)
    told = OutboxMessage.objects.get(subject=promise_of(order).id)
    assert told.payload["customer_name"] == "Alice M"
