"""The order's side of a promise: write it down, hand it on; `asking` asks for changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from inventory.ids import derived
from inventory.inserting import insert
from inventory.models import Location
from retail.channels import Channel
from retail.fulfilment import shipping
from retail.fulfilment.asking import (
    AlreadyAsked,
    NotAskable,
    ask_cancel,
    ask_choice,
    lock_all,
    open_choices,
    withdraw,
)
from retail.fulfilment.codes import code_hash, code_of, collector_of
from retail.fulfilment.models import (
    Fulfilment,
    FulfilmentLine,
    Method,
)
from retail.fulfilment.sourcing import owns
from retail.fulfilment.states import FulfilmentStatus
from retail.fulfilment.visits import ask_check_in
from retail.messages.outbox import tell
from retail.notices.telling import notify
from retail.orders.models import Order, OrderLine

__all__ = [
    "AlreadyAsked",
    "NotAskable",
    "acknowledge",
    "ask_cancel",
    "ask_check_in",
    "ask_choice",
    "begin",
    "code_of",
    "dispatch",
    "fulfilment_id",
    "lock_all",
    "open_choices",
    "request",
    "tell_due",
    "withdraw",
]


def fulfilment_id(order_id: UUID, number: int = 1) -> UUID:
    """The id of an order's nth promise, the same on every retry and at every level."""
    return derived(order_id, "fulfilment", number)


def request(
    order: Order,
    *,
    number: int,
    method: str,
    location: Location,
    lines: Sequence[OrderLine],
    ready_by: datetime | None,
    collector: str = "",
    address: Mapping[str, Any] | None = None,
    due: Decimal = Decimal(0),
    slot: tuple[datetime, datetime] | None = None,
    begins: bool = False,
    at: datetime | None = None,
) -> Fulfilment:
    """Write down what is promised: these lines, without what was dropped of them.
    `number` counts the order's promises, from 1; `slot` is one that the caller has
    booked. A named collector has a code of their own.

    Inside a transaction, in which the caller holds the goods. With `begins` the caller
    acknowledges and begins it in the same transaction; else `dispatch` hands the promise
    on once it may begin. 2 queries, none where rows are written `together`.
    """
    at = at or timezone.now()
    fulfilment = Fulfilment(
        id=fulfilment_id(order.id, number),
        origin=order.origin,
        order=order,
        method=method,
        location=location,
        status=FulfilmentStatus.REQUESTED
        if begins
        else FulfilmentStatus.AWAITING_PAYMENT,
        collector=collector,
        collector_version=1 if collector else 0,
        slot_start=slot[0] if slot else None,
        slot_end=slot[1] if slot else None,
        address=dict(address or {}),
        due=due,
        currency=order.currency,
        ready_by=ready_by,
        changed_at=at,
    )
    insert([fulfilment])
    insert(
        FulfilmentLine(
            id=derived(fulfilment.id, "line", line.position),
            origin=order.origin,
            fulfilment=fulfilment,
            order_line=line,
            variant_id=line.variant_id,
            quantity=line.quantity - line.dropped,
        )
        for line in lines
        if line.quantity > line.dropped
    )
    return fulfilment


def dispatch(fulfilment: Fulfilment, *, at: datetime | None = None) -> None:
    """Paid, or to be paid at the counter: the place may begin, and `fulfilment` is
    brought up to date. Again without effect. Inside a transaction, in which its goods
    were held or are kept."""
    at = at or timezone.now()
    sent = Fulfilment.objects.filter(
        id=fulfilment.id, status=FulfilmentStatus.AWAITING_PAYMENT
    ).update(status=FulfilmentStatus.REQUESTED, changed_at=at)
    if sent:
        lines = fulfilment.lines.select_related("order_line").order_by(
            "order_line__position"
        )
        units = [(line.order_line, line.quantity - line.dropped) for line in lines]
        acknowledge(fulfilment, at=at)
        begin(fulfilment, units, at=at)
    fulfilment.refresh_from_db(
        fields=["status", "job_version", "reason", "ready_by", "hold_until"]
    )


def acknowledge(fulfilment: Fulfilment, *, at: datetime) -> None:
    """The customer is told that the order came; of its promises the first says it for
    all."""
    notify("order_received", order=fulfilment.order, subject=fulfilment.order_id, at=at)


def begin(
    fulfilment: Fulfilment, units: Sequence[tuple[OrderLine, int]], *, at: datetime
) -> None:
    """Ships from the order's own side at once; a pickup is asked of its store, which
    answers in the same transaction where it shares the database. `units` are what it
    is to bring, in the order of its lines. Once, for a promise that became `requested`
    in this transaction, in which its goods are held."""
    if fulfilment.method == Method.SHIP:
        shipping.begin(fulfilment, at=at)
    else:
        tell(
            Channel(fulfilment.location.channel),
            "pickup.requested",
            subject=fulfilment.id,
            payload=_what_is_asked(fulfilment, units, at),
            origin=Channel(fulfilment.origin),
            first=fulfilment._state.adding,
            at=at,
        )


def tell_due(fulfilment: Fulfilment, due: Decimal, *, at: datetime) -> None:
    """So much is to be paid at the counter after all, in all. Inside a transaction,
    after `lock_all`."""
    Fulfilment.objects.filter(id=fulfilment.id).update(due=due, changed_at=at)
    tell(
        Channel(fulfilment.location.channel),
        "pickup.due_told",
        subject=fulfilment.id,
        payload={"due": str(due), "by": "system", "at": at.isoformat()},
        origin=Channel(fulfilment.origin),
        at=at,
    )


def _what_is_asked(
    fulfilment: Fulfilment, units: Sequence[tuple[OrderLine, int]], at: datetime
) -> dict[str, Any]:
    """The least that the store needs: a first name, never an e-mail or an address. One
    that shares the database is told that its goods are `held` in its own rows."""
    order = fulfilment.order
    held = {"held": True} if owns(fulfilment.location) else {}
    return {
        **held,
        "order": str(order.id),
        "order_number": order.number,
        "order_origin": order.origin,
        "location": str(fulfilment.location_id),
        "customer_name": f"{order.first_name} {order.last_name[:1]}".strip(),
        "due": str(fulfilment.due),
        "worth": str(sum(line.worth(quantity) for line, quantity in units)),
        "currency": fulfilment.currency,
        "code_hash": code_hash(code_of(fulfilment), fulfilment.location_id),
        **collector_of(fulfilment),
        "ready_by": _iso(fulfilment.ready_by),
        "slot_start": _iso(fulfilment.slot_start),
        "slot_end": _iso(fulfilment.slot_end),
        "placed_at": at.isoformat(),
        "lines": [
            {
                "position": line.position,
                "variant": str(line.variant_id),
                "gtin": line.gtin,
                "title": line.title,
                "quantity": quantity,
            }
            for line, quantity in units
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
