"""Units come to a place or leave it: all lines of an act or none, in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from inventory.levels import Short, child_id, rows_carrying
from inventory.models import Location

__all__ = ["move"]

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


def move(
    location: Location,
    deltas: Mapping[UUID, int],
    *,
    kind: str,
    reference: str,
    by: str,
    at: datetime | None = None,
    seen: bool = False,
) -> tuple[bool, list[Short]]:
    """Whether anything moved, and the lines that are short: with any, nothing did. One
    query, which leaves the levels locked and carries what waits to be written
    `together`.

    `deltas` {variant_id: signed units}; what leaves is never held for a customer. A
    line whose level is missing is short of all it takes, and is left out where it
    brings; one that this act moved before moves no more. `seen`: somebody stood before
    the shelf, so what was blocked there need not be any more.
    """
    given = {
        "ids": [child_id(reference, kind, v, location.id) for v in deltas],
        "variants": list(deltas),
        "quantities": list(deltas.values()),
        "location": location.id,
        "origin": location.channel,
        "kind": kind,
        "reference": reference,
        "by": by,
        "at": at or timezone.now(),
        "seen": seen,
    }
    answer = rows_carrying(MOVE, given)
    short = [Short(v, wanted, free) for v, wanted, free, _ in answer if v is not None]
    return not short and bool(answer[0][3]), short
