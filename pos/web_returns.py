"""A store takes goods of a web order back: the order's own side gives the money back, in
the same transaction. Only where the databases are one: apart, nobody here can say what
is left of the order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from inventory import stock
from inventory.ids import derived
from inventory.models import Location
from inventory.places import Channel, Origin
from pos.approving import covered
from pos.closing import move_cash
from pos.ids import IdReused
from pos.models import CashWay, Return, ReturnReason, Shift, Till
from retail import channels
from retail.orders import returning
from retail.orders.finding import NoSuchOrder, order_for
from retail.orders.models import Order

__all__ = [
    "IdReused",
    "NoSuchOrder",
    "NotShared",
    "TakenBack",
    "at_till",
    "done",
    "find",
    "take_back",
]


class NotShared(Exception):
    """The order is another database's."""


@dataclass(frozen=True)
class TakenBack:
    """{position: units} of the order, for which `money` goes back: the `counter` is
    given here. `new` is false where it was done before."""

    order: Order
    units: Mapping[int, int]
    money: returning.MoneyBack
    returns: list[Return]
    new: bool


def find(number: str) -> Order:
    """The web order of that number, of any customer: the paper names it. One query.
    Raises NotShared, NoSuchOrder."""
    if not channels.shared():
        raise NotShared
    return order_for(number, opened=True, details=lambda orders: orders)


def at_till(
    order_id: UUID,
    units: Mapping[int, int],
    *,
    id: UUID,
    till: Till,
    shift: Shift,
    reason: ReturnReason,
    restock: bool,
    approval: str,
    by: str,
) -> TakenBack:
    """The same at a till: what is to be given at the counter leaves its drawer, with a
    manager's word for `id`. Raises ApprovalNeeded and those of `take_back`."""
    with channels.atomic():
        # before the order, as a ticket does
        till = Till.objects.select_for_update().get(id=till.id)
        back = take_back(
            order_id,
            units,
            id=id,
            location=till.location,
            reason=reason,
            restock=restock,
            by=by,
        )
        counter = back.money.counter
        if back.new and counter > 0:
            needs = {"refund": counter}
            word = covered(approval, needs, till_id=till.id, ticket_id=id)
            move_cash(
                shift,
                id=derived(id, "cash"),
                way=CashWay.OUT,
                amount=counter,
                reason=back.order.number,
                order_id=order_id,
                employee_id=shift.employee_id,
                employee_name=shift.employee_name,
                approval=word,
            )
    return back


def take_back(
    order_id: UUID,
    units: Mapping[int, int],
    *,
    id: UUID,
    location: Location,
    reason: ReturnReason,
    restock: bool,
    by: str,
    at: datetime | None = None,
) -> TakenBack:
    """{position of the order's line: units}. The same id again has no second effect.
    Opens its own transaction. Raises NotShared, NoSuchOrder, NotReturnable, IdReused."""
    at = at or timezone.now()
    if not channels.shared():
        raise NotShared
    with channels.atomic():
        order = Order.objects.select_for_update().filter(id=order_id).first()
        if order is None:
            raise NoSuchOrder
        known = done(order, id)
        if known is not None:
            if known.units != units:
                raise IdReused
            return known
        ids = _ids(id, units)
        if Return.objects.filter(id__in=ids.values()).exists():
            raise IdReused
        with channels.use_channel(Channel(order.origin)):
            given = returning.give_back(order.id, units, id=id, by=by, at=at)
        made = [
            Return(
                id=ids[position],
                origin=Origin.POS,
                location=location,
                part=part,
                order_id=order.id,
                order_line_id=line.id,
                order_number=order.number,
                variant_id=line.variant_id,
                title=line.title,
                quantity=units[position],
                value=given.worth[position],
                reason=reason,
                restocked=restock,
                at=at,
                by=by,
            )
            for part, (position, line) in enumerate(sorted(given.lines.items()), 1)
        ]
        Return.objects.bulk_create(made)
        if restock:
            back: dict[UUID, int] = {}
            for each in made:
                back[each.variant_id] = back.get(each.variant_id, 0) + each.quantity
            stock.take_back(location, back, reference=str(id), by=by, at=at)
    return TakenBack(given.order, units, given.money, made, new=True)


def done(order: Order, id: UUID) -> TakenBack | None:
    """What the act of that id did; None where it is new. One query, else three."""
    units = returning.units_of(order, id)
    if not units:
        return None
    rows = Return.objects.filter(id__in=_ids(id, units).values()).order_by("part")
    return TakenBack(
        order, units, returning.money_back(order, id), list(rows), new=False
    )


def _ids(id: UUID, units: Mapping[int, int]) -> dict[int, UUID]:
    """{position: id of its row} of the act."""
    return {position: derived(id, "return", position) for position in units}
