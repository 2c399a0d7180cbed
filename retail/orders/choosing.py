"""When a store refuses a pickup or cannot find all of it, the customer decides."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from inventory.ids import derived
from inventory.models import Location, LocationKind
from inventory.money import ZERO
from retail import channels
from retail.fulfilment import requesting, shippers, slots
from retail.fulfilment.mirroring import SHORT
from retail.fulfilment.models import Fulfilment, Method
from retail.fulfilment.states import FulfilmentStatus
from retail.fulfilment.terms import terms_of
from retail.orders import substituting
from retail.orders.asking import checked_address
from retail.orders.holding import hold, quantities_of
from retail.orders.models import Order, OrderEvent, OrderLine
from retail.orders.moving import locked, note
from retail.orders.placing import NotOffered
from retail.orders.settling import settle
from retail.payments.models import PaymentMethod, PaymentStatus

__all__ = ["NotAChoice", "choices", "choose", "missing"]


class NotAChoice(Exception):
    """This is not to be chosen (any more); `open` is what is."""

    def __init__(self, choice: str, open: list[str]) -> None:
        super().__init__(choice)
        self.choice = choice
        self.open = open


def choices(order: Order, fulfilment: Fulfilment) -> list[str]:
    """What may be answered now, best first: "substitute", "drop", "other_store",
    "ship", "cancel". A parcel is paid before it leaves, so what is unpaid can only be collected."""
    found = requesting.open_choices(fulfilment)
    if "ship" in found and _to_pay_in_store(order):
        found.remove("ship")
    if "drop" in found and _nothing_left(fulfilment):
        found.remove("drop")
    return found


def _nothing_left(fulfilment: Fulfilment) -> bool:
    left = sum(quantities_of(fulfilment).values())
    return left <= sum(missing(fulfilment).values())


def missing(fulfilment: Fulfilment) -> dict[int, int]:
    """{position of the order line: units} that the store could not find, while the
    customer is asked about them. One query, of the diary."""
    told = OrderEvent.objects.filter(id=short_event_id(fulfilment)).first()
    if told is None:
        return {}
    return {int(position): units for position, units in told.data["short"].items()}


def short_event_id(fulfilment: Fulfilment) -> UUID:
    """The diary's line about the units that the last news said are missing."""
    key = f"{fulfilment.id}:{fulfilment.job_version}"
    return derived(fulfilment.order_id, "event", "short", key)


def choose(
    order: Order,
    fulfilment: Fulfilment,
    choice: str,
    *,
    location_code: str = "",
    address: Mapping[str, str] | None = None,
    take: Collection[int] | None = None,
    by: str = "",
    at: datetime | None = None,
) -> str:
    """Does what the customer decided: "done", or "requested" where the store must
    still put goods back or go on.

    "substitute" takes what the store offers for the lines at the positions `take` (for
    all unless given) and goes on without the rest of what is missing, "drop" without
    any of it, "cancel" takes the pickup back, "ship" sends all of it from the warehouse
    to `address` without a charge, "other_store" asks the store `location_code` for it.
    Raises NotAChoice, NotOnOffer, NotOffered, FeatureOff, OutOfStock, Invalid (the
    address); then nothing has changed and the choice stays open. Opens its own
    transaction.
    """
    at = at or timezone.now()
    by = by or order.maker
    to = checked_address(address) if choice == "ship" else {}
    with channels.atomic():
        locks = {each.id: each for each in requesting.lock_all(order.id)}
        promise = locks[fulfilment.id]
        now = locked(order.id)
        open_now = choices(now, promise)
        if choice not in open_now:
            raise NotAChoice(choice, open_now)
        note(
            now,
            "choice_made",
            by=by,
            at=at,
            key=f"{promise.id}:{promise.job_version}",
            data={"choice": choice, "location": location_code},
        )
        if choice == "substitute":
            answer = _substitute(promise, take, by=by, at=at)
        else:
            answer = _do(now, promise, choice, location_code, to, by=by, at=at)
        settle(order.id, by=by, at=at)
    order.refresh_from_db()
    fulfilment.refresh_from_db()
    return answer


