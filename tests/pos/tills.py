"""A till in store M01 with Inès at it, and the tickets that its device makes."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from inventory.ids import master_id, new_id
from inventory.models import Location, StockLevel, StockMovement
from inventory.places import Channel, Origin
from pos import closing, shifts
from pos.models import (
    CashMove,
    CashWay,
    Return,
    Shift,
    Tender,
    Ticket,
    TicketLine,
    Till,
)
from pos.payloads import parse
from pos.selling import record
from pos.tickets import genesis, stamp, ticket_hash
from retail.channels import atomic, use_channel
from retail.customers.models import Customer
from retail.customers.registering import register
from retail.fulfilment.models import PickupEvent, PickupJob
from retail.loyalty import points
from retail.loyalty.models import LoyaltyAccount, LoyaltyEntry
from tests.retail.orders.house import House

INES = UUID("018f0000-0000-7000-8000-0000000000e5")
SAMIR = UUID("018f0000-0000-7000-8000-00000000005a")
AT = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
PRICE = {0: Decimal("3.40"), 1: Decimal("12.00"), 2: Decimal("25.00")}


def a_till(code: str = "M01", *, number: int = 1, opened: bool = True) -> Till:
    """Call with the stores pinned, as `at_till` of the tests does."""
    id = master_id("till", f"{code}:{number}")
    till = Till.objects.create(
        id=id,
        origin=Origin.POS,
        location=Location.objects.get(code=code),
        number=number,
        name=f"Caisse {number}",
        last_hash=genesis(id),
    )
    if opened:
        shifts.open_shift(till, employee_id=INES, employee_name="Inès", at=AT)
    return till


def a_ticket(house: House, till: Till, *lines: tuple[int, int], **changes: Any) -> Any:
    """The body that the device would send next, in cash; `lines` are (which article,
    units). `changes` are made before it is hashed; `sealed=False` leaves the hash as
    it was before them."""
    till.refresh_from_db()
    wanted = lines or ((0, 1),)
    total = sum(PRICE[which] * units for which, units in wanted)
    sealed = changes.pop("sealed", True)
    payload: dict[str, Any] = {
        "id": str(new_id()),
        "till": str(till.id),
        "number": till.last_number + 1,
        "kind": "sale",
        "sold_at": stamp(AT),
        "employee": str(INES),
        "customer": None,
        "order": None,
        "currency": "EUR",
        "lines": [
            {
                "gtin": house.gtins[which],
                "quantity": units,
                "unit_price": f"{PRICE[which]:.2f}",
                "total": f"{PRICE[which] * units:.2f}",
                "tax_rate": "0.0550",
            }
            for which, units in wanted
        ],
        "tenders": [cash(total)],
        "points_spent": 0,
        "total": f"{total:.2f}",
        "previous_hash": till.last_hash,
        "hash": "0" * 64,
        "take_held": False,
    }
    if not sealed:
        seal(payload)
    payload |= changes
    return seal(payload) if sealed else payload


def a_refund(
    till: Till,
    sale: Ticket | None,
    *lines: tuple[int, int],
    instead: Any = (),
    restock: bool = True,
    **changes: Any,
) -> Any:
    """The body that takes units back, `lines` are (sold position, units), all in cash;
    of no sale: one article 0, without its receipt. `instead` are lines that are taken
    in exchange, as the body has them."""
    till.refresh_from_db()
    back = []
    for position, units in lines:
        sold_line = (sale or Ticket.objects.latest("number")).lines.get(
            position=position
        )
        back.append(
            {
                "gtin": sold_line.gtin,
                "quantity": -units,
                "unit_price": f"{sold_line.unit_price:.2f}",
                "total": f"{-units * sold_line.unit_price:.2f}",
                "tax_rate": f"{sold_line.tax_rate:.4f}",
                "returned": {
                    "ticket": str(sale.id) if sale else None,
                    "position": position if sale else None,
                    "reason": "unwanted",
                    "restock": restock,
                },
            }
        )
    total = sum((Decimal(line["total"]) for line in [*back, *instead]), Decimal("0.00"))
    payload = {
        "id": str(new_id()),
        "till": str(till.id),
        "number": till.last_number + 1,
        "kind": "refund",
        "sold_at": stamp(AT),
        "employee": str(INES),
        "customer": None,
        "order": None,
        "currency": "EUR",
        "lines": [*back, *instead],
        "tenders": [cash(total)] if total else [],
        "points_spent": 0,
        "total": f"{total:.2f}",
        "previous_hash": till.last_hash,
        "hash": "0" * 64,
        "take_held": False,
    }
    return seal(payload | changes)


def a_web_order_ticket(till: Till, job: PickupJob, **changes: Any) -> Any:
    due = job.due - job.paid
    line = {
        "gtin": None,
        "quantity": 1,
        "unit_price": f"{due:.2f}",
        "total": f"{due:.2f}",
        "tax_rate": "0.0000",
    }
    till.refresh_from_db()
    payload = {
        "id": str(new_id()),
        "till": str(till.id),
        "number": till.last_number + 1,
        "kind": "web_order",
        "sold_at": stamp(AT),
        "employee": str(INES),
        "customer": None,
        "order": str(job.order_id),
        "currency": "EUR",
        "lines": [line],
        "tenders": [by_card(due)],
        "points_spent": 0,
        "total": f"{due:.2f}",
        "previous_hash": till.last_hash,
        "hash": "0" * 64,
        "take_held": False,
    }
    return seal(payload | changes)


def seal(payload: dict[str, Any]) -> dict[str, Any]:
    return payload | {"hash": ticket_hash(parse(payload | {"hash": "0" * 64}))}


def cash(amount: Decimal, change: Decimal = Decimal("0.00")) -> dict[str, str]:
    return {
        "method": "cash",
        "amount": f"{amount:.2f}",
        "given": f"{amount + change:.2f}",
        "change": f"{change:.2f}",
    }


def by_card(amount: Decimal) -> dict[str, str]:
    return cash(amount) | {"method": "card"}


def by_points(amount: Decimal) -> dict[str, str]:
    return cash(amount) | {"method": "points"}


def taken_out(shift: Shift, amount: str, *, id: UUID | None = None) -> CashMove:
    """To the bank, by Inès."""
    return closing.move_cash(
        shift,
        id=id or new_id(),
        way=CashWay.OUT,
        amount=Decimal(amount),
        reason="To the bank",
        employee_id=INES,
        employee_name="Inès",
    )


def closed(shift: Shift, *, at: datetime | None = None) -> bool:
    """By a manager who has come, uncounted; whether it was open."""
    return shifts.take_over(
        shift, employee_id=SAMIR, employee_name="Samir", manager=True, at=at
    )


def sold(house: House, till: Till, *lines: tuple[int, int], **changes: Any) -> Ticket:
    ticket, new = record(a_ticket(house, till, *lines, **changes), till_id=till.id)
    assert new
    return ticket


def chloe(*, with_points: int = 0, phone: str = "+33639980103") -> Customer:
    """A customer of the stores."""
    with use_channel(Channel.POS), atomic():
        customer = register(
            id=new_id(),
            channel=Channel.POS,
            first_name="Chloé",
            last_name="Durand",
            phone=phone,
            by="employee:test",
        )
        if with_points:
            points.earn(customer, points=with_points, reference="opening")
    return customer


def everything() -> list[list[dict[str, Any]]]:
    """All rows that a ticket could move on the stores' side, to say that none did."""
    tables = [
        Till, Ticket, TicketLine, Tender, Return, StockLevel, StockMovement, PickupJob,
        PickupEvent, LoyaltyAccount, LoyaltyEntry, Customer,
    ]  # fmt: skip
    return [list(table.objects.order_by("id").values()) for table in tables]


def refused(kind: type[Exception], payload: Any, till: Till) -> Any:
    """The refusal, after which nothing is other than before."""
    before = everything()
    with pytest.raises(kind) as refusal:
        record(payload, till_id=till.id)
    assert everything() == before
    return refusal.value
