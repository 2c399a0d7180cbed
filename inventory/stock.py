"""Goods come and go: receive, issue, sell at the till, adjust, take back.

Every verb takes all lines of one act at one place, {variant_id: units}, runs inside the
caller's transaction, and has one effect per (kind, reference): the same again changes
nothing. Origin is the place's channel. Σ movements = on_hand − oversold, always.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from inventory.levels import OutOfStock, Short, checked, ensure, rows
from inventory.models import Location
from inventory.moving import move
from inventory.selling import HeldForPickup, TillIssue, sell_at_till

__all__ = [
    "HeldForPickup",
    "OutOfStock",
    "Short",
    "TillIssue",
    "adjust",
    "issue",
    "receive",
    "sell_at_till",
    "take_back",
]

MOVED_BEFORE = """
SELECT 1 FROM inventory_stockmovement
WHERE kind = %(kind)s AND reference = %(reference)s AND location_id = %(location)s
LIMIT 1
"""


def receive(
    location: Location,
    quantities: Mapping[UUID, int],
    *,
    kind: str = "receive",
    reference: str,
    by: str = "",
    at: datetime | None = None,
) -> bool:
    """Goods arrive; a variant's first arrival makes its level, and a block ends. Two
    queries.

    Answers whether anything moved. Raises UnknownVariant, BadQuantity.
    """
    checked(quantities)
    ensure(location, list(quantities))
    return _move(location, quantities, kind, reference, by, at, seen=True)


def take_back(
    location: Location,
    quantities: Mapping[UUID, int],
    *,
    kind: str = "take_back",
    reference: str,
    by: str = "",
    at: datetime | None = None,
) -> bool:
    """A customer returns goods that can be sold again. Like `receive`."""
    return receive(location, quantities, kind=kind, reference=reference, by=by, at=at)


def issue(
    location: Location,
    quantities: Mapping[UUID, int],
    *,
    kind: str,
    reference: str,
    by: str,
    at: datetime | None = None,
) -> bool:
    """Goods leave the shelf: all lines or none, never units held for a customer.

    Safety units may go: they limit promises, not what a person carries away. Answers
    whether anything moved. Raises OutOfStock, BadQuantity.
    """
    checked(quantities)
    leaving = {variant_id: -units for variant_id, units in quantities.items()}
    return _move(location, leaving, kind, reference, by, at, seen=False)


def adjust(
    location: Location,
    deltas: Mapping[UUID, int],
    *,
    reason: str,
    reference: str,
    by: str,
    at: datetime | None = None,
) -> bool:
    """Correct the books by signed units; the movement's kind is `adjust:<reason>`.

    A block ends. What is held for customers stays: taking more than the rest raises OutOfStock, and
    its hold must be let go first. Raises UnknownVariant, BadQuantity too.
    """
    checked(deltas, signed=True)
    ensure(location, list(deltas))
    return _move(location, deltas, f"adjust:{reason}", reference, by, at, seen=True)


def _move(
    location: Location,
    deltas: Mapping[UUID, int],
    kind: str,
    reference: str,
    by: str,
    at: datetime | None,
    *,
    seen: bool,
) -> bool:
    moved, short = move(
        location, deltas, kind=kind, reference=reference, by=by, at=at, seen=seen
    )
    if not short:
        return moved
    act = {"kind": kind, "reference": reference, "location": location.id}
    if rows(MOVED_BEFORE, act):  # short because this very act took the goods before
        return False
    raise OutOfStock(short)
