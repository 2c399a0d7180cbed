"""What a shift took, as it stands (X) and when it is closed (Z).

Closings follow each other by the numbers of the till's tickets. The till's row is
locked, as every ticket does that takes its place in the chain: none can slip between.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, Sum
from django.utils import timezone

from inventory.ids import derived, new_id
from inventory.money import ZERO
from inventory.places import Origin
from pos.approving import Approval, kept
from pos.drawer_models import CashMove, CashWay, Closing, ClosingTender
from pos.ids import IdReused
from pos.models import Shift, Tender, TenderMethod, Ticket, TicketKind, Till
from retail import channels

__all__ = ["COUNTED", "AlreadyClosed", "Totals", "close", "move_cash", "totals"]

# what lies in the drawer, or is written on the terminal's slip
COUNTED = (TenderMethod.CASH, TenderMethod.CARD)


class AlreadyClosed(Exception):
    """This shift has its closing; nothing can be added to it."""


@dataclass(frozen=True)
class Totals:
    """Of the tickets `first` to `last`. `expected` {tender: euros} has what was in the
    drawer at the opening and what was put in or taken out since."""

    number: int
    first: int
    last: int
    sold: Decimal
    refunded: Decimal
    perpetual: Decimal
    opening: Decimal
    cash_in: Decimal
    cash_out: Decimal
    expected: dict[str, Decimal]

    @property
    def total(self) -> Decimal:
        return self.sold + self.refunded


def totals(shift: Shift, till: Till) -> Totals:
    """As it stands now; four queries."""
    before = Closing.objects.filter(till=till).order_by("-number").first()
    first = before.last_number + 1 if before else 1
    covered = Q(number__gte=first, number__lte=till.last_number)
    sums = Ticket.objects.filter(covered, till=till).aggregate(
        sold=Sum("total", filter=~Q(kind=TicketKind.REFUND)),
        refunded=Sum("total", filter=Q(kind=TicketKind.REFUND)),
    )
    sold, refunded = sums["sold"] or ZERO, sums["refunded"] or ZERO
    paid = dict(
        Tender.objects.filter(
            ticket__till=till,
            ticket__number__gte=first,
            ticket__number__lte=till.last_number,
        )
        .values_list("method")
        .annotate(Sum("amount"))
        .order_by("method")
    )
    moved = dict(
        CashMove.objects.filter(shift=shift).values_list("way").annotate(Sum("amount"))
    )
    cash_in, cash_out = moved.get(CashWay.IN, ZERO), moved.get(CashWay.OUT, ZERO)
    drawer = shift.opening_cash + cash_in - cash_out
    expected = {method: paid.pop(method, ZERO) for method in COUNTED}
    expected[TenderMethod.CASH] += drawer
    return Totals(
        number=before.number + 1 if before else 1,
        first=first,
        last=till.last_number,
        sold=sold,
        refunded=refunded,
        perpetual=(before.perpetual if before else ZERO) + sold + refunded,
        opening=shift.opening_cash,
        cash_in=cash_in,
        cash_out=cash_out,
        expected={method.value: amount for method, amount in expected.items()} | paid,
    )


def close(
    shift: Shift,
    *,
    counted: Mapping[str, Decimal],
    employee_id: UUID,
    employee_name: str,
    id: UUID | None = None,
    approval: Approval | None = None,
    at: datetime | None = None,
) -> Closing:
    """Closes the shift and writes its Z; `counted` {tender: euros} as they were counted,
    none of what nobody counted. The same id again has no second effect. Opens its own
    transaction. Raises AlreadyClosed."""
    at = at or timezone.now()
    with channels.atomic():
        till = Till.objects.select_for_update().get(id=shift.till_id)
        known = Closing.objects.filter(shift=shift).first()
        if known is not None and known.id == id:
            return known
        if not Shift.objects.filter(id=shift.id, closed_at=None).update(closed_at=at):
            raise AlreadyClosed
        found = totals(shift, till)
        closing = Closing.objects.create(
            id=id or new_id(),
            origin=Origin.POS,
            till=till,
            shift=shift,
            number=found.number,
            first_number=found.first,
            last_number=found.last,
            tickets=found.last - found.first + 1,
            sold=found.sold,
            refunded=found.refunded,
            total=found.total,
            perpetual=found.perpetual,
            employee_id=employee_id,
            employee_name=employee_name,
            **kept(approval),
            at=at,
        )
        ClosingTender.objects.bulk_create(
            ClosingTender(
                id=derived(closing.id, method),
                origin=Origin.POS,
                closing=closing,
                method=method,
                expected=amount,
                counted=counted.get(method),
            )
            for method, amount in found.expected.items()
        )
    return closing


def move_cash(
    shift: Shift,
    *,
    id: UUID,
    way: CashWay,
    amount: Decimal,
    reason: str,
    employee_id: UUID,
    employee_name: str,
    order_id: UUID | None = None,
    approval: Approval | None = None,
    at: datetime | None = None,
) -> CashMove:
    """Cash goes into the drawer, or out of it. The same id again has no second effect.
    Opens its own transaction. Raises AlreadyClosed, IdReused."""
    with channels.atomic():
        # as a closing does: what comes after it belongs to no shift
        Till.objects.select_for_update().get(id=shift.till_id)
        known = CashMove.objects.filter(id=id).first()
        if known is not None:
            if (known.way, known.amount, known.reason) != (way, amount, reason):
                raise IdReused
            return known
        if not Shift.objects.filter(id=shift.id, closed_at=None).exists():
            raise AlreadyClosed
        return CashMove.objects.create(
            id=id,
            origin=Origin.POS,
            shift=shift,
            way=way,
            amount=amount,
            reason=reason,
            order_id=order_id,
            employee_id=employee_id,
            employee_name=employee_name,
            **kept(approval),
            at=at or timezone.now(),
        )
