"""A ticket takes its place in the chain of its till, and what it is booked by is read:
all in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from inventory.models import Location, Variant
from inventory.questions import Question, Row, answers, columns_of, row_of
from pos.models import Shift, Ticket, Till
from pos.tickets import Sale

__all__ = ["Found", "Standing", "booked", "take_place"]


@dataclass(frozen=True)
class Standing:
    """The till, with its location; whether the tip of its chain `moved` to the ticket;
    and if so the seller's shift there: the open one, or the one in which a ticket that
    comes late was sold. It vouches for the name that the ticket keeps."""

    till: Till
    moved: bool
    shift: Shift | None

    def elsewhere(self, store: str | None) -> bool:
        """Whether it is not the till of this store, if one is named."""
        return store is not None and self.till.location.code != store


@dataclass(frozen=True)
class Found:
    """`ticket` where it was booked before; `standing` where the till is known; of the
    goods, by GTIN, the variants and their `titles`."""

    ticket: Ticket | None
    standing: Standing | None
    variants: dict[str, Variant]
    titles: dict[str, str]


BOOKED = f"""
SELECT {columns_of(Ticket, "t")} FROM pos_ticket t WHERE t.id = %(ticket)s
"""  # noqa: S608

# In one conditional UPDATE: two tickets at once cannot both be the next one.
MOVED = """
moved AS (
  UPDATE pos_till SET last_number = %(number)s, last_hash = %(hash)s
  WHERE id = %(till)s AND last_number = %(number)s - 1 AND last_hash = %(previous)s
  RETURNING *)
"""

# A closing holds the till while it ends the shift. A ticket that waited for it sees the
# newest of what it writes or locks, and all else as it was before: so the shift is
# locked too, after the till as a closing does; by the next ticket alone, as one that was
# booked before is answered while a shift is closed.
STANDING = f"""
SELECT {columns_of(Till, "t")}, {columns_of(Location, "l")}, t.moved,
  {columns_of(Shift, "s")}
FROM (
  SELECT *, true AS moved FROM moved
  UNION ALL
  SELECT *, false FROM pos_till
  WHERE id = %(till)s AND NOT EXISTS (SELECT 1 FROM moved)) t
JOIN inventory_location l ON l.id = t.location_id
LEFT JOIN LATERAL (
  SELECT * FROM pos_shift
  WHERE t.moved AND till_id = t.id AND employee_id = %(employee)s
    AND (closed_at IS NULL OR (opened_at <= %(sold_at)s AND closed_at >= %(sold_at)s))
  ORDER BY closed_at DESC NULLS FIRST LIMIT 1 FOR SHARE) s ON true
"""  # noqa: S608

GOODS = f"""
SELECT {columns_of(Variant, "v")}, p.name
FROM inventory_variant v JOIN inventory_product p ON p.id = v.product_id
WHERE v.gtin = ANY(%(gtins)s::text[])
"""  # noqa: S608


def take_place(sale: Sale) -> Found:
    """Moves the tip of the till's chain to this ticket, where it is the next one, and
    so locks the till until the transaction ends. One query."""
    gtins = list(dict.fromkeys(line.gtin for line in sale.lines if line.gtin))
    ticket, standing, goods = answers(
        _booked(sale.id),
        Question(STANDING, _place(sale), _standing, change=MOVED),
        Question(GOODS, {"gtins": gtins}, _goods),
    )
    return Found(
        ticket,
        standing,
        {variant.gtin: variant for variant, _ in goods},
        {variant.gtin: title for variant, title in goods},
    )


def booked(ticket_id: UUID) -> Ticket | None:
    """The ticket of this id. One query."""
    return answers(_booked(ticket_id))[0]


def _booked(ticket_id: UUID) -> Question[Ticket | None]:
    return Question(BOOKED, {"ticket": ticket_id}, _ticket)


def _place(sale: Sale) -> dict[str, Any]:
    return {
        "till": sale.till,
        "number": sale.number,
        "hash": sale.hash,
        "previous": sale.previous_hash,
        "employee": sale.employee,
        "sold_at": sale.sold_at,
    }


def _ticket(rows: Sequence[Row]) -> Ticket | None:
    return row_of(Ticket, rows[0])[0] if rows else None


def _standing(rows: Sequence[Row]) -> Standing | None:
    if not rows:
        return None
    till, rest = row_of(Till, rows[0])
    till.location, (moved, *rest) = row_of(Location, rest)
    shift = None if rest[0] is None else row_of(Shift, rest)[0]
    return Standing(till, moved, shift)


def _goods(rows: Sequence[Row]) -> list[tuple[Variant, str]]:
    found = []
    for row in rows:
        variant, (title,) = row_of(Variant, row)
        found.append((variant, title))
    return found
