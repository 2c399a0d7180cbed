"""What a purchase looks like to the customer's profile, whichever room it comes from."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True)
class Purchase:
    """One ticket or order: `number` is what people read, `place` where it was bought,
    `total` includes tax, `origin` is the owner of the row, `status` how an order
    stands, "" for a ticket."""

    id: UUID
    number: str
    at: datetime
    place: str
    total: Decimal
    currency: str
    origin: str
    status: str = ""
