"""The order's side of a promise: write it down, hand it on, ask the place for changes.

Whoever touches an order's promise takes rows in one order: job, fulfilment, order.
Where the place's rows lie elsewhere there is no job to take, and nothing to wait for.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone

from inventory import reserving
from inventory.ids import derived
from inventory.models import Location
from retail.channels import Channel
from retail.fulfilment import shipping, sourcing
from retail.fulfilment.codes import code_for, code_hash
from retail.fulfilment.mirroring import SHORT
from retail.fulfilment.models import (
    Fulfilment,
    FulfilmentLine,
    Method,
    PickupJob,
    ShipJob,
)
from retail.fulfilment.sourcing import KIND
from retail.fulfilment.states import FulfilmentStatus
from retail.messages.outbox import tell
from retail.orders.models import Order, OrderLine, OrderStatus

__all__ = [
    "AlreadyAsked",
    "NotAskable",
    "ask_cancel",
    "ask_check_in",
    "ask_choice",
    "code_of",
    "dispatch",
    "fulfilment_id",
    "lock_all",
    "open_choices",
    "request",
    "withdraw",
]

Answer = Literal["done", "requested"]
UNSENT = frozenset({FulfilmentStatus.AWAITING_PAYMENT})
ENDED = frozenset(
    {
        FulfilmentStatus.COLLECTED,
        FulfilmentStatus.SHIPPED,
        FulfilmentStatus.DELIVERED,
        FulfilmentStatus.CANCELLED,
        FulfilmentStatus.EXPIRED,
        FulfilmentStatus.RESTOCKED,
    }
)


class NotAskable(Exception):
    """Too late (or too early) to ask the place for this: the promise is `status`."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class AlreadyAsked(Exception):
    """The place has not answered `requested` yet."""

    def __init__(self, requested: str) -> None:
        super().__init__(requested)
        self.requested = requested


def fulfilment_id(order_id: UUID, number: int = 1) -> UUID:
    """The id of an order's nth promise, the same on every retry and at every level."""
    return derived(order_id, "fulfilment", number)


