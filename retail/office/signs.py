"""What the office's page of what stands out is told by the rooms that know it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class BusyCard:
    """One customer on many tickets of one till in one day, the last of them `at`.
    `sellers` are first names; `own`: one of them is the customer, as far as an e-mail
    address tells."""

    at: datetime
    till: str
    place: str
    customer_id: UUID
    customer: str
    tickets: int
    sellers: tuple[str, ...]
    own: bool = False


@dataclass(frozen=True)
class OddClock:
    """A ticket whose time is not that of its arrival."""

    number: str
    till: str
    place: str
    seller: str
    claimed: datetime
    arrived: datetime


@dataclass(frozen=True)
class FromTills:
    cards: list[BusyCard]
    clocks: list[OddClock]
