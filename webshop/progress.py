"""An order as its customer follows it: headlines, what happened, where each of its
promises stands.

Nothing here asks a database: an order comes with lines, payments, events and
fulfilments (with their places).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from retail.formatting import day_time
from retail.fulfilment import deadlines
from retail.fulfilment.mirroring import SHORT
from retail.fulfilment.models import Fulfilment, Method
from retail.fulfilment.requesting import fulfilment_id
from retail.fulfilment.states import FulfilmentStatus as F
from retail.orders.models import Order
from retail.orders.models import OrderStatus as O
from retail.orders.moving import FINAL, UNPAID
from retail.orders.settling import DONE, GONE
from retail.payments.models import Payment, PaymentStatus
from webshop.diary import step_of

COLLECTING = (F.REQUESTED, F.ACCEPTED, F.PICKING, F.READY, F.COLLECTED)
SENDING = (F.PLACED, F.PICKING, F.PACKED, F.SHIPPED, F.DELIVERED)
# Where a state that is no step of its own stands on the way.
AT_STEP = {
    F.PLACED: F.REQUESTED,
    F.AWAITING_TRANSFER: F.ACCEPTED,
    F.STAGED: F.PICKING,
    F.CHECKED_IN: F.READY,
    F.PARTLY_COLLECTED: F.READY,
    F.CUSTOMER_CHOICE: F.REQUESTED,
}


@dataclass(frozen=True)
class Step:
    what: str
    detail: str
    state: Literal["done", "now", "todo"]


def promises_of(order: Order) -> list[Fulfilment]:
    """Those that count, as they were made; where all were taken back, the last one."""
    found = list(order.fulfilments.all())
    numbers = {fulfilment_id(order.id, n + 1): n for n in range(len(found))}
    found.sort(key=lambda f: numbers.get(f.id, len(found)))
    return [f for f in found if f.status not in GONE] or found[-1:]


def headline(order: Order, promises: list[Fulfilment]) -> str:
    """Of the order as a whole."""
    if order.status in UNPAID and at_the_bank(order):
        return _("We wait for your bank.")
    if order.status == O.AWAITING_PAYMENT:
        return _("Your order waits for its payment.")
    if order.status == O.PAYMENT_FAILED:
        return _("The payment was declined. Nothing was charged.")
    if order.status == O.CANCELLED:
        return _("Your order is cancelled.")
    if len(promises) == 1:
        return part_headline(promises[0])
    if any(each.status == F.CUSTOMER_CHOICE for each in promises):
        return _("Part of your order needs your choice.")
    if order.status == O.COMPLETED:
        return _("Your order is complete.")
    return _("Your order comes in %(count)s parts.") % {"count": len(promises)}


def at_the_bank(order: Order) -> Payment | None:
    """The payment that a provider was asked for and has not ended."""
    for payment in order.payments.all():
        if payment.status == PaymentStatus.PENDING and payment.asked_at is not None:
            return payment
    return None


def part_headline(promise: Fulfilment) -> str:
    if promise.requested == "cancel":
        return _("We have asked the store to cancel your order.")
    collect = promise.method == Method.COLLECT
    said = {
        F.REQUESTED: _("We have asked the store. It answers in a moment."),
        F.PLACED: _("The store has your order.") if collect else _("Order received."),
        F.ACCEPTED: _("The store prepares your order."),
        F.AWAITING_TRANSFER: _("Something comes from another store."),
        F.CUSTOMER_CHOICE: _("The store cannot keep its promise. Please choose."),
        F.PICKING: _("We are preparing your order."),
        F.STAGED: _("Your bags are packed."),
        F.READY: _("Your shopping is ready."),
        F.CHECKED_IN: _("We know that you are here."),
        F.PARTLY_COLLECTED: _("A part is with you, the rest waits for you."),
        F.COLLECTED: _("Collected. Thank you."),
        F.PACKED: _("Your parcel is packed."),
        F.SHIPPED: _("Your parcel is on its way."),
        F.DELIVERED: _("Your parcel has arrived."),
        F.RETURNED: _("Your parcel came back to us."),
        F.EXPIRED: _("Your bags were not collected in time."),
        F.RESTOCKED: _("Your order was put back."),
        F.CANCELLED: _("This part is cancelled."),
    }
    return said.get(F(promise.status), _("Order received."))


def happened(order: Order, now: datetime) -> list[Step]:
    """What is behind the order, with its time."""
    found = []
    promises = promises_of(order)
    for event in order.events.all():
        what = step_of(event)
        if event.kind == O.COMPLETED and len(promises) == 1:
            what = _ended_in_words(promises[0])
        if what:
            found.append(Step(what, day_time(event.at, now=now), "done"))
    if order.status in UNPAID:
        found.append(Step(_("Payment"), "", "now"))
    return found


def steps(order: Order, promise: Fulfilment, now: datetime) -> list[Step]:
    """What a promise has behind it, where it stands, and what is still to come."""
    over = {*GONE, *DONE, F.EXPIRED}
    if order.status in {*FINAL, *UNPAID} or promise.status in over:
        return []
    way = COLLECTING if promise.method == Method.COLLECT else SENDING
    here = F(promise.status)
    if promise.method == Method.COLLECT:
        here = AT_STEP.get(here, here)
        if promise.status == F.CUSTOMER_CHOICE and promise.reason == SHORT:
            here = F.PICKING
    at = way.index(here) if here in way else 0
    current = Step(_here_in_words(promise), promise_in_words(promise, now), "now")
    behind = [each for each in way[:at] if each in PASSED]
    return [
        *(Step(PASSED[each](), "", "done") for each in behind),
        current,
        *(
            Step(_to_come(each, earns=order.customer_id is not None), "", "todo")
            for each in way[at + 1 :]
        ),
    ]


def _here_in_words(promise: Fulfilment) -> str:
    place = promise.location.name
    said = {
        F.REQUESTED: _("Asked of %(place)s, which has not answered yet"),
        F.PLACED: _("Received at %(place)s"),
        F.ACCEPTED: _("Accepted by %(place)s"),
        F.AWAITING_TRANSFER: _("On its way to %(place)s from another store"),
        F.CUSTOMER_CHOICE: _("Your choice"),
        F.PICKING: _("Being prepared at %(place)s"),
        F.STAGED: _("Packed at %(place)s"),
        F.READY: _("Ready at %(place)s"),
        F.CHECKED_IN: _("You are at %(place)s"),
        F.PARTLY_COLLECTED: _("The rest waits at %(place)s"),
        F.PACKED: _("Packed at %(place)s"),
    }
    return said.get(F(promise.status), "%(place)s") % {"place": place}


def _ended_in_words(promise: Fulfilment) -> str:
    """Of an order that came as one: what made it complete."""
    if promise.method == Method.COLLECT:
        return _("Collected at %(place)s") % {"place": promise.location.name}
    return _("Parcel sent")


def promise_in_words(promise: Fulfilment, now: datetime) -> str:
    waits = {F.READY, F.CHECKED_IN, F.PARTLY_COLLECTED}
    if promise.status in waits and promise.hold_until:
        kept = deadlines.kept_until(promise.location, promise.hold_until)
        until = day_time(kept, now=now)
        return _("We keep it until %(at)s.") % {"at": until}
    if promise.method == Method.COLLECT and promise.ready_by:
        at = day_time(promise.ready_by, now=now)
        return _("Promised for %(at)s.") % {"at": at}
    return ""


# Behind a promise; when it was asked of the store is the order's own first step.
PASSED = {
    F.ACCEPTED: lambda: _("Accepted by the store"),
    F.PICKING: lambda: _("Prepared"),
    F.PACKED: lambda: _("Packed"),
}


def _to_come(status: F, *, earns: bool) -> str:
    """`earns`: whether there is a card to add points to."""
    if not earns and status in {F.COLLECTED, F.SHIPPED}:
        return str(status.label)
    return {
        F.ACCEPTED: _("Accepted by the store"),
        F.PICKING: _("Prepared"),
        F.READY: _("Ready"),
        F.COLLECTED: _("Collected: your points are added then"),
        F.PACKED: _("Packed"),
        F.SHIPPED: _("Sent: your points are added then"),
        F.DELIVERED: _("Delivered"),
    }[status]


def shown_status(order: Order, promises: list[Fulfilment]) -> str:
    """The word of the badge: the state of the only promise, or of the order."""
    if order.status in {*UNPAID, O.CANCELLED} or len(promises) != 1:
        return str(order.status)
    return str(promises[0].status)


def still_moves(order: Order) -> bool:
    return order.status not in FINAL


def state_key(order: Order, promises: list[Fulfilment]) -> str:
    """Changes when the page has other buttons than before."""
    parts = [
        (
            each.status,
            each.requested,
            bool(each.extended_at),
            bool(each.on_way_at),
            each.collector_version,
            len(each.offers),
            each.slot_start,
        )
        for each in promises
    ]
    waits = at_the_bank(order)
    bank = (waits.id, waits.next_action) if waits else None
    words = repr((order.status, parts, bank))
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def etag(order: Order, promises: list[Fulfilment]) -> str:
    """Changes with anything that the status part of the page shows."""
    parts = [
        (each.id, each.job_version, each.due, each.ready_by, each.hold_until)
        for each in promises
    ]
    words = (
        get_language(),
        state_key(order, promises),
        parts,
        [each.tracking for each in promises],
        len(order.events.all()),
    )
    return hashlib.sha256(repr(words).encode()).hexdigest()[:20]