def request(
    order: Order,
    *,
    method: str,
    location: Location,
    lines: Sequence[OrderLine],
    ready_by: datetime | None,
    collector: str = "",
    address: Mapping[str, Any] | None = None,
    due: Decimal = Decimal(0),
    at: datetime | None = None,
) -> Fulfilment:
    """Write down what is promised: these lines, without what was dropped of them.

    Inside a transaction. The goods are held by the caller, before or after; `dispatch`
    hands the promise on once it may begin. 3 queries.
    """
    at = at or timezone.now()
    number = Fulfilment.objects.filter(order=order).count() + 1
    fulfilment = Fulfilment.objects.create(
        id=fulfilment_id(order.id, number),
        origin=order.origin,
        order=order,
        method=method,
        location=location,
        status=FulfilmentStatus.AWAITING_PAYMENT,
        collector=collector,
        address=dict(address or {}),
        due=due,
        currency=order.currency,
        ready_by=ready_by,
        changed_at=at,
    )
    FulfilmentLine.objects.bulk_create(
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
    """Paid, or to be paid at the counter: the place may begin. Again without effect.

    Ships from the order's own side at once; a pickup is asked of its store, which
    answers in the same transaction where it shares the database. `fulfilment` is
    brought up to date. Inside a transaction.
    """
    at = at or timezone.now()
    sent = Fulfilment.objects.filter(
        id=fulfilment.id, status=FulfilmentStatus.AWAITING_PAYMENT
    ).update(status=FulfilmentStatus.REQUESTED, changed_at=at)
    if sent and fulfilment.method == Method.SHIP:
        shipping.begin(fulfilment, at=at)
    elif sent:
        tell(
            Channel(fulfilment.location.channel),
            "pickup.requested",
            subject=fulfilment.id,
            payload=_what_is_asked(fulfilment, at),
            origin=Channel(fulfilment.origin),
            at=at,
        )
    fulfilment.refresh_from_db(
        fields=["status", "job_version", "reason", "ready_by", "hold_until"]
    )


def _what_is_asked(fulfilment: Fulfilment, at: datetime) -> dict[str, Any]:
    """The least that the store needs: a first name, never an e-mail or an address."""
    order = fulfilment.order
    name = fulfilment.collector or f"{order.first_name} {order.last_name[:1]}".strip()
    lines = fulfilment.lines.select_related("order_line").order_by(
        "order_line__position"
    )
    return {
        "order": str(order.id),
        "order_number": order.number,
        "order_origin": order.origin,
        "location": str(fulfilment.location_id),
        "customer_name": name,
        "due": str(fulfilment.due),
        "currency": fulfilment.currency,
        "code_hash": code_hash(code_of(fulfilment), fulfilment.location_id),
        "ready_by": fulfilment.ready_by.isoformat() if fulfilment.ready_by else None,
        "placed_at": at.isoformat(),
        "lines": [
            {
                "position": line.order_line.position,
                "variant": str(line.variant_id),
                "gtin": line.order_line.gtin,
                "title": line.order_line.title,
                "quantity": line.quantity - line.dropped,
            }
            for line in lines
        ],
    }


def code_of(fulfilment: Fulfilment) -> str:
    """The code to show to the buyer, and to nobody else."""
    return code_for(fulfilment.id, fulfilment.code_version)


def lock_all(order_id: UUID) -> list[Fulfilment]:
    """Lock the order's jobs where they lie here, and its fulfilments, in the order in
    which the store's side takes them. Call it before locking the order's own row in
    any act that may ask a place for something. 3 queries."""
    jobs = PickupJob.objects.filter(order_id=order_id).order_by("id")
    list(jobs.select_for_update().values_list("id"))
    parcels = ShipJob.objects.filter(order_id=order_id).order_by("id")
    list(parcels.select_for_update().values_list("id"))
    return list(
        Fulfilment.objects.filter(order_id=order_id)
        .select_related("location", "order")
        .order_by("id")
        .select_for_update(of=("self",))
    )


def ask_cancel(
    fulfilment: Fulfilment, *, by: str, reason: str = "", at: datetime | None = None
) -> Answer:
    """Ask the place to stop. "done" where it has stopped when this returns (or had
    already), "requested" where it answers later. Raises NotAskable where the goods are
    gone. Inside a transaction, after `lock_all`."""
    at = at or timezone.now()
    if fulfilment.status == FulfilmentStatus.CANCELLED:
        return "done"
    if fulfilment.status in ENDED:
        raise NotAskable(fulfilment.status)
    if fulfilment.status in UNSENT or _refused(fulfilment):
        withdraw(fulfilment, at=at)
        return "done"
    if fulfilment.method == Method.SHIP:
        shipping.cancel(
            ShipJob.objects.get(id=fulfilment.id),
            by=by,
            event_id=derived(fulfilment.id, "cancel"),
            reason=reason,
            at=at,
        )
        fulfilment.refresh_from_db(fields=["status"])
        return "done"
    if fulfilment.requested == "cancel":
        return "requested"
    return _ask(
        fulfilment, "cancel", "pickup.cancel_requested", {"reason": reason}, by, at
    )


def ask_choice(
    fulfilment: Fulfilment,
    choice: str,
    *,
    by: str,
    due: Decimal | None = None,
    at: datetime | None = None,
) -> Answer:
    """What the customer decided about a pickup that is short. "drop": go on without
    what is missing, with `due` as what is then left to pay at the counter; anything
    else: the store puts everything back. Inside a transaction, after `lock_all`."""
    at = at or timezone.now()
    if fulfilment.status != FulfilmentStatus.CUSTOMER_CHOICE or _refused(fulfilment):
        raise NotAskable(fulfilment.status)
    payload = {"choice": choice, "due": None if due is None else str(due)}
    return _ask(fulfilment, choice, "pickup.choice_made", payload, by, at)


def ask_check_in(
    fulfilment: Fulfilment, *, place: str, by: str, at: datetime | None = None
) -> Answer:
    """The customer is there, with bay or car. Inside a transaction, after `lock_all`."""
    at = at or timezone.now()
    if fulfilment.status == FulfilmentStatus.CHECKED_IN:
        return "done"
    if fulfilment.status != FulfilmentStatus.READY:
        raise NotAskable(fulfilment.status)
    payload = {"place": place[:60]}
    return _ask(fulfilment, "check_in", "pickup.check_in_requested", payload, by, at)


def withdraw(fulfilment: Fulfilment, *, at: datetime) -> None:
    """End a promise that no place works on: not sent yet, or refused by the store.
    Gives back what a place of our own still holds for it; a claim on a feed is the
    caller's to take back, who alone knows whether it was still made."""
    Fulfilment.objects.filter(id=fulfilment.id).update(
        status=FulfilmentStatus.CANCELLED, requested="", changed_at=at
    )
    fulfilment.status = FulfilmentStatus.CANCELLED
    if sourcing.owns(fulfilment.location):
        reserving.release(kind=KIND, reference=str(fulfilment.id))


def _refused(fulfilment: Fulfilment) -> bool:
    """Whether the customer's choice is about a refusal: the store's job has ended."""
    return (
        fulfilment.status == FulfilmentStatus.CUSTOMER_CHOICE
        and fulfilment.reason != SHORT
    )


def open_choices(fulfilment: Fulfilment) -> list[str]:
    """The answers open to the customer now, best first; empty where none is asked."""
    if fulfilment.status != FulfilmentStatus.CUSTOMER_CHOICE or fulfilment.requested:
        return []
    if _refused(fulfilment):
        return ["other_store", "ship", "cancel"]
    return ["drop", "ship", "cancel"]


def _ask(
    fulfilment: Fulfilment,
    asked: str,
    kind: str,
    payload: dict[str, Any],
    by: str,
    at: datetime,
) -> Answer:
    """Only one thing is asked at a time, so that an answer is known by what it is to."""
    marked = Fulfilment.objects.filter(id=fulfilment.id, requested="").update(
        requested=asked, changed_at=at
    )
    if not marked:
        raise AlreadyAsked(fulfilment.requested)
    Order.objects.filter(id=fulfilment.order_id, status__in=OPEN_ORDER).update(
        requested=asked
    )
    tell(
        Channel(fulfilment.location.channel),
        kind,
        subject=fulfilment.id,
        payload={**payload, "by": by, "at": at.isoformat()},
        origin=Channel(fulfilment.origin),
        at=at,
    )
    fulfilment.refresh_from_db(fields=["status", "requested", "reason", "job_version"])
    return "requested" if fulfilment.requested else "done"


OPEN_ORDER = [OrderStatus.PLACED, OrderStatus.PART_FULFILLED]
