"""Coming for the goods: on the way, here, later, at another hour, or somebody else.

What a store must agree to is asked of it, one thing at a time; that somebody is on the
way is only told.
"""

from datetime import datetime

from django.utils import timezone

from retail.channels import Channel
from retail.fulfilment import slots
from retail.fulfilment.asking import AlreadyAsked, Answer, NotAskable, ask
from retail.fulfilment.codes import code_hash, code_of, collector_of
from retail.fulfilment.models import Fulfilment, Method
from retail.fulfilment.states import FulfilmentStatus
from retail.fulfilment.terms import terms_of
from retail.messages.outbox import tell
from retail.notices.telling import notify

__all__ = [
    "NOT_YET_HERE",
    "ON_WAY_MINUTES",
    "WAITS",
    "TooManyCollectors",
    "ask_check_in",
    "ask_collector",
    "ask_extension",
    "ask_slot",
    "may_extend",
    "tell_on_way",
]

ON_WAY_MINUTES = (5, 10, 15, 30)
# who took over an account should not be able to name one accomplice after the other
MOST_COLLECTORS = 6
# the bags wait for somebody
WAITS = frozenset({FulfilmentStatus.READY, FulfilmentStatus.PARTLY_COLLECTED})
# who collects, and when, may change until somebody stands at the counter
NOT_YET_HERE = frozenset(
    {
        FulfilmentStatus.REQUESTED,
        FulfilmentStatus.PLACED,
        FulfilmentStatus.ACCEPTED,
        FulfilmentStatus.AWAITING_TRANSFER,
        FulfilmentStatus.PICKING,
        FulfilmentStatus.STAGED,
        FulfilmentStatus.READY,
    }
)


class TooManyCollectors(Exception):
    """The collector was changed so often that a person should look at it."""


def ask_check_in(
    fulfilment: Fulfilment, *, place: str, by: str, at: datetime | None = None
) -> Answer:
    """The customer is there, at the door or with bay or car. Inside a transaction,
    after `lock_all`. Raises NotAskable, AlreadyAsked."""
    at = at or timezone.now()
    if fulfilment.status == FulfilmentStatus.CHECKED_IN:
        return "done"
    if fulfilment.status != FulfilmentStatus.READY:
        raise NotAskable(fulfilment.status)
    payload = {"place": place[:60]}
    return ask(fulfilment, "check_in", "pickup.check_in_requested", payload, by, at)


def tell_on_way(
    fulfilment: Fulfilment,
    *,
    minutes: int,
    place: str = "",
    by: str,
    at: datetime | None = None,
) -> Answer:
    """The customer will be there in some minutes; said again, the later word counts.
    The store need not agree, so nothing waits for its answer. Inside a transaction,
    after `lock_all`. Raises NotAskable."""
    at = at or timezone.now()
    if fulfilment.method != Method.COLLECT or fulfilment.status not in WAITS:
        raise NotAskable(fulfilment.status)
    fulfilment.on_way_at = fulfilment.changed_at = at
    fulfilment.save(update_fields=["on_way_at", "changed_at"])
    payload = {"minutes": minutes, "place": place[:60], "by": by, "at": at.isoformat()}
    told = tell(
        Channel(fulfilment.location.channel),
        "pickup.on_way_told",
        subject=fulfilment.id,
        payload=payload,
        origin=Channel(fulfilment.origin),
        at=at,
    )
    return "requested" if told else "done"


def may_extend(fulfilment: Fulfilment) -> bool:
    """Once, while the bags wait."""
    return (
        fulfilment.method == Method.COLLECT
        and fulfilment.status == FulfilmentStatus.READY
        and fulfilment.extended_at is None
        and not fulfilment.requested
    )


def ask_extension(
    fulfilment: Fulfilment, *, by: str, at: datetime | None = None
) -> Answer:
    """One opening day longer, once. Inside a transaction, after `lock_all`. Raises
    NotAskable, AlreadyAsked."""
    at = at or timezone.now()
    if fulfilment.extended_at is not None:
        return "done"
    if fulfilment.status != FulfilmentStatus.READY:
        raise NotAskable(fulfilment.status)
    return ask(fulfilment, "extend", "pickup.extend_requested", {}, by, at)


def ask_collector(
    fulfilment: Fulfilment, name: str, *, by: str, at: datetime | None = None
) -> Answer:
    """Somebody else may collect, by a code of their own; "" takes that back. A code
    that was passed on before opens nothing once the store knows. Inside a transaction,
    after `lock_all`. Raises NotAskable, AlreadyAsked, TooManyCollectors."""
    at = at or timezone.now()
    name = name[:80]
    unsent = fulfilment.status == FulfilmentStatus.AWAITING_PAYMENT
    if fulfilment.method != Method.COLLECT or not (
        unsent or fulfilment.status in NOT_YET_HERE
    ):
        raise NotAskable(fulfilment.status)
    if name == fulfilment.collector:
        return "done"
    if fulfilment.collector_version >= MOST_COLLECTORS:
        raise TooManyCollectors
    if fulfilment.requested:
        raise AlreadyAsked(fulfilment.requested)
    Fulfilment.objects.filter(id=fulfilment.id).update(
        collector=name,
        collector_version=fulfilment.collector_version + 1,
        changed_at=at,
    )
    fulfilment.refresh_from_db(fields=["collector", "collector_version"])
    # the buyer is told, in case it was somebody else who asked
    notify(
        "pickup_collector",
        order=fulfilment.order,
        subject=fulfilment.id,
        key=str(fulfilment.collector_version),
        at=at,
    )
    if unsent:
        return "done"
    payload = {
        **collector_of(fulfilment),
        "code_hash": code_hash(code_of(fulfilment), fulfilment.location_id),
    }
    return ask(fulfilment, "collector", "pickup.collector_changed", payload, by, at)


def ask_slot(
    fulfilment: Fulfilment,
    starts_at: datetime,
    *,
    by: str,
    at: datetime | None = None,
) -> Answer:
    """Another hour to come. The slot is ours to give and is taken at once; the store is
    told. Inside a transaction, after `lock_all`. Raises NotAskable, AlreadyAsked,
    SlotFull."""
    at = at or timezone.now()
    unsent = fulfilment.status == FulfilmentStatus.AWAITING_PAYMENT
    if fulfilment.method != Method.COLLECT or not (
        unsent or fulfilment.status in NOT_YET_HERE
    ):
        raise NotAskable(fulfilment.status)
    if fulfilment.slot_start == starts_at:
        return "done"
    terms = terms_of([fulfilment.location])[fulfilment.location_id]
    slot = slots.move(fulfilment, terms, at, starts_at=starts_at)
    if unsent:
        return "done"
    payload = {
        "slot_start": slot.starts_at.isoformat(),
        "slot_end": slot.ends_at.isoformat(),
    }
    return ask(fulfilment, "slot", "pickup.slot_changed", payload, by, at)
