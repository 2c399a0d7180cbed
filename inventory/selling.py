"""A sale at the till, which is never refused: the goods are in the customer's hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from inventory.holds import Cause, let_go
from inventory.levels import Short, checked, child_id, ensure, execute, rows
from inventory.models import Location, ReservationState
from inventory.moving import move

KIND = "sale"
OVERSOLD = "oversold"


class HeldForPickup(Exception):
    """The units in hand are held for somebody else: ask, then sell with `take_held`.

    `lines` says of each product what was wanted and what is free; `held_for` names
    the causes, youngest first, as (kind, reference)."""

    def __init__(self, lines: list[Short], held_for: list[Cause]) -> None:
        super().__init__(lines, held_for)
        self.lines = lines
        self.held_for = held_for


@dataclass(frozen=True, slots=True)
class Broken:
    """A customer's hold whose goods were sold: the whole hold is let go."""

    kind: str
    reference: str
    variant_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class TillIssue:
    """What a sale took from others: `broken` names each (kind, reference) once, whose
    job the caller makes short; `holds` has its lines; `oversold` {variant_id: units}
    the books did not have."""

    broken: list[Cause]
    oversold: dict[UUID, int]
    holds: list[Broken]


LOCK = """
SELECT s.variant_id, s.on_hand, s.reserved, s.sequence
FROM inventory_stocklevel s
WHERE s.location_id = %(location)s AND s.variant_id = ANY(%(variants)s::uuid[])
ORDER BY s.id FOR NO KEY UPDATE OF s
"""

SOLD_BEFORE = """
SELECT variant_id FROM inventory_stockmovement
WHERE kind = %(kind)s AND reference = %(reference)s AND location_id = %(location)s
"""

UNPICKED = """
SELECT r.id, r.kind, r.reference, r.variant_id, r.quantity
FROM inventory_reservation r
WHERE r.location_id = %(location)s AND r.variant_id = ANY(%(needed)s::uuid[])
  AND r.state = 'held' AND r.picked = 0
ORDER BY r.made_at DESC, r.id DESC FOR UPDATE OF r
"""

SELL = """
WITH sold AS MATERIALIZED (
  SELECT * FROM unnest(%(movements)s::uuid[], %(exceptions)s::uuid[],
      %(variants)s::uuid[], %(quantities)s::int[], %(over)s::int[])
    AS w(movement, exception, variant_id, quantity, over)),
moved AS (
  UPDATE inventory_stocklevel s
  SET sequence = s.sequence + 1, on_hand = s.on_hand - (w.quantity - w.over),
      oversold = s.oversold + w.over
  FROM sold w WHERE s.location_id = %(location)s AND s.variant_id = w.variant_id
  RETURNING s.variant_id, s.sequence),
noted AS (
  INSERT INTO inventory_stockexception (id, origin, variant_id, location_id, kind,
      quantity, reference, opened_at, closed_by)
  SELECT w.exception, %(origin)s, w.variant_id, %(location)s, 'oversold', w.over,
      %(reference)s, %(at)s, ''
  FROM sold w WHERE w.over > 0)
INSERT INTO inventory_stockmovement (id, origin, variant_id, location_id, quantity,
    kind, reference, sequence, by, at)
SELECT w.movement, %(origin)s, w.variant_id, %(location)s, -w.quantity, %(kind)s,
    %(reference)s, m.sequence, %(by)s, %(at)s
FROM sold w JOIN moved m USING (variant_id)
"""


def sell_at_till(
    location: Location,
    quantities: Mapping[UUID, int],
    *,
    reference: str,
    take_held: bool = True,
    by: str,
    at: datetime | None = None,
) -> TillIssue:
    """Take what is free, safety units too; then the youngest holds that nobody picked
    yet; what is still missing is oversold, with an open StockException.

    The same reference again changes nothing and names nothing. One query where all is
    free; else four, two more where holds are broken and three where a level is new.
    Raises UnknownVariant, BadQuantity; without `take_held`, HeldForPickup where a hold
    would have to be broken.
    """
    checked(quantities)
    at = at or timezone.now()
    leaving = {variant_id: -units for variant_id, units in quantities.items()}
    _, short = move(location, leaving, kind=KIND, reference=reference, by=by, at=at)
    if not short:
        return TillIssue(broken=[], oversold={}, holds=[])
    return _sell_short(
        location, quantities, reference=reference, take_held=take_held, by=by, at=at
    )


def _sell_short(
    location: Location,
    quantities: Mapping[UUID, int],
    *,
    reference: str,
    take_held: bool,
    by: str,
    at: datetime,
) -> TillIssue:
    """Where something is not free; maybe because this reference has sold it before."""
    given = {
        "location": location.id,
        "origin": location.channel,
        "variants": list(quantities),
        "kind": KIND,
        "reference": reference,
        "by": by,
        "at": at,
    }
    levels = {variant_id: level for variant_id, *level in rows(LOCK, given)}
    if len(levels) < len(quantities):
        ensure(location, list(quantities))
        levels = {variant_id: level for variant_id, *level in rows(LOCK, given)}
    before = {variant_id for (variant_id,) in rows(SOLD_BEFORE, given)}
    selling = {v: units for v, units in quantities.items() if v not in before}
    missing: dict[UUID, int] = {}
    for variant_id, units in selling.items():
        on_hand, reserved, _ = levels[variant_id]
        if units > on_hand - reserved:
            missing[variant_id] = units - (on_hand - reserved)
    if missing and not take_held:
        _ask_first(location, missing, selling)
    holds = _break(location, missing) if missing else []
    for hold in holds:
        missing[hold.variant_id] -= hold.quantity
    oversold = {v: units for v, units in missing.items() if units > 0}
    if selling:
        execute(
            SELL,
            {
                **given,
                "variants": list(selling),
                "quantities": list(selling.values()),
                "over": [oversold.get(v, 0) for v in selling],
                "movements": [
                    child_id(reference, KIND, v, location.id) for v in selling
                ],
                "exceptions": [
                    child_id(reference, OVERSOLD, v, location.id) for v in selling
                ],
            },
        )
    causes = list(dict.fromkeys((hold.kind, hold.reference) for hold in holds))
    return TillIssue(broken=causes, oversold=oversold, holds=holds)


def _ask_first(
    location: Location, missing: Mapping[UUID, int], selling: Mapping[UUID, int]
) -> None:
    found = rows(UNPICKED, {"location": location.id, "needed": list(missing)})
    if found:
        short = {variant_id for _, _, _, variant_id, _ in found}
        raise HeldForPickup(
            [
                Short(variant_id=v, wanted=selling[v], free=selling[v] - missing[v])
                for v in missing
                if v in short
            ],
            list(dict.fromkeys((kind, ref) for _, kind, ref, _, _ in found)),
        )


def _break(location: Location, missing: Mapping[UUID, int]) -> list[Broken]:
    """Let go the youngest unpicked holds until the missing units are there.

    The levels are locked by the caller.
    """
    found = rows(UNPICKED, {"location": location.id, "needed": list(missing)})
    still = dict(missing)
    freed: dict[UUID, int] = {}
    broken: list[Broken] = []
    for hold_id, kind, reference, variant_id, quantity in found:
        if still[variant_id] > 0:
            still[variant_id] -= quantity
            freed[hold_id] = quantity
            broken.append(Broken(kind, reference, variant_id, quantity))
    let_go(freed, state=ReservationState.RELEASED)
    return broken
