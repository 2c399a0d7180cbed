"""Units kept for a cause: reserve, let go, claim, expire.

Every verb runs inside the caller's transaction. A cause is (kind, reference); verbs
find its holds by it, wherever they lie in the context's database.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from inventory.holds import Cause, HoldGone, let_go, locked
from inventory.levels import (
    OutOfStock,
    Short,
    checked,
    child_id,
    execute,
    rows,
    rows_carrying,
)
from inventory.models import Location, ReservationState
from inventory.quantities import BadQuantity

__all__ = [
    "HoldGone",
    "OutOfStock",
    "Short",
    "claim",
    "expire_due",
    "keep",
    "mark_picked",
    "release",
    "reserve",
]

MOST_CAUSES_A_SWEEP = 200


# `held` locks and so sees each level's newest version; `short` reads all of it before
# `made` writes. Only lines that `made` really wrote raise a level's `reserved`: a second
# request of the same cause, which waited at the lock, writes none and takes none.
# `taken` counts from `held`: PostgreSQL tests constraints on the row as the statement's
# snapshot saw it, before it notices that the row moved on, so that `s.reserved + …` of a
# shelf that was full until another's commit would be refused though there is room now.
RESERVE = """
WITH want AS MATERIALIZED (
  SELECT * FROM unnest(%(ids)s::uuid[], %(variants)s::uuid[], %(quantities)s::int[])
    AS w(id, variant_id, quantity)),
live AS MATERIALIZED (
  SELECT 1 FROM inventory_reservation
  WHERE kind = %(kind)s AND reference = %(reference)s AND location_id = %(location)s
    AND state IN ('held', 'claimed')),
held AS MATERIALIZED (
  SELECT s.variant_id, s.on_hand, s.reserved,
      CASE WHEN s.blocked_until > %(at)s THEN 0
           ELSE s.on_hand - s.reserved - s.safety - %(margin)s END AS free
  FROM inventory_stocklevel s
  WHERE s.location_id = %(location)s AND s.variant_id = ANY(%(variants)s::uuid[])
  ORDER BY s.id FOR NO KEY UPDATE OF s),
short AS MATERIALIZED (
  SELECT w.variant_id, w.quantity, greatest(coalesce(h.free, 0), 0) AS free
  FROM want w LEFT JOIN held h USING (variant_id)
  WHERE coalesce(h.free, 0) < w.quantity),
made AS (
  INSERT INTO inventory_reservation AS r (id, origin, variant_id, location_id, quantity,
      picked, state, kind, reference, made_at, expires_at)
  SELECT w.id, %(origin)s, w.variant_id, %(location)s, w.quantity, 0, 'held', %(kind)s,
      %(reference)s, %(at)s, %(expires_at)s
  FROM want w
  WHERE NOT EXISTS (SELECT 1 FROM short) AND NOT EXISTS (SELECT 1 FROM live)
  ON CONFLICT (kind, reference, variant_id, location_id) DO UPDATE
    SET quantity = excluded.quantity, picked = 0, state = 'held',
        made_at = excluded.made_at, expires_at = excluded.expires_at
    WHERE r.state IN ('released', 'expired')
  RETURNING r.variant_id, r.quantity),
taken AS (
  UPDATE inventory_stocklevel s
  SET on_hand = h.on_hand, reserved = h.reserved + m.quantity
  FROM made m JOIN held h USING (variant_id)
  WHERE s.location_id = %(location)s AND s.variant_id = m.variant_id
  RETURNING s.id)
SELECT s.variant_id, s.quantity, s.free, (SELECT count(*) FROM taken)
FROM (SELECT 1) AS one LEFT JOIN short s ON true
"""

LIVE = """
SELECT 1 FROM inventory_reservation
WHERE kind = %(kind)s AND reference = %(reference)s AND location_id = %(location)s
  AND state IN ('held', 'claimed')
LIMIT 1
"""


def reserve(
    location: Location,
    quantities: Mapping[UUID, int],
    *,
    kind: str,
    reference: str,
    expires_at: datetime | None = None,
    at: datetime | None = None,
    margin: int = 0,
) -> bool:
    """Hold all lines or none, in one statement, which carries what waits to be written
    `together`. Raises OutOfStock, BadQuantity.

    Leaves each level's safety units alone, `margin` units more, and a level that is
    blocked at that moment altogether. The same cause again takes nothing and
    answers False while its holds live; once they expired or were let go it takes anew.
    """
    checked(quantities)
    given = {
        "ids": [child_id(reference, "hold", kind, v, location.id) for v in quantities],
        "variants": list(quantities),
        "quantities": list(quantities.values()),
        "location": location.id,
        "origin": location.channel,
        "kind": kind,
        "reference": reference,
        "at": at or timezone.now(),
        "expires_at": expires_at,
        "margin": margin,
    }
    answer = rows_carrying(RESERVE, given)
    short = [Short(v, wanted, free) for v, wanted, free, _ in answer if v is not None]
    if not short:
        return bool(answer[0][3])
    if rows(LIVE, given):  # scarce because an earlier try of this cause took the goods
        return False
    raise OutOfStock(short)


def release(
    *,
    kind: str,
    reference: str,
    state: str = ReservationState.RELEASED,
    quantities: Mapping[UUID, int] | None = None,
) -> dict[UUID, int]:
    """Give held units back to the shelf; again without effect. Answers what was freed.

    `quantities` {variant_id: units} frees only these, at most what is held.
    """
    freed: dict[UUID, int] = {}
    answer: dict[UUID, int] = {}
    for hold in locked([(kind, reference)]):
        units = hold.quantity
        if quantities is not None:
            units = min(units, quantities.get(hold.variant_id, 0))
        if units > 0:
            freed[hold.id] = units
            answer[hold.variant_id] = answer.get(hold.variant_id, 0) + units
    let_go(freed, state=state)
    return answer


CLAIM = """
WITH given AS (
  SELECT * FROM unnest(%(ids)s::uuid[], %(movements)s::uuid[], %(held)s::int[],
                       %(quantities)s::int[]) AS g(id, movement, held, quantity)),
