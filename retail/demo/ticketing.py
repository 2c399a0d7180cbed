"""The tickets of the demo's tills, made and chained as their devices would."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from inventory.money import ZERO, rounded
from inventory.places import Channel
from inventory.prices import priced
from pos import selling, shifts
from pos.models import TicketKind, Till
from pos.tickets import Line, Paid, Sale, stamp, ticket_hash
from retail.demo import people
from retail.demo.catalogue import products, till_id
from retail.demo.script import BuyInStore, OrderOnWeb, act_id
from retail.fulfilment.models import PickupJob
from retail.loyalty.points import value_of


def sale(
    act: BuyInStore, customer: UUID | None, cashier: dict[str, str]
) -> dict[str, Any]:
    catalogue = products()
    wanted = [(catalogue[i]["gtin"], quantity) for i, quantity in act.lines]
    found = priced(Channel.POS, [gtin for gtin, _ in wanted])
    lines = tuple(
        Line(
            gtin=gtin,
            quantity=quantity,
            unit_price=found[gtin].amount,
            total=found[gtin].amount * quantity,
            tax_rate=found[gtin].tax_rate,
        )
        for gtin, quantity in wanted
    )
    total = sum((line.total for line in lines), ZERO)
    by_points = value_of(act.points)
    tenders = [_tender(act.tender, total - by_points)]
    if act.points:
        tenders.append(Paid("points", by_points, by_points, ZERO))
    return _chained(
        id=act_id("ticket", act.key),
        till=till_id(act.store, act.till),
        kind=TicketKind.SALE,
        sold_at=act.at,
        employee=people.employee_id(cashier["key"]),
        customer=customer,
        order=None,
        lines=lines,
        tenders=tuple(tenders),
        points_spent=act.points,
        total=total,
    )


def web_order(
    act: OrderOnWeb, job: PickupJob, cashier: dict[str, str], at: datetime
) -> dict[str, Any]:
    due = job.due - job.paid
    return _chained(
        id=act_id("ticket", act.key),
        till=till_id(act.store, 1),
        kind=TicketKind.WEB_ORDER,
        sold_at=at,
        employee=people.employee_id(cashier["key"]),
        customer=None,
        order=job.order_id,
        # the order's invoice shows its tax; this ticket only takes the money
        lines=(Line("", 1, due, due, Decimal("0.0000")),),
        tenders=(_tender("card", due),),
        points_spent=0,
        total=due,
    )


def _tender(method: str, amount: Decimal) -> Paid:
    if method != "cash":
        return Paid(method, amount, amount, ZERO)
    given = (amount // 10 + 1) * 10
    return Paid(method, amount, rounded(given), rounded(given - amount))


def _chained(*, till: UUID, **values: Any) -> dict[str, Any]:
    """The ticket as the till's device would send it, next in its chain."""
    tip = Till.objects.get(id=till)
    made = Sale(
        till=till,
        number=tip.last_number + 1,
        previous_hash=tip.last_hash,
        currency="EUR",
        hash="",
        take_held=True,
        only_free=False,
        **values,
    )
    return {
        "id": str(made.id),
        "till": str(made.till),
        "number": made.number,
        "kind": str(made.kind),
        "sold_at": stamp(made.sold_at),
        "employee": str(made.employee),
        "customer": str(made.customer) if made.customer else None,
        "order": str(made.order) if made.order else None,
        "currency": made.currency,
        "lines": [
            {
                "gtin": line.gtin or None,
                "quantity": line.quantity,
                "unit_price": f"{line.unit_price:.2f}",
                "total": f"{line.total:.2f}",
                "tax_rate": f"{line.tax_rate:.4f}",
            }
            for line in made.lines
        ],
        "tenders": [
            {
                "method": tender.method,
                "amount": f"{tender.amount:.2f}",
                "given": f"{tender.given:.2f}",
                "change": f"{tender.change:.2f}",
            }
            for tender in made.tenders
        ],
        "points_spent": made.points_spent,
        "total": f"{made.total:.2f}",
        "previous_hash": made.previous_hash,
        "hash": ticket_hash(made),
        "take_held": True,
    }


def record(
    payload: dict[str, Any],
    *,
    store_code: str,
    cashier: dict[str, str],
    at: datetime,
    till_number: int = 1,
) -> None:
    till = till_id(store_code, till_number)
    if shifts.current(till) is None:
        shifts.open_shift(
            Till.objects.get(id=till),
            employee_id=people.employee_id(cashier["key"]),
            employee_name=cashier["first_name"],
            id=act_id("shift", till, f"{at:%Y%m%d}"),
            at=at,
        )
    selling.record(payload, till_id=till, at=at)
