"""The order's side of the news: what a place did with a promise, and what follows.

News may come late, twice or in any order: each carries the whole state and a version,
only a newer one is taken, and the end is the same.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

from inventory.inserting import unwritten
from retail.channels import shared
from retail.fulfilment import deadlines, feed, slots, sourcing
from retail.fulfilment.announcing import QUIET, promise_moved
from retail.fulfilment.codes import collector_of
from retail.fulfilment.customer_notices import tell_customer
from retail.fulfilment.models import Fulfilment, FulfilmentLine
from retail.fulfilment.states import FulfilmentStatus, PickupStatus
from retail.messages.handlers import TooEarly
from retail.orders import dropping, substituting
from retail.orders.moving import locked, note
from retail.orders.settling import settle
from retail.payments import capturing

__all__ = [
    "SHORT",
    "fulfilled",
    "on_pickup_moved",
    "on_pickup_paid",
    "on_pickup_refused",
    "promise_of",
]

SHORT = "short"  # the reason of a choice about missing units; others are refusals

TO_CHOOSE = frozenset({PickupStatus.REJECTED, PickupStatus.SHORT})
# after these, whatever was asked of the place has its answer
LAST_WORDS = frozenset(
    {
        PickupStatus.COLLECTED,
        PickupStatus.REJECTED,
        PickupStatus.EXPIRED,
        PickupStatus.RESTOCKED,
        PickupStatus.CANCELLED,
    }
)
# the promise ended before anybody came: its slot is another's
OVER = frozenset({PickupStatus.REJECTED, PickupStatus.CANCELLED})
# the customer knows of missing units, and the work went on without them
GOES_ON = frozenset(
    {
        PickupStatus.PICKING,
        PickupStatus.STAGED,
        PickupStatus.READY,
        PickupStatus.CHECKED_IN,
        PickupStatus.PARTLY_COLLECTED,
        PickupStatus.COLLECTED,
    }
)
# what a refusal of the store undoes here: an offer that is gone, a collector whose code
# it never learnt
REFUSED: dict[str, dict[str, Any]] = {
    "substitute": {"offers": []},
    "collector": {"collector": ""},
}
# what a promise takes over from the news
TOLD = [
    "job_version",
    "status",
    "reason",
    "choose_by",
    "offers",
    "ready_by",
    "hold_until",
    "extended_at",
    "on_way_at",
    "requested",
    "changed_at",
]


def on_pickup_moved(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.moved`. The store's first answer ends the claim on the feed.
    Raises TooEarly."""
    fulfilment = promise_of(subject)
    if payload["version"] <= fulfilment.job_version:
        return
    status, by = payload["status"], payload["by"]
    first = fulfilment.job_version == 0
    was = fulfilment.status
    fulfilment.job_version = payload["version"]
    _take_over(fulfilment, payload, at=at)
    if _answers(fulfilment, payload):
        fulfilment.requested = ""
    fulfilment.changed_at = at
    agreed = fulfilment.offers
    if fulfilment.requested != "substitute":
        fulfilment.offers = substituting.known(payload.get("offers", []))
    if not fulfilment._state.adding:  # else it will be written as it is now
        fulfilment.save(update_fields=TOLD)
    if payload["move"] not in QUIET:
        promise_moved(fulfilment, at=at)
    # the slot before the goods, as orders take them: the other way round they would wait
    # for each other
    if status in OVER:
        slots.give_back(fulfilment)
    if first and not shared() and not sourcing.owns(fulfilment.location):
        feed.unclaim(
            fulfilment.location,
            {line.variant_id: line.quantity for line in fulfilment.lines.all()},
            taken=status != PickupStatus.REJECTED,
        )
    if status == PickupStatus.SHORT:
        # what the customer is asked about: `choosing.missing` reads it
        note(
            locked(fulfilment.order_id),
            "short",
            by=by,
            at=at,
            key=f"{fulfilment.id}:{fulfilment.job_version}",
            data={"short": {n["position"]: n["short"] for n in payload["lines"]}},
        )
    _goods(fulfilment, payload, agreed, by=by, at=at)
    if payload["move"] != "place":  # of an order whose work begins nothing is settled
        settle(fulfilment.order_id, by=by, at=at)
    tell_customer(fulfilment, payload, was=was, at=at)


