"""Doubts: pairs that may be one person, kept for somebody to decide."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Json

from inventory.ids import derived
from inventory.places import Origin
from retail.customers.comparing import Doubt, Settled, doubts

BATCH = 2_000

_TABLE = """
CREATE TEMP TABLE match_doubt (
    id uuid, one_id uuid, other_id uuid, score smallint, reasons jsonb
) ON COMMIT DROP
"""
_GONE = """
DELETE FROM retail_possiblematch p WHERE decision = '' AND NOT EXISTS (
    SELECT FROM match_doubt d WHERE d.one_id = p.one_id AND d.other_id = p.other_id)
"""
# A doubt that is as it was keeps its time: it has waited since.
_KEEP = """
INSERT INTO retail_possiblematch AS p
    (id, origin, one_id, other_id, score, reasons, found_at, decision, decided_by)
SELECT id, %s, one_id, other_id, score, reasons, %s, '', '' FROM match_doubt
ON CONFLICT (one_id, other_id) DO UPDATE
SET score = excluded.score, reasons = excluded.reasons
WHERE p.decision = '' AND (p.score, p.reasons) <> (excluded.score, excluded.reasons)
"""


def write_doubts(on: Connection[Any], settled: Settled, *, at: datetime) -> int:
    """Make the undecided doubts what was found now; decided ones are left alone.
    Answers how many wait. After `find` and `settle`, in their transaction."""
    on.execute("DROP TABLE IF EXISTS pg_temp.match_doubt")
    on.execute(_TABLE)
    found = 0
    for batch in _batches(doubts(on, settled)):
        _collect(on, batch)
        found += len(batch)
    on.execute(_GONE)
    on.execute(_KEEP, (Origin.HEAD_OFFICE.value, at))
    return found


def _batches(found: Iterator[Doubt]) -> Iterator[list[Doubt]]:
    batch: list[Doubt] = []
    for doubt in found:
        batch.append(doubt)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _collect(on: Connection[Any], batch: list[Doubt]) -> None:
    numbers = [row for doubt in batch for row in (doubt.one, doubt.other)]
    named = on.execute("SELECT n, id FROM match_known WHERE n = ANY(%s)", (numbers,))
    ids: dict[int, UUID] = dict(named.fetchall())
    with on.cursor() as cursor, cursor.copy("COPY match_doubt FROM STDIN") as copy:
        for doubt in batch:
            one, other = ids[doubt.one], ids[doubt.other]
            copy.write_row(
                (
                    derived(one, "possible", other),
                    one,
                    other,
                    doubt.score,
                    Json(doubt.reasons),
                )
            )
