"""Goods come and go: receive, issue, sell at the till, adjust, take back.

Every verb takes all lines of one act at one place, {variant_id: units}, runs inside the
caller's transaction, and has one effect per (kind, reference): the same again changes
nothing. Origin is the place's channel. Σ movements = on_hand − oversold, always.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from inventory.levels import OutOfStock, Short, checked, child_id, ensure, rows
from inventory.models import Location
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

# `held` locks and so sees each level's newest version; `short` reads all of it before
# `made` writes. Only lines that `made` really wrote change a level. Goods that come in
# first settle what a till has sold without having it in the books. `moved` counts from
# `held`, for the reason given in `inventory/reserving.py`.
MOVE = """
WITH want AS MATERIALIZED (
  SELECT * FROM unnest(%(ids)s::uuid[], %(variants)s::uuid[], %(quantities)s::int[])
    AS w(id, variant_id, quantity)),
held AS MATERIALIZED (
  SELECT s.variant_id, s.on_hand, s.reserved, s.on_hand - s.reserved AS free,
      s.oversold, s.sequence
  FROM inventory_stocklevel s
  WHERE s.location_id = %(location)s AND s.variant_id = ANY(%(variants)s::uuid[])
  ORDER BY s.id FOR NO KEY UPDATE OF s),
short AS MATERIALIZED (
  SELECT w.variant_id, -w.quantity AS wanted, coalesce(h.free, 0) AS free
  FROM want w LEFT JOIN held h USING (variant_id)
  WHERE w.quantity < 0 AND coalesce(h.free, 0) + w.quantity < 0),
made AS (
  INSERT INTO inventory_stockmovement (id, origin, variant_id, location_id, quantity,
      kind, reference, sequence, by, at)
  SELECT w.id, %(origin)s, w.variant_id, %(location)s, w.quantity, %(kind)s,
      %(reference)s, h.sequence + 1, %(by)s, %(at)s
  FROM want w JOIN held h USING (variant_id)
  WHERE NOT EXISTS (SELECT 1 FROM short)
  ON CONFLICT (kind, reference, variant_id, location_id) DO NOTHING
  RETURNING variant_id, quantity),
moved AS (
  UPDATE inventory_stocklevel s
  SET sequence = h.sequence + 1, reserved = h.reserved,
      blocked_until = CASE WHEN %(seen)s THEN NULL ELSE s.blocked_until END,
      oversold = h.oversold - least(h.oversold, greatest(m.quantity, 0)),
      on_hand = h.on_hand + m.quantity - least(h.oversold, greatest(m.quantity, 0))
  FROM made m JOIN held h USING (variant_id)
  WHERE s.location_id = %(location)s AND s.variant_id = m.variant_id
  RETURNING s.variant_id, s.oversold),
settled AS (
  UPDATE inventory_stockexception e SET closed_at = %(at)s, closed_by = %(by)s
  FROM moved m JOIN held h USING (variant_id)
  WHERE h.oversold > 0 AND m.oversold = 0 AND e.variant_id = m.variant_id
    AND e.location_id = %(location)s AND e.kind = 'oversold' AND e.closed_at IS NULL
  RETURNING e.id)
SELECT s.variant_id, s.wanted, s.free, (SELECT count(*) FROM moved)
FROM (SELECT 1) AS one LEFT JOIN short s ON true
"""

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
    given: dict[str, Any] = {
        "ids": [child_id(reference, kind, v, location.id) for v in deltas],
        "variants": list(deltas),
        "quantities": list(deltas.values()),
        "location": location.id,
        "origin": location.channel,
        "kind": kind,
        "reference": reference,
        "by": by,
        "at": at or timezone.now(),
        # somebody stood before the shelf: what was blocked there need not be any more
        "seen": seen,
    }
    answer = rows(MOVE, given)
    short = [Short(v, wanted, free) for v, wanted, free, _ in answer if v is not None]
    if not short:
        return bool(answer[0][3])
    if rows(MOVED_BEFORE, given):  # short because this very act took the goods before
        return False
    raise OutOfStock(short)
