"""Goods of an order come back to a store, whoever sent them or handed them over.

The order's side of it: the promise knows what came back, money goes back the way it
came, points follow. The goods themselves are the store's, see `pos/web_returns.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Sum
from django.utils import timezone

from retail.fulfilment.models import FulfilmentLine
from retail.orders import returns
from retail.orders.models import Order, OrderEvent, OrderLine
from retail.orders.moving import locked, note
from retail.orders.settling import settle
from retail.orders.value import kept, points_owed
from retail.payments.models import PaymentMethod

__all__ = [
    "Given",
    "MoneyBack",
    "NotReturnable",
    "came_back",
    "give_back",
    "left_of",
    "money_back",
    "units_of",
]


class NotReturnable(Exception):
    """{position: units that are with the customer}, of lines that too much is asked of."""

    def __init__(self, left: dict[int, int]) -> None:
        super().__init__(left)
        self.left = left


@dataclass(frozen=True)
class MoneyBack:
    """`online` went back to whoever paid on the web, `card` onto a gift card, and
    `counter` is to be given at the counter."""

    online: Decimal
    card: Decimal
    counter: Decimal


@dataclass(frozen=True)
class Given:
    """`lines` {position: line of the order} came back, of `worth` {position: euros}
    after offers."""

    order: Order
    lines: dict[int, OrderLine]
    worth: dict[int, Decimal]
    money: MoneyBack


def left_of(order: Order) -> dict[int, int]:
    """{position: units} that the customer has; one query."""
    rows = (
        FulfilmentLine.objects.filter(fulfilment__order=order)
        .values("order_line__position")
        .annotate(left=Sum(F("fulfilled") - F("returned")))
    )
    return {row["order_line__position"]: row["left"] for row in rows}


def give_back(
    order_id: UUID,
    units: Mapping[int, int],
    *,
    id: UUID,
    by: str,
    at: datetime | None = None,
) -> Given:
    """{position: units} came back in one act, `id`: what they were worth goes back, and
    the points with it. Inside a transaction that has seen that the act is new. Raises
    NotReturnable."""
    at = at or timezone.now()
    order = locked(order_id)
    _count(order, units)
    settled = came_back(order, units, act=id, by=by, at=at)
    lines = {line.position: line for line in order.lines.filter(position__in=units)}
    return Given(
        order=settled,
        lines=lines,
        worth=_worth(order, lines, units),
        money=money_back(order, id),
    )


def units_of(order: Order, act: UUID) -> dict[int, int]:
    """{position: units} that came back in that act; empty where there was none. One
    query."""
    told = OrderEvent.objects.filter(order=order, kind="returned", data__act=str(act))
    data = told.values_list("data", flat=True).first()
    return {int(at): units for at, units in data["units"].items()} if data else {}


def money_back(order: Order, act: UUID) -> MoneyBack:
    """What went back for that act, as the diary says; one query."""
    sums = dict.fromkeys(PaymentMethod.values, Decimal(0))
    told = OrderEvent.objects.filter(order=order, kind="refunded", data__act=str(act))
    for data in told.values_list("data", flat=True):
        sums[data["method"]] += Decimal(data["amount"])
    return MoneyBack(
        online=sums[PaymentMethod.ONLINE],
        card=sums[PaymentMethod.GIFT_CARD],
        counter=sums[PaymentMethod.AT_STORE],
    )


def came_back(
    order: Order, units: Mapping[int, int], *, act: UUID, by: str, at: datetime
) -> Order:
    """After {position: units} were counted as returned: the diary says so, money and
    points follow. `act` names what brought them (of a parcel: its promise), once each.
    The order's row is locked."""
    back = points_owed(order)
    data = {
        "act": str(act),
        "units": {str(position): n for position, n in units.items()},
        "points": back,
    }
    note(order, "returned", by=by, at=at, key=act, data=data)
    settled = settle(order.id, by=by, at=at, act=act)
    returns.correct_points(settled, act, kept=kept(settled), back=back, at=at)
    return settled


def _worth(
    order: Order, lines: Mapping[int, OrderLine], units: Mapping[int, int]
) -> dict[int, Decimal]:
    """{position: euros} of these units, the last that came back: what the line costs up
    to them without what it costs up to those before, so that all parts are the whole."""
    rows = FulfilmentLine.objects.filter(
        fulfilment__order=order, order_line__position__in=units
    )
    found = rows.values_list("order_line__position").annotate(back=Sum("returned"))
    gone = {at: back + lines[at].dropped for at, back in found}
    return {
        at: line.worth(gone[at]) - line.worth(gone[at] - units[at])
        for at, line in lines.items()
    }


def _count(order: Order, units: Mapping[int, int]) -> None:
    """Onto the promises that brought them; the order's row is locked."""
    left = left_of(order)
    short = {
        position: left.get(position, 0)
        for position, n in units.items()
        if not 0 < n <= left.get(position, 0)
    }
    if short or not units:
        raise NotReturnable(short)
    rows = FulfilmentLine.objects.filter(
        fulfilment__order=order, order_line__position__in=units
    )
    still = dict(units)
    for line in rows.select_related("order_line").order_by("id"):
        position = line.order_line.position
        taken = min(still[position], line.fulfilled - line.returned)
        if taken > 0:
            still[position] -= taken
            FulfilmentLine.objects.filter(id=line.id).update(
                returned=F("returned") + taken
            )