gone AS (
  UPDATE inventory_reservation r
  SET state = CASE WHEN g.quantity > 0 THEN 'claimed' ELSE 'released' END,
      quantity = CASE WHEN g.quantity > 0 THEN g.quantity ELSE r.quantity END,
      picked = g.quantity
  FROM given g WHERE r.id = g.id
  RETURNING r.origin, r.variant_id, r.location_id, g.movement, g.held, g.quantity),
moved AS (
  UPDATE inventory_stocklevel s
  SET reserved = s.reserved - g.held, on_hand = s.on_hand - g.quantity,
      sequence = s.sequence + CASE WHEN g.quantity > 0 THEN 1 ELSE 0 END
  FROM gone g WHERE s.variant_id = g.variant_id AND s.location_id = g.location_id
  RETURNING s.variant_id, s.location_id, s.sequence)
INSERT INTO inventory_stockmovement (id, origin, variant_id, location_id, quantity, kind,
    reference, sequence, by, at)
SELECT g.movement, g.origin, g.variant_id, g.location_id, -g.quantity, %(kind)s,
    %(reference)s, m.sequence, %(by)s, %(at)s
FROM gone g JOIN moved m USING (variant_id, location_id)
WHERE g.quantity > 0
"""

CLAIMED = """
SELECT variant_id, quantity FROM inventory_reservation
WHERE kind = %(kind)s AND reference = %(reference)s AND state = 'claimed'
"""


def claim(
    *,
    kind: str,
    reference: str,
    by: str,
    at: datetime | None = None,
    quantities: Mapping[UUID, int] | None = None,
) -> dict[UUID, int]:
    """Held goods leave: the hold becomes one movement of the same kind and reference.

    `quantities` {variant_id: units}: fewer than held gives the rest back to the shelf,
    variants not named stay held. Answers what left, also when it had left before.
    Raises HoldGone where nothing is held, BadQuantity for more units than are held.
    """
    cause = {"kind": kind, "reference": reference}
    holds = locked([(kind, reference)])
    if quantities is not None:
        holds = [hold for hold in holds if hold.variant_id in quantities]
    if not holds:
        before: dict[UUID, int] = dict(rows(CLAIMED, cause))
        if not before:
            raise HoldGone(kind, reference)
        return before
    units = [
        hold.quantity if quantities is None else quantities[hold.variant_id]
        for hold in holds
    ]
    for hold, quantity in zip(holds, units, strict=True):
        if type(quantity) is not int or not 0 <= quantity <= hold.quantity:
            raise BadQuantity(quantity)
    execute(
        CLAIM,
        {
            "ids": [hold.id for hold in holds],
            "movements": [
                child_id(reference, kind, hold.variant_id, hold.location_id)
                for hold in holds
            ],
            "held": [hold.quantity for hold in holds],
            "quantities": units,
            "by": by,
            "at": at or timezone.now(),
            **cause,
        },
    )
    return {h.variant_id: n for h, n in zip(holds, units, strict=True) if n}


PICK = """
UPDATE inventory_reservation r SET picked = g.picked
FROM unnest(%(ids)s::uuid[], %(picked)s::int[]) AS g(id, picked) WHERE r.id = g.id
"""


def mark_picked(*, kind: str, reference: str, quantities: Mapping[UUID, int]) -> None:
    """These units lie in the customer's bag: a sale at the till leaves them alone.

    {variant_id: units picked in all}. Raises HoldGone, BadQuantity.
    """
    holds = {hold.variant_id: hold for hold in locked([(kind, reference)])}
    for variant_id, picked in quantities.items():
        if variant_id not in holds:
            raise HoldGone(kind, reference)
        if type(picked) is not int or not 0 <= picked <= holds[variant_id].quantity:
            raise BadQuantity(picked)
    execute(
        PICK,
        {
            "ids": [holds[variant_id].id for variant_id in quantities],
            "picked": list(quantities.values()),
        },
    )


# Levels are not locked: a hold's term says nothing about how much is held.
KEEP = """
UPDATE inventory_reservation r SET expires_at = %(expires_at)s
WHERE r.kind = %(kind)s AND r.reference = %(reference)s AND r.state = 'held'
RETURNING r.id
"""


def keep(*, kind: str, reference: str, expires_at: datetime | None = None) -> None:
    """Hold until then, or until claimed or released. Raises HoldGone if none lives."""
    given = {"kind": kind, "reference": reference, "expires_at": expires_at}
    if not rows(KEEP, given):
        raise HoldGone(kind, reference)


DUE = """
SELECT kind, reference FROM inventory_reservation
WHERE state = 'held' AND expires_at <= %(now)s
GROUP BY kind, reference ORDER BY min(expires_at) LIMIT %(most)s
"""


def expire_due(now: datetime) -> list[Cause]:
    """End holds whose time is over; answers their causes, at most 200 a call."""
    due = rows(DUE, {"now": now, "most": MOST_CAUSES_A_SWEEP})
    if not due:
        return []
    holds = locked([(kind, reference) for kind, reference in due], due=now)
    let_go({h.id: h.quantity for h in holds}, state=ReservationState.EXPIRED)
    return list(dict.fromkeys((hold.kind, hold.reference) for hold in holds))
