"""Live holds, found and locked by their cause: the lower half of `reserving` and of a
sale at the till."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from inventory.filtering import those_given
from inventory.levels import execute, rows

Cause = tuple[str, str]  # kind and reference


class HoldGone(Exception):
    """What was to be claimed, kept or picked is not held: it expired, was let go, or a
    till sold the goods."""

    def __init__(self, kind: str, reference: str) -> None:
        super().__init__(f"{kind} {reference}")
        self.kind = kind
        self.reference = reference


@dataclass(frozen=True, slots=True)
class Hold:
    id: UUID
    variant_id: UUID
    location_id: UUID
    quantity: int
    kind: str
    reference: str


LOCK_LEVELS = """
SELECT s.variant_id, s.location_id FROM inventory_stocklevel s
WHERE (s.variant_id, s.location_id) IN (
  SELECT r.variant_id, r.location_id FROM inventory_reservation r
  WHERE r.state = 'held' AND r.reference = ANY(%(references)s)
    AND (r.kind, r.reference) IN (
      SELECT * FROM unnest(%(kinds)s::text[], %(references)s::text[])))
ORDER BY s.id FOR NO KEY UPDATE OF s
"""

LOCK_HOLDS = """
SELECT r.id, r.variant_id, r.location_id, r.quantity, r.kind, r.reference
FROM inventory_reservation r
WHERE r.state = 'held' AND r.reference = ANY(%(references)s)
  AND (r.kind, r.reference) IN (
    SELECT * FROM unnest(%(kinds)s::text[], %(references)s::text[]))"""
HOLDS_DUE = {"due": "r.expires_at <= %(due)s"}


def locked(causes: Sequence[Cause], *, due: datetime | None = None) -> list[Hold]:
    """The live holds of these causes, levels locked first. Two queries.

    Two, because the second must see what others did while the first waited. What was
    held only meanwhile, on levels that are not locked, is left out.
    """
    given = {
        "kinds": [kind for kind, _ in causes],
        "references": [reference for _, reference in causes],
        "due": due,
    }
    ours = set(rows(LOCK_LEVELS, given))
    those = LOCK_HOLDS + those_given(HOLDS_DUE, given)
    found = [
        Hold(*row) for row in rows(f"{those}\nORDER BY r.id FOR UPDATE OF r", given)
    ]
    return [hold for hold in found if (hold.variant_id, hold.location_id) in ours]


LET_GO = """
WITH given AS (
  SELECT * FROM unnest(%(ids)s::uuid[], %(freed)s::int[]) AS g(id, freed)),
gone AS (
  UPDATE inventory_reservation r
  SET state = CASE WHEN g.freed < r.quantity THEN r.state ELSE %(state)s END,
      quantity = CASE WHEN g.freed < r.quantity THEN r.quantity - g.freed
                      ELSE r.quantity END,
      picked = CASE WHEN g.freed < r.quantity
                    THEN least(r.picked, r.quantity - g.freed) ELSE r.picked END
  FROM given g WHERE r.id = g.id
  RETURNING r.variant_id, r.location_id, g.freed),
per_level AS (
  SELECT variant_id, location_id, sum(freed)::int AS freed FROM gone GROUP BY 1, 2)
UPDATE inventory_stocklevel s SET reserved = s.reserved - p.freed
FROM per_level p
WHERE s.variant_id = p.variant_id AND s.location_id = p.location_id
"""


def let_go(freed: Mapping[UUID, int], *, state: str) -> None:
    """Free units of holds that are locked: {hold id: units}. All of them end the hold
    in `state`, fewer make it smaller."""
    if freed:
        execute(
            LET_GO,
            {"ids": list(freed), "freed": list(freed.values()), "state": state},
        )
