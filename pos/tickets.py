"""What a till prints, as a text that can be checked for ever.

A ticket's hash covers business values and UUIDs only: no names, no local numbers, so
that nothing a database may change later can make an honest ticket look altered. Each
ticket names the hash of the one before it. The same text is made in the till's
JavaScript; `tests/pos/ticket_vectors.json` holds both to it.

Built along the four conditions of the French rule for till software (CGI art. 286 I
3° bis): unalterable, secured, kept, archived. Not certified.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from inventory.money import for_weight

CHAIN_VERSION = 1


@dataclass(frozen=True)
class Back:
    """Where a line that came back was sold: ticket and position, both empty without a
    receipt. `restock`: it can be sold again, else it is written off."""

    ticket: UUID | None
    position: int | None
    reason: str
    restock: bool


@dataclass(frozen=True)
class Off:
    """What an offer took off a line, in euros."""

    promotion: UUID
    amount: Decimal


@dataclass(frozen=True)
class Cut:
    """The price for one `before` a seller took something off it, and why."""

    before: Decimal
    reason: str


@dataclass(frozen=True)
class Line:
    """`quantity` and `total` are negative where goods came `back`. `total` is what is
    paid for the line, after `offers`. What is `weighed` has grams for its quantity and
    the price of a kilo for its unit price; the sealed text says both in the same form,
    and the line's row which it was."""

    gtin: str
    quantity: int
    unit_price: Decimal
    total: Decimal
    tax_rate: Decimal
    back: Back | None = None
    offers: tuple[Off, ...] = ()
    cut: Cut | None = None
    weighed: bool = False

    @property
    def full(self) -> Decimal:
        """Before offers."""
        return self.at(self.unit_price)

    def at(self, price: Decimal) -> Decimal:
        """What the line comes to at another price."""
        if self.weighed:
            return for_weight(price, self.quantity)
        return price * self.quantity

    @property
    def discount(self) -> Decimal:
        return sum((each.amount for each in self.offers), Decimal("0.00"))


@dataclass(frozen=True)
class Paid:
    """`gift_card` is the id of the card that pays."""

    method: str
    amount: Decimal
    given: Decimal
    change: Decimal
    gift_card: UUID | None = None


@dataclass(frozen=True)
class Sale:
    """A ticket as the device made it.

    Wishes travel beside it and are not hashed: `take_held`, the seller was asked and
    takes units that are held for a pickup; `only_free`, sell nothing that is not free
    to promise (a kiosk, where the goods are not in the customer's hand yet); `coupons`,
    the codes that opened some of its offers; and `approval`, a manager's signed word, whose id and giver are kept beside the ticket.
    """

    id: UUID
    till: UUID
    number: int
    kind: str
    sold_at: datetime
    employee: UUID
    customer: UUID | None
    order: UUID | None
    currency: str
    lines: tuple[Line, ...]
    tenders: tuple[Paid, ...]
    points_spent: int
    total: Decimal
    previous_hash: str
    hash: str
    take_held: bool
    only_free: bool
    approval: str = ""
    coupons: tuple[str, ...] = ()


def genesis(till_id: UUID | str) -> str:
    """The previous hash of a till's first ticket."""
    return seal_of(f"retail-ticket/1 genesis {till_id}")


def canonical(sale: Sale) -> str:
    """The text that is hashed and kept."""
    lines = [
        f"line={i}|{line.gtin or '-'}|{line.quantity}|{line.unit_price:.2f}"
        f"|{line.total:.2f}|{line.tax_rate:.4f}"
        for i, line in enumerate(sale.lines, 1)
    ]
    cuts = [
        f"cut={i}|{line.cut.before:.2f}|{line.cut.reason}"
        for i, line in enumerate(sale.lines, 1)
        if line.cut is not None
    ]
    came_back = [
        f"return={i}|{back.ticket or '-'}|{back.position or '-'}|{back.reason}"
        f"|{'restock' if back.restock else 'write_off'}"
        for i, line in enumerate(sale.lines, 1)
        if (back := line.back) is not None
    ]
    offers = [
        f"offer={i}|{off.promotion}|{off.amount:.2f}"
        for i, line in enumerate(sale.lines, 1)
        for off in line.offers
    ]
    tenders = [
        f"tender={i}|{t.method}|{t.amount:.2f}|{t.given:.2f}|{t.change:.2f}"
        for i, t in enumerate(sale.tenders, 1)
    ]
    cards = [
        f"gift_card={i}|{t.gift_card}"
        for i, t in enumerate(sale.tenders, 1)
        if t.gift_card is not None
    ]
    return "\n".join(
        [
            "retail-ticket/1",
            f"id={sale.id}",
            f"till={sale.till}",
            f"number={sale.number}",
            f"kind={sale.kind}",
            f"sold_at={stamp(sale.sold_at)}",
            f"employee={sale.employee}",
            f"customer={sale.customer or '-'}",
            f"order={sale.order or '-'}",
            f"currency={sale.currency}",
            *lines,
            *cuts,
            *came_back,
            *offers,
            *tenders,
            *cards,
            f"points_spent={sale.points_spent}",
            f"total={sale.total:.2f}",
            f"previous={sale.previous_hash}",
        ]
    )


def ticket_hash(sale: Sale) -> str:
    return seal_of(canonical(sale))


def stamp(at: datetime) -> str:
    """UTC with milliseconds, as JavaScript's toISOString writes it."""
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def seal_of(text: str) -> str:
    """The hash of a canonical text, made or kept."""
    return hashlib.sha256(text.encode()).hexdigest()
