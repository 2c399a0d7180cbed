"""What the customer asks of a place after ordering, and the locks for it; what belongs
to coming for the goods is in `visits`.

Whoever touches an order's promise takes rows in one order: job, fulfilment, order.
Where the place's rows lie elsewhere there is no job to take, and nothing to wait for.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone

from inventory import reserving
from inventory.ids import derived
from retail.channels import Channel
from retail.fulfilment import shipping, slots, sourcing
from retail.fulfilment.mirroring import SHORT
from retail.fulfilment.models import Fulfilment, Method, PickupJob, ShipJob
from retail.fulfilment.sourcing import KIND
from retail.fulfilment.states import FulfilmentStatus
from retail.messages.outbox import tell
from retail.orders.models import Order, OrderStatus

__all__ = [
    "AlreadyAsked",
    "NotAskable",
    "ask",
    "ask_cancel",
    "ask_choice",
    "lock_all",
    "open_choices",
    "withdraw",
]

Answer = Literal["done", "requested"]
UNSENT = frozenset({FulfilmentStatus.AWAITING_PAYMENT})
ENDED = frozenset(
    {
        FulfilmentStatus.PARTLY_COLLECTED,
        FulfilmentStatus.COLLECTED,
        FulfilmentStatus.SHIPPED,
        FulfilmentStatus.DELIVERED,
        FulfilmentStatus.RETURNED,
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
    parcel = fulfilment.method == Method.SHIP
    if parcel and (job := ShipJob.objects.filter(id=fulfilment.id).first()):
        shipping.cancel(
            job,
            by=by,
            event_id=derived(fulfilment.id, "cancel"),
            reason=reason,
            at=at,
        )
        fulfilment.refresh_from_db(fields=["status"])
        return "done"
    if fulfilment.requested == "cancel":
        return "requested"
    # a parcel that is not here began in a store while databases were one
    kind = "parcel.cancel_requested" if parcel else "pickup.cancel_requested"
    return ask(fulfilment, "cancel", kind, {"reason": reason}, by, at)


def ask_choice(
    fulfilment: Fulfilment,
    choice: str,
    *,
    by: str,
    due: Decimal | None = None,
    take: Mapping[int, int] | None = None,
    at: datetime | None = None,
) -> Answer:
    """What the customer decided about a pickup that is short. "drop": go on without
    what is missing; "substitute": go on with what the store offers for the positions of
    `take`, each to become the line at the position given; `due` is what is then left
    to pay at the counter. Anything else: the store puts everything back. Inside a
    transaction, after `lock_all`."""
    at = at or timezone.now()
    if fulfilment.status != FulfilmentStatus.CUSTOMER_CHOICE or _refused(fulfilment):
        raise NotAskable(fulfilment.status)
    payload = {
        "choice": choice,
        "due": None if due is None else str(due),
        "take": {str(instead_of): as_ for instead_of, as_ in (take or {}).items()},
    }
    return ask(fulfilment, choice, "pickup.choice_made", payload, by, at)


def withdraw(fulfilment: Fulfilment, *, at: datetime) -> None:
    """End a promise that no place works on: not sent yet, or refused by the store.
    Gives back its slot and what a place of our own still holds for it; a claim on a
    feed is the caller's to take back, who alone knows whether it was still made."""
    Fulfilment.objects.filter(id=fulfilment.id).update(
        status=FulfilmentStatus.CANCELLED, requested="", choose_by=None, changed_at=at
    )
    fulfilment.status = FulfilmentStatus.CANCELLED
    slots.give_back(fulfilment)
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
    taken = ["substitute"] if fulfilment.offers else []
    return [*taken, "drop", "other_store", "ship", "cancel"]


def ask(
    fulfilment: Fulfilment,
    asked: str,
    kind: str,
    payload: dict[str, Any],
    by: str,
    at: datetime,
) -> Answer:
    """Asks the place by a message of `kind`. Only one thing is asked at a time, so that
    an answer is known by what it is to. Raises AlreadyAsked."""
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
