"""Goods come back to a till: never more than was sold, money by the way it was paid.

A refund is a ticket like any other, at its place in the chain; an exchange is one that
also sells. What came back is read and then written under the next number of its sale
(`sale_returned_in_turn`): of two tills at once the slower one reads again.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError

from inventory import stock
from inventory.ids import derived
from inventory.models import Variant
from inventory.money import ZERO
from inventory.places import Origin
from pos.approving import REFUND_LIMIT
from pos.models import Return, TenderMethod, Ticket, TicketLine
from pos.receipts import Receipt, receipt_of
from pos.tickets import Line, Sale
from retail.customers.models import Customer
from retail.loyalty import points

__all__ = [
    "NotReturnable",
    "Plan",
    "UnknownSale",
    "WrongMoneyBack",
    "another_was_first",
    "plan",
]


POINTS_STEP = Decimal("0.04")


class UnknownSale(Exception):
    """No till has sold this."""


class NotReturnable(Exception):
    """{position of the sold line: units that are left of it}, of each that is asked
    too much of, or that was not sold like this."""

    def __init__(self, left: dict[int, int]) -> None:
        super().__init__(left)
        self.left = left


class WrongMoneyBack(Exception):
    """Not so much was paid this way: `left` euros of `method` can go back."""

    def __init__(self, method: str, left: Decimal) -> None:
        super().__init__(method, left)
        self.method = method
        self.left = left


@dataclass(frozen=True)
class Plan:
    """What a refund will do. `needs` {act: euros} a manager's word; `points` is what
    the customer loses of those that the sale had earned."""

    sale: Sale
    receipt: Receipt | None
    needs: dict[str, Decimal]
    points: int

    def book(
        self, ticket: Ticket, variants: dict[str, Variant], *, by: str, at: datetime
    ) -> None:
        """Writes what came back, takes sound goods into stock and corrects points.
        After the ticket's lines, in its transaction."""
        sound = self._write(ticket, variants, by, at)
        if sound:
            stock.take_back(
                ticket.till.location, sound, reference=str(ticket.id), by=by, at=at
            )
        if self.receipt is not None:
            _correct_points(self.receipt, ticket, at=at)

    def _write(
        self, ticket: Ticket, variants: dict[str, Variant], by: str, at: datetime
    ) -> Counter[UUID]:
        """{variant: units} that can be sold again; two queries."""
        titles = dict(
            TicketLine.objects.filter(ticket=ticket).values_list("position", "title")
        )
        sound: Counter[UUID] = Counter()
        made: list[Return] = []
        for position, line in enumerate(self.sale.lines, 1):
            back = line.back
            if back is None:
                continue
            variant = variants[line.gtin]
            if back.restock:
                sound[variant.id] -= line.quantity
            sold = self.receipt.lines[back.position].line if self.receipt else None  # type: ignore[index]
            made.append(
                Return(
                    id=derived(ticket.id, "return", position),
                    origin=Origin.POS,
                    location=ticket.till.location,
                    ticket=ticket,
                    position=position,
                    sale=self.receipt.ticket if self.receipt else None,
                    line=sold,
                    sequence=self.receipt.acts + 1 if self.receipt else 0,
                    part=len(made) + 1,
                    variant=variant,
                    title=titles[position],
                    quantity=-line.quantity,
                    value=-line.total,
                    reason=back.reason,
                    restocked=back.restock,
                    at=at,
                    by=by,
                )
            )
        Return.objects.bulk_create(made)
        return sound


def plan(sale: Sale) -> Plan:
    """What the refund may do; five queries with a receipt. Raises UnknownSale,
    NotReturnable, WrongMoneyBack."""
    back = [line for line in sale.lines if line.back is not None]
    value = -sum((line.total for line in back), ZERO)
    out = _money_out(sale)
    sold_on = next(line.back.ticket for line in back if line.back)
    if sold_on is None:
        if set(out) - {TenderMethod.CASH}:
            raise WrongMoneyBack(min(set(out) - {TenderMethod.CASH}), ZERO)
        return Plan(sale, None, {"refund": value}, 0)
    receipt = receipt_of(sold_on)
    if receipt is None:
        raise UnknownSale
    _check_lines(back, receipt)
    needs = {"refund": value} if value > REFUND_LIMIT else {}
    for method, amount in out.items():
        left = max(ZERO, receipt.money.get(method, ZERO))
        # points pay for steps of a few cents: what they do not reach goes in cash
        spare = POINTS_STEP if TenderMethod.POINTS in out else ZERO
        if method == TenderMethod.CASH and amount <= left + spare:
            continue
        if amount > left and method == TenderMethod.CASH:
            needs = {"refund": value}
        elif amount > left:
            raise WrongMoneyBack(method, left)
    kept = receipt.kept - value + out.get(TenderMethod.POINTS, ZERO)
    taken = points.points_for(receipt.kept) - points.points_for(kept)
    return Plan(sale, receipt, needs, taken if receipt.ticket.customer_id else 0)


def another_was_first(error: Exception) -> bool:
    """Whether something else of the sale came back at the same moment: worth reading
    again."""
    diag = getattr(error.__cause__, "diag", None)
    name = getattr(diag, "constraint_name", None)
    return isinstance(error, IntegrityError) and name == "sale_returned_in_turn"


def _money_out(sale: Sale) -> dict[str, Decimal]:
    """{tender: euros} that go to the customer."""
    out: dict[str, Decimal] = {}
    for tender in sale.tenders:
        if tender.amount < 0:
            out[tender.method] = out.get(tender.method, ZERO) - tender.amount
    return out


def _check_lines(back: list[Line], receipt: Receipt) -> None:
    wrong: dict[int, int] = {}
    for line in back:
        position = (line.back and line.back.position) or 0
        left = receipt.lines.get(position)
        if (
            left is None
            or -line.quantity > left.quantity
            or -line.total != left.worth(-line.quantity)
            or (line.gtin, line.unit_price, line.tax_rate)
            != (left.line.gtin, left.line.unit_price, left.line.tax_rate)
        ):
            wrong[position] = left.quantity if left else 0
    if wrong:
        raise NotReturnable(wrong)


def _correct_points(before: Receipt, ticket: Ticket, *, at: datetime) -> None:
    """What the sale had earned is undone, and what the money that is still kept earns
    is earned again: rounding loses no point that way. What the account no longer has
    is owed. Points that had paid come back by the points tender."""
    whose = before.ticket.customer_id
    if whose is None:
        return
    customer = Customer.objects.filter(id=whose, erased_at=None).first()
    if customer is None or not points.has_account(customer):
        return
    for earned in (before.ticket.id, *(f"kept:{id}" for id in before.earlier)):
        points.reverse(str(earned), at=at)
    now = receipt_of(before.ticket.id)
    assert now is not None  # noqa: S101 - it was there before
    points.earn(
        customer,
        points=points.points_for(now.kept),
        reference=f"kept:{ticket.id}",
        at=at,
    )
    points.earn(
        customer, points=-ticket.points_spent, reference=f"returned:{ticket.id}", at=at
    )
