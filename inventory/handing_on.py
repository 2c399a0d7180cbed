"""Held units change their cause, or grow: for goods that were promised already.

`reserving.reserve` asks whether a promise can be made and leaves safety units alone.
These verbs keep one that was made: goods laid aside for a customer become the pickup's,
goods that came for it are held for it. Inside the caller's transaction; not idempotent
by themselves, the caller's event or status is the guard.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from inventory.holds import Cause
from inventory.levels import OutOfStock, Short, checked, child_id, rows
from inventory.models import Location
from inventory.reserving import release

__all__ = ["hand_on", "hold_more"]

# Like `reserving.RESERVE`: `held` locks the levels in the global order and `taken`
# counts from it. A hold that was claimed is history and cannot grow: its units count
# as short.
HOLD_MORE = """
WITH want AS MATERIALIZED (
  SELECT * FROM unnest(%(ids)s::uuid[], %(variants)s::uuid[], %(quantities)s::int[])
    AS w(id, variant_id, quantity)),
held AS MATERIALIZED (
  SELECT s.variant_id, s.on_hand, s.reserved, s.on_hand - s.reserved AS free
  FROM inventory_stocklevel s
  WHERE s.location_id = %(location)s AND s.variant_id = ANY(%(variants)s::uuid[])
  ORDER BY s.id FOR NO KEY UPDATE OF s),
claimed AS MATERIALIZED (
  SELECT variant_id FROM inventory_reservation
  WHERE kind = %(kind)s AND reference = %(reference)s AND location_id = %(location)s
    AND state = 'claimed'),
short AS MATERIALIZED (
  SELECT w.variant_id, w.quantity,
      CASE WHEN c.variant_id IS NULL THEN greatest(coalesce(h.free, 0), 0)
           ELSE 0 END AS free
  FROM want w LEFT JOIN held h USING (variant_id) LEFT JOIN claimed c USING (variant_id)
  WHERE c.variant_id IS NOT NULL OR coalesce(h.free, 0) < w.quantity),
made AS (
  INSERT INTO inventory_reservation AS r (id, origin, variant_id, location_id, quantity,
      picked, state, kind, reference, made_at, expires_at)
  SELECT w.id, %(origin)s, w.variant_id, %(location)s, w.quantity, 0, 'held', %(kind)s,
      %(reference)s, %(at)s, NULL
  FROM want w WHERE NOT EXISTS (SELECT 1 FROM short)
  ON CONFLICT (kind, reference, variant_id, location_id) DO UPDATE
    SET quantity = excluded.quantity
                 + CASE WHEN r.state = 'held' THEN r.quantity ELSE 0 END,
        picked = CASE WHEN r.state = 'held' THEN r.picked ELSE 0 END,
        state = 'held', expires_at = NULL
    WHERE r.state <> 'claimed'
  RETURNING r.variant_id),
taken AS (
  UPDATE inventory_stocklevel s
  SET on_hand = h.on_hand, reserved = h.reserved + w.quantity
  FROM made m JOIN held h USING (variant_id) JOIN want w USING (variant_id)
  WHERE s.location_id = %(location)s AND s.variant_id = m.variant_id
  RETURNING s.id)
SELECT s.variant_id, s.quantity, s.free, (SELECT count(*) FROM taken)
FROM (SELECT 1) AS one LEFT JOIN short s ON true
"""


def hold_more(
    location: Location,
    quantities: Mapping[UUID, int],
    *,
    kind: str,
    reference: str,
    at: datetime | None = None,
) -> None:
    """Hold these units on top of what the cause holds, safety units too: all or none,
    in one statement. Raises OutOfStock, BadQuantity."""
    checked(quantities)
    answer = rows(
        HOLD_MORE,
        {
            "ids": [
                child_id(reference, "hold", kind, variant, location.id)
                for variant in quantities
            ],
            "variants": list(quantities),
            "quantities": list(quantities.values()),
            "location": location.id,
            "origin": location.channel,
            "kind": kind,
            "reference": reference,
            "at": at or timezone.now(),
        },
    )
    short = [Short(v, wanted, free) for v, wanted, free, _ in answer if v is not None]
    if short:
        raise OutOfStock(short)


def hand_on(
    location: Location,
    quantities: Mapping[UUID, int],
    *,
    held: Cause,
    to: Cause,
    at: datetime | None = None,
) -> dict[UUID, int]:
    """Units of one cause become another's, {variant_id: units}, at most what is held;
    answers how many. Nobody else gets them meanwhile: their levels stay locked."""
    freed = release(kind=held[0], reference=held[1], quantities=quantities)
    if freed:
        hold_more(location, freed, kind=to[0], reference=to[1], at=at)
    return freed