def _take_over(
    fulfilment: Fulfilment, payload: Mapping[str, Any], *, at: datetime
) -> None:
    """The state of the store's job, as far as the promise shows it."""
    status = payload["status"]
    waited = fulfilment.status == FulfilmentStatus.CUSTOMER_CHOICE
    fulfilment.status = (
        FulfilmentStatus.CUSTOMER_CHOICE if status in TO_CHOOSE else status
    )
    if status == PickupStatus.RESTOCKED and _left_the_store(payload):
        # a part is with the customer and stays paid; the rest is dropped
        fulfilment.status = FulfilmentStatus.COLLECTED
    fulfilment.reason = SHORT if status == PickupStatus.SHORT else payload["reason"]
    if status not in TO_CHOOSE:
        fulfilment.choose_by = None
    elif not waited or fulfilment.choose_by is None:
        fulfilment.choose_by = deadlines.choose_by(fulfilment.location, at)
    fulfilment.ready_by = _moment(payload["ready_by"])
    fulfilment.hold_until = _moment(payload["hold_until"])
    fulfilment.extended_at = _moment(payload.get("extended_at"))
    # what the customer said last may not have reached the store yet
    said = [_moment(payload.get("on_way_at")), fulfilment.on_way_at]
    fulfilment.on_way_at = max(filter(None, said), default=None)


def _goods(
    fulfilment: Fulfilment,
    payload: Mapping[str, Any],
    agreed: list[dict[str, Any]],
    *,
    by: str,
    at: datetime,
) -> None:
    """What is with the customer, what never will be, and what comes instead on the
    terms that were `agreed`."""
    lines, status = payload["lines"], payload["status"]
    if status in GOES_ON or _left_the_store(payload):
        dropped = {line["position"]: line["short"] for line in lines}
        if fulfilment.status == FulfilmentStatus.COLLECTED:
            dropped = {n["position"]: n["quantity"] - n["collected"] for n in lines}
        instead = substituting.on_terms(lines, agreed)
        if any(dropped.values()) or instead:
            dropping.drop(fulfilment, dropped, instead=instead, by=by, at=at)
    if _left_the_store(payload):
        fulfilled(fulfilment, {n["position"]: n["collected"] for n in lines})


def _left_the_store(payload: Mapping[str, Any]) -> bool:
    return any(line["collected"] for line in payload["lines"])


def on_pickup_paid(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.paid`: a till took what was due. Raises TooEarly."""
    fulfilment = promise_of(subject)
    left = Decimal(payload["left"])
    Fulfilment.objects.filter(id=fulfilment.id, due__gt=left).update(
        due=left, changed_at=at
    )
    capturing.paid_at_store(
        fulfilment.order_id,
        amount=Decimal(payload["amount"]),
        reference=payload["ticket"],
        at=at,
    )
    settle(fulfilment.order_id, by=payload["by"], at=at)


def on_pickup_refused(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `pickup.refused`: what was `asked` cannot be done, because the pickup
    is `status` already. Nothing is open any more; the diary says why."""
    fulfilment = promise_of(subject)
    undone = REFUSED.get(payload["asked"], {})
    answered = Fulfilment.objects.filter(
        id=fulfilment.id, requested=payload["asked"]
    ).update(requested="", changed_at=at, **undone)
    if answered:
        note(
            locked(fulfilment.order_id),
            f"{payload['asked']}_refused",
            by=payload["by"],
            at=at,
            key=f"{fulfilment.id}:{payload['at']}",
            data={"reason": payload["status"]},
        )
        settle(fulfilment.order_id, at=at)


def promise_of(fulfilment_id: UUID) -> Fulfilment:
    """Locked, or still to be written in this very transaction. Raises TooEarly."""
    for new in unwritten(Fulfilment):
        if new.id == fulfilment_id:
            return new
    locked = "SELECT * FROM retail_fulfilment WHERE id = %s FOR UPDATE"
    found = next(iter(Fulfilment.objects.raw(locked, [fulfilment_id])), None)
    if found is None:
        raise TooEarly(fulfilment_id)
    return found


def _answers(fulfilment: Fulfilment, payload: Mapping[str, Any]) -> bool:
    """Whether a state of the job answers what was asked of the place. News that was
    already on its way when the customer asked does not."""
    asked, status = fulfilment.requested, payload["status"]
    if status in LAST_WORDS:
        return True
    if asked in ("drop", "substitute"):
        return status in GOES_ON
    if asked == "check_in":
        return bool(status == PickupStatus.CHECKED_IN)
    if asked == "extend":
        return bool(payload.get("extended_at"))
    if asked == "collector":
        mine = collector_of(fulfilment)["collector_hash"]
        return bool(payload.get("collector_hash") == mine)
    if asked == "slot" and fulfilment.slot_start is not None:
        return bool(payload.get("slot_start") == fulfilment.slot_start.isoformat())
    return False


def fulfilled(fulfilment: Fulfilment, units: Mapping[int, int]) -> None:
    """{position: units} are with the customer, or on their way."""
    for line in fulfilment.lines.select_related("order_line"):
        FulfilmentLine.objects.filter(id=line.id).update(
            fulfilled=units[line.order_line.position]
        )


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