def _do(
    order: Order,
    promise: Fulfilment,
    choice: str,
    location_code: str,
    address: Mapping[str, str],
    *,
    by: str,
    at: datetime,
) -> str:
    if choice == "cancel":
        return requesting.ask_cancel(promise, by=by, reason="cancelled", at=at)
    if choice == "drop":
        due = _due_without(promise, missing(promise), ZERO)
        return requesting.ask_choice(promise, choice, due=due, by=by, at=at)
    # the new promise first: an order without any would be cancelled
    if choice == "ship":
        sender = shippers.shipper(quantities_of(promise))
        _ask_anew(order, promise, sender, address, at)
    else:
        _ask_anew(order, promise, _store(promise, location_code), {}, at)
    if promise.reason == SHORT:
        return requesting.ask_choice(promise, choice, by=by, at=at)
    requesting.withdraw(promise, at=at)
    return "done"


def _substitute(
    promise: Fulfilment, take: Collection[int] | None, *, by: str, at: datetime
) -> str:
    """Raises NotOnOffer, NotAChoice where the store says at once that it is gone."""
    taken = substituting.agree(promise, take, at=at)
    instead = sum((each.value for each in taken), ZERO)
    answer = requesting.ask_choice(
        promise,
        "substitute",
        due=_due_without(promise, missing(promise), instead),
        take={each.position: each.quantity for each in taken},
        by=by,
        at=at,
    )
    gone = promise.status == FulfilmentStatus.CUSTOMER_CHOICE
    if answer == "done" and gone:
        raise NotAChoice("substitute", requesting.open_choices(promise))
    return answer


def _due_without(
    promise: Fulfilment, units: Mapping[int, int], instead: Decimal
) -> Decimal:
    """What is left to pay at the counter, with what is taken instead."""
    value = sum(
        (
            _lost(line.order_line, units.get(line.order_line.position, 0))
            for line in promise.lines.select_related("order_line")
        ),
        ZERO,
    )
    return max(ZERO, promise.due - max(ZERO, value - instead))


def _lost(line: OrderLine, units: int) -> Decimal:
    """What these units cost, on top of those that were dropped before."""
    return line.worth(line.dropped + units) - line.worth(line.dropped)


def _store(promise: Fulfilment, code: str) -> Location:
    """Another store that customers collect in. Raises NotOffered, FeatureOff."""
    channels.require(
        channels.Feature.WEB_TO_STORE, store=code, customer=promise.order.customer_id
    )
    store = Location.objects.filter(code=code, kind=LocationKind.STORE).first()
    if store is None or store.id == promise.location_id:
        raise NotOffered(code)
    return store


def _ask_anew(
    order: Order,
    old: Fulfilment,
    location: Location,
    address: Mapping[str, str],
    at: datetime,
) -> None:
    """The same goods of another place, for nothing more than was agreed; sent where
    there is an address, else to be collected as soon as that store can. Raises
    PickupPaused, SlotFull."""
    promised = None
    if not address:
        terms = terms_of([location])[location.id]
        promised = slots.promise(location, terms, at)
    new = requesting.request(
        order,
        number=order.fulfilments.count() + 1,
        method=Method.SHIP if address else Method.COLLECT,
        location=location,
        lines=[line.order_line for line in old.lines.select_related("order_line")],
        ready_by=promised.ready_by if promised else None,
        slot=promised.slot if promised else None,
        collector="" if address else old.collector,
        address=address,
        due=old.due,
        at=at,
    )
    hold(new, quantities_of(new), expires_at=None, at=at)
    requesting.dispatch(new, at=at)


def _to_pay_in_store(order: Order) -> bool:
    return order.payments.filter(
        method=PaymentMethod.AT_STORE, status=PaymentStatus.PENDING
    ).exists()
