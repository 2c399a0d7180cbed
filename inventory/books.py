"""The invariants of stock: queries that must return no rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant. `sql` answers the rows that violate it; where it has the parameter
    `%(owners)s` it is given the channels whose rows may lie in that database."""

    id: str
    name: str
    sql: str


STOCK_IS_ITS_MOVEMENTS = Check(
    "I1",
    "stock-is-its-movements",
    """
    SELECT variant_id, location_id, s.on_hand - s.oversold AS level, m.total AS moved
    FROM inventory_stocklevel s
    FULL JOIN (
      SELECT variant_id, location_id, sum(quantity) AS total
      FROM inventory_stockmovement GROUP BY variant_id, location_id) m
    USING (variant_id, location_id)
    WHERE coalesce(s.on_hand - s.oversold, 0) <> coalesce(m.total, 0)
       OR s.id IS NULL
    """,
)

STOCK_IN_BOUNDS = Check(
    "I2",
    "stock-in-bounds",
    """
    SELECT s.id, s.on_hand, s.reserved, s.oversold FROM inventory_stocklevel s
    WHERE s.on_hand < 0 OR s.oversold < 0 OR s.reserved < 0 OR s.reserved > s.on_hand
       OR (s.oversold > 0 AND NOT EXISTS (
         SELECT 1 FROM inventory_stockexception e
         WHERE e.variant_id = s.variant_id AND e.location_id = s.location_id
           AND e.kind = 'oversold' AND e.closed_at IS NULL))
    """,
)

RESERVED_IS_ITS_HOLDS = Check(
    "I3",
    "reserved-is-its-holds",
    """
    SELECT variant_id, location_id, s.reserved, r.total AS held
    FROM inventory_stocklevel s
    FULL JOIN (
      SELECT variant_id, location_id, sum(quantity) AS total
      FROM inventory_reservation WHERE state = 'held'
      GROUP BY variant_id, location_id) r
    USING (variant_id, location_id)
    WHERE coalesce(s.reserved, 0) <> coalesce(r.total, 0)
    """,
)

# A movement that takes the running sum (further) below nothing must be one for which
# the till noted as many units in an exception.
LEDGER_NEVER_DIPS = Check(
    "I4",
    "ledger-never-dips",
    """
    SELECT m.id, m.running FROM (
      SELECT id, variant_id, location_id, reference, quantity,
             sum(quantity) OVER (PARTITION BY variant_id, location_id
                                 ORDER BY sequence) AS running
      FROM inventory_stockmovement) m
    WHERE m.running < 0 AND m.quantity < 0 AND NOT EXISTS (
      SELECT 1 FROM inventory_stockexception e
      WHERE e.variant_id = m.variant_id AND e.location_id = m.location_id
        AND e.kind = 'oversold' AND e.reference = m.reference
        AND e.quantity >= least(-m.running, -m.quantity))
    UNION ALL
    SELECT s.id, s.sequence FROM inventory_stocklevel s
    JOIN (SELECT variant_id, location_id, count(*) AS count, max(sequence) AS last
          FROM inventory_stockmovement GROUP BY variant_id, location_id) m
      USING (variant_id, location_id)
    WHERE s.sequence <> m.last OR m.count <> m.last
    """,
)

HOLDS_DO_NOT_LINGER = Check(
    "I5",
    "holds-do-not-linger",
    """
    SELECT id, kind, reference, expires_at FROM inventory_reservation
    WHERE state = 'held' AND expires_at < now() - interval '2 minutes'
    """,
)

HOLD_BECAME_ONE_ISSUE = Check(
    "I6",
    "hold-became-one-issue",
    """
    SELECT r.id, r.quantity, count(m.id) AS movements, sum(m.quantity) AS moved
    FROM inventory_reservation r
    LEFT JOIN inventory_stockmovement m
      ON m.kind = r.kind AND m.reference = r.reference
     AND m.variant_id = r.variant_id AND m.location_id = r.location_id
    WHERE r.state = 'claimed'
    GROUP BY r.id, r.quantity
    HAVING count(m.id) <> 1 OR sum(m.quantity) <> -r.quantity
    """,
)

# What left the source lies at the target or is on its way; what nobody sent is held.
TRANSFERS_BALANCE = Check(
    "I7",
    "transfers-balance",
    """
    SELECT t.id, t.status, l.variant_id, l.quantity, s.moved AS sent,
           r.moved AS received, h.held
    FROM inventory_transfer t
    JOIN inventory_transferline l ON l.transfer_id = t.id
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(m.quantity), 0) AS moved FROM inventory_stockmovement m
      WHERE m.kind = 'transfer' AND m.reference = t.id::text
        AND m.variant_id = l.variant_id AND m.location_id = t.source_id) s
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(m.quantity), 0) AS moved FROM inventory_stockmovement m
      WHERE m.kind = 'transfer' AND m.reference = t.id::text
        AND m.variant_id = l.variant_id AND m.location_id = t.target_id) r
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(v.quantity), 0) AS held FROM inventory_reservation v
      WHERE v.kind = 'transfer' AND v.reference = t.id::text AND v.state = 'held'
        AND v.variant_id = l.variant_id AND v.location_id = t.source_id) h
    WHERE s.moved <> CASE WHEN t.status IN ('sent', 'received') THEN -l.quantity
                          ELSE 0 END
       OR r.moved <> CASE WHEN t.status = 'received' THEN l.quantity ELSE 0 END
       OR h.held <> CASE WHEN t.status = 'asked' THEN l.quantity ELSE 0 END
    UNION ALL
    SELECT m.id, m.kind, m.variant_id, m.quantity, NULL, NULL, NULL
    FROM inventory_stockmovement m
    WHERE m.kind = 'transfer' AND NOT EXISTS (
      SELECT 1 FROM inventory_transfer t
      JOIN inventory_transferline l ON l.transfer_id = t.id
      WHERE t.id::text = m.reference AND l.variant_id = m.variant_id
        AND m.location_id IN (t.source_id, t.target_id))
    """,
)

ONE_OWNER_PER_LOCATION = Check(
    "I9",
    "one-owner-per-location",
    """
    SELECT s.what, s.id, s.origin, l.channel
    FROM (
      SELECT 'level' AS what, id, origin, location_id FROM inventory_stocklevel
      UNION ALL
      SELECT 'movement', id, origin, location_id FROM inventory_stockmovement
      UNION ALL
      SELECT 'hold', id, origin, location_id FROM inventory_reservation) s
    JOIN inventory_location l ON l.id = s.location_id
    WHERE s.origin <> l.channel OR l.channel <> ALL(%(owners)s::text[])
    """,
)

CHECKS = [
    STOCK_IS_ITS_MOVEMENTS,
    STOCK_IN_BOUNDS,
    RESERVED_IS_ITS_HOLDS,
    LEDGER_NEVER_DIPS,
    HOLDS_DO_NOT_LINGER,
    HOLD_BECAME_ONE_ISSUE,
    TRANSFERS_BALANCE,
    ONE_OWNER_PER_LOCATION,
]
