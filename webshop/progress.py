"""An order as its customer follows it: a headline, what happened, what may be done.

Nothing here asks a database: an order comes with lines, payments, events and
fulfilments (with their places).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from retail.formatting import day_time
from retail.fulfilment.models import Fulfilment, Method
from retail.fulfilment.states import FulfilmentStatus as F
from retail.orders.models import Order, OrderEvent
from retail.orders.models import OrderStatus as O
from retail.orders.moving import FINAL, UNPAID
from retail.orders.settling import DONE, GONE

COLLECTING = (F.REQUESTED, F.ACCEPTED, F.PICKING, F.READY, F.COLLECTED)
SENDING = (F.PLACED, F.PICKING, F.PACKED, F.SHIPPED, F.DELIVERED)
# Where a state that is no step of its own stands on the way.
AT_STEP = {
    F.PLACED: F.REQUESTED,
    F.STAGED: F.PICKING,
    F.CHECKED_IN: F.READY,
    F.CUSTOMER_CHOICE: F.REQUESTED,
}
WITH_CODE = frozenset({F.ACCEPTED, F.PICKING, F.STAGED, F.READY, F.CHECKED_IN})


@dataclass(frozen=True)
class Step:
    what: str
    detail: str
    state: Literal["done", "now", "todo"]


def promise_of(order: Order) -> Fulfilment:
    """The promise that counts: one under way before one that was taken back."""
    return max(
        order.fulfilments.all(), key=lambda f: (f.status not in GONE, f.changed_at)
    )


def headline(order: Order, promise: Fulfilment) -> str:
    if order.status == O.AWAITING_PAYMENT:
        return _("Your order waits for its payment.")
    if order.status == O.PAYMENT_FAILED:
        return _("The payment was declined. Nothing was charged.")
    if order.status == O.CANCELLED:
        return _("Your order is cancelled.")
    if promise.requested == "cancel":
        return _("We have asked the store to cancel your order.")
    collect = promise.method == Method.COLLECT
    said = {
        F.REQUESTED: _("We have asked the store. It answers in a moment."),
        F.PLACED: _("The store has your order.") if collect else _("Order received."),
        F.ACCEPTED: _("The store prepares your order."),
        F.CUSTOMER_CHOICE: _("The store cannot keep its promise. Please choose."),
        F.PICKING: _("We are preparing your order."),
        F.STAGED: _("Your bags are packed."),
        F.READY: _("Your shopping is ready."),
        F.CHECKED_IN: _("We know that you are here."),
        F.COLLECTED: _("Collected. Thank you."),
        F.PACKED: _("Your parcel is packed."),
        F.SHIPPED: _("Your parcel is on its way."),
        F.DELIVERED: _("Your parcel has arrived."),
        F.EXPIRED: _("Your bags were not collected in time."),
        F.RESTOCKED: _("Your order was put back."),
    }
    return said.get(F(promise.status), _("Order received."))


def steps(order: Order, promise: Fulfilment, now: datetime) -> list[Step]:
    """What happened, with its time; where it stands; what is still to come."""
    told = [_step_of(event, now) for event in order.events.all()]
    done = [step for step in told if step is not None]
    if order.status in FINAL or promise.status in {*GONE, *DONE, F.EXPIRED}:
        return done
    if order.status in UNPAID:
        return [*done, Step(_("Payment"), "", "now")]
    way = COLLECTING if promise.method == Method.COLLECT else SENDING
    here = AT_STEP.get(F(promise.status), F(promise.status))
    if promise.method == Method.SHIP:
        here = F(promise.status)
    at = way.index(here) if here in way else 0
    current = Step(_here_in_words(promise), _promise_in_words(promise, now), "now")
    return [
        *done,
        current,
        *(Step(_to_come(each), "", "todo") for each in way[at + 1 :]),
    ]


def _here_in_words(promise: Fulfilment) -> str:
    place = promise.location.name
    said = {
        F.REQUESTED: _("Asked of %(place)s, which has not answered yet"),
        F.PLACED: _("Received at %(place)s"),
        F.ACCEPTED: _("Accepted by %(place)s"),
        F.CUSTOMER_CHOICE: _("Your choice"),
        F.PICKING: _("Being prepared at %(place)s"),
        F.STAGED: _("Packed at %(place)s"),
        F.READY: _("Ready at %(place)s"),
        F.CHECKED_IN: _("You are at %(place)s"),
        F.PACKED: _("Packed at %(place)s"),
    }
    return said.get(F(promise.status), "%(place)s") % {"place": place}


def _promise_in_words(promise: Fulfilment, now: datetime) -> str:
    if promise.status in {F.READY, F.CHECKED_IN} and promise.hold_until:
        until = day_time(promise.hold_until, now=now)
        return _("We keep it until %(at)s.") % {"at": until}
    if promise.method == Method.COLLECT and promise.ready_by:
        at = day_time(promise.ready_by, now=now)
        return _("Promised for %(at)s.") % {"at": at}
    return ""


def _to_come(status: F) -> str:
    return {
        F.ACCEPTED: _("Accepted by the store"),
        F.PICKING: _("Prepared"),
        F.READY: _("Ready"),
        F.COLLECTED: _("Collected: your points are added then"),
        F.PACKED: _("Packed"),
        F.SHIPPED: _("Sent: your points are added then"),
        F.DELIVERED: _("Delivered"),
    }[status]


def _step_of(event: OrderEvent, now: datetime) -> Step | None:
    """None for what a customer need not know."""
    if not event.before:
        return Step(_("Order received"), day_time(event.at, now=now), "done")
    words: dict[str, Callable[[dict[str, Any]], str]] = {
        "placed": lambda _data: _("Paid online"),
        "payment_failed": lambda _data: _("Payment declined"),
        "short": lambda _data: _("The store could not find everything"),
        "choice_made": lambda data: (
            _("You chose: %(choice)s") % {"choice": choice_in_words(data["choice"])}
        ),
        "cancel_requested": lambda _data: _("You asked to cancel"),
        "cancel_refused": lambda _data: _("It was too late to cancel"),
        "check_in_refused": lambda _data: _("The store could not take your arrival"),
        "part_fulfilled": lambda _data: _("A part is with you"),
        "refunded": lambda _data: _("Refunded"),
        "completed": lambda _data: _("Completed"),
        "cancelled": lambda _data: _("Cancelled"),
    }
    if event.kind not in words:
        return None
    what = words[event.kind](event.data)
    return Step(what, day_time(event.at, now=now), "done")


def choice_in_words(choice: str) -> str:
    return {
        "drop": _("Go on without what is missing"),
        "ship": _("Have it delivered to me, free of charge"),
        "other_store": _("Collect in another store"),
        "cancel": _("Cancel and refund"),
    }[choice]


def may_cancel(order: Order, promise: Fulfilment) -> bool:
    if order.status in UNPAID:
        return True
    stuck = promise.status in {*DONE, *GONE, F.EXPIRED, F.CUSTOMER_CHOICE}
    return order.status not in FINAL and not stuck and not promise.requested


def may_check_in(order: Order, promise: Fulfilment) -> bool:
    return (
        promise.method == Method.COLLECT
        and promise.status == F.READY
        and not promise.requested
    )


def shows_code(order: Order, promise: Fulfilment) -> bool:
    return promise.method == Method.COLLECT and promise.status in WITH_CODE


def still_moves(order: Order) -> bool:
    return order.status not in FINAL


def state_key(order: Order, promise: Fulfilment) -> str:
    """Changes when the page has other buttons than before."""
    return f"{order.status}-{promise.status}-{promise.requested}"


def etag(order: Order, promise: Fulfilment) -> str:
    """Changes with anything that the status part of the page shows."""
    words = (
        get_language(),
        state_key(order, promise),
        promise.id,
        promise.job_version,
        promise.due,
        promise.ready_by,
        promise.hold_until,
        len(order.events.all()),
    )
    return hashlib.sha256(repr(words).encode()).hexdigest()[:20]
