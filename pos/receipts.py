"""What is left of a sale: units of each line, and money by the way it was paid."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from inventory.money import ZERO, rounded
from pos.models import Return, Tender, Ticket, TicketKind, TicketLine, Till

__all__ = ["Left", "Receipt", "find", "number_of", "receipt_of"]

# BAT-1-12: store, till, ticket; the store and the till may be left out where one stands
# at them.
NUMBER = re.compile(r"(?:(?:([A-Z0-9]{2,12})-)?(\d{1,4})-)?(\d{1,15})")


@dataclass(frozen=True)
class Left:
    """Of a sold line: `quantity` units, for which `value` was paid, are not back."""

    line: TicketLine
    quantity: int
    value: Decimal

    def worth(self, units: int) -> Decimal:
        """What so many of them are worth: the last ones take what rounding left."""
        if units == self.quantity:
            return self.value
        return rounded(self.line.total * units / self.line.quantity)


@dataclass(frozen=True)
class Receipt:
    """`acts` times something of it came back; `money` is left {tender: euros}."""

    ticket: Ticket
    acts: int
    lines: dict[int, Left]
    money: dict[str, Decimal]
    earlier: list[UUID]

    @property
    def kept(self) -> Decimal:
        """The money, not points, that was paid for what is not back."""
        sold = sum((each.value for each in self.lines.values()), ZERO)
        return max(ZERO, sold - max(ZERO, self.money.get("points", ZERO)))


def number_of(ticket: Ticket) -> str:
    """BAT-1-12, as the receipt prints it. Reads till and location."""
    till = ticket.till
    return f"{till.location.code}-{till.number}-{ticket.number}"


def find(text: str, till: Till) -> Ticket | None:
    """The ticket that a receipt names, in any store. One query."""
    read = NUMBER.fullmatch(text.strip().upper().removeprefix("#"))
    if read is None:
        return None
    store, counter, number = read.groups()
    return (
        _tickets()
        .filter(
            till__location__code=store or till.location.code,
            till__number=counter or till.number,
            number=number,
        )
        .first()
    )


def receipt_of(ticket_id: UUID) -> Receipt | None:
    """What is left of it; None where there is no such sale. Five queries.

    What came back is read first: whoever writes under the next number in turn has so
    seen all that the numbers before it did.
    """
    back = list(
        Return.objects.filter(sale_id=ticket_id).values_list(
            "line_id", "quantity", "value", "sequence", "ticket_id"
        )
    )
    ticket = _tickets().filter(id=ticket_id).first()
    if ticket is None:
        return None
    units: Counter[UUID | None] = Counter()
    value: defaultdict[UUID | None, Decimal] = defaultdict(Decimal)
    for line_id, quantity, worth, _, _ in back:
        units[line_id] += quantity
        value[line_id] += worth
    lines = TicketLine.objects.filter(
        ticket=ticket, quantity__gt=0, variant__isnull=False
    )
    earlier = list(dict.fromkeys(each[4] for each in back))
    return Receipt(
        ticket=ticket,
        acts=max((sequence for _, _, _, sequence, _ in back), default=0),
        lines={
            line.position: Left(
                line, line.quantity - units[line.id], line.total - value[line.id]
            )
            for line in lines.order_by("position")
        },
        money=_money_left(ticket, earlier),
        earlier=earlier,
    )


def _money_left(ticket: Ticket, earlier: list[UUID]) -> dict[str, Decimal]:
    """Paid with, less given back since. One query."""
    paid = Q(ticket=ticket, amount__gt=0)
    given = Q(ticket__in=earlier, amount__lt=0)
    sums = (
        Tender.objects.filter(paid | given)
        .values("method")
        .annotate(left=Sum("amount"))
        .order_by("method")
    )
    return {row["method"]: row["left"] for row in sums}


def _tickets() -> QuerySet[Ticket]:
    """Those whose goods were sold here: a web order is its own side's."""
    sold = (TicketKind.SALE, TicketKind.REFUND)
    return Ticket.objects.filter(kind__in=sold).select_related("till__location")
