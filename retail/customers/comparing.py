"""Which rows are one person, and which may be: rules and score over all customers.

`find` compares and leaves its findings in temporary tables of the caller's transaction;
`settle` makes groups of them under the decisions that people made. `linking.py` writes
what came out; `matching.py` only counts it, while the databases are still apart.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.types.json import Json

from retail.customers import blocking
from retail.customers.grouping import Groups, grouped
from retail.customers.models import LinkReason
from retail.customers.scoring import REVIEW_FROM, judge

# Strongest first: the order in which findings are followed.
STRENGTH = (LinkReason.EMAIL, LinkReason.CARD, LinkReason.PHONE, LinkReason.SCORE)
DOUBT = len(STRENGTH)
BATCH = 5_000

_FOUND = """
CREATE TEMP TABLE match_found (
    one int, other int, strength smallint, score smallint, reasons jsonb
) ON COMMIT DROP
"""
# Neighbours in the order of numbers are enough: groups are joined afterwards.
_EQUAL = """
INSERT INTO match_found
SELECT n, next, {strength}, 100, '[{{"rule": "{rule}", "agrees": 1, "weight": 100}}]'
FROM (SELECT n, lead(n) OVER (PARTITION BY {rule} ORDER BY n) AS next
      FROM match_known WHERE {said}) pairs
WHERE next IS NOT NULL
"""
# What is certain whatever the names say: an e-mail that both answered, a card that was
# shown where the other row was registered.
_SAID = {
    LinkReason.EMAIL: "answered",
    LinkReason.CARD: "card <> ''",
}
_PERSONS = """
SELECT first, n FROM (
    SELECT n, first_value(n) OVER (PARTITION BY person_id ORDER BY n) AS first
    FROM retail_customerlink l JOIN match_known k ON k.id = l.customer_id
    WHERE l.ended_at IS NULL
) rows WHERE first <> n
"""
_APART = """
SELECT a.n, b.n FROM retail_notsame d
JOIN match_known a ON a.id = d.one_id JOIN match_known b ON b.id = d.other_id
"""
_EDGES = f"""
SELECT one, other, strength, score FROM match_found
WHERE strength < {DOUBT} ORDER BY strength, score DESC, one, other
"""  # noqa: S608 -- our own constant


@dataclass
class Settled:
    """`known`: groups before, by links that live; `groups`: with everything that may be
    linked. Edge `i` joins rows `ones[i]` and `others[i]` because of `STRENGTH[
    strengths[i]]`, with `scores[i]`, if `followed[i]`."""

    known: Groups
    groups: Groups
    ones: array[int]
    others: array[int]
    strengths: bytearray
    scores: bytearray
    followed: bytearray

    @property
    def held_back(self) -> int:
        """Findings that a decision kept from becoming links."""
        return len(self.followed) - sum(self.followed)

    def edges(self) -> Iterator[tuple[int, int, LinkReason, int]]:
        """New edges that were followed, strongest first, with reason and score."""
        for i, one in enumerate(self.ones):
            if self.followed[i] and not self.known.together(one, self.others[i]):
                reason = STRENGTH[self.strengths[i]]
                yield one, self.others[i], reason, self.scores[i]


class Doubt(NamedTuple):
    """Two rows by number; `reasons` as `scoring.Reason` has them."""

    one: int
    other: int
    score: int
    reasons: list[dict[str, Any]]


def find(on: Connection[Any], table: str = "retail_customer") -> None:
    """Compare what is worth comparing in `table`; findings lie in `match_found`. About
    half a minute for a million rows; what is in memory does not grow with them."""
    blocking.prepare(on, table)
    on.execute("DROP TABLE IF EXISTS pg_temp.match_found")
    on.execute(_FOUND)
    for rule, said in _SAID.items():
        strength = STRENGTH.index(rule)
        equal = _EQUAL.format(strength=strength, rule=rule.value, said=said)
        on.execute(equal.encode())  # our own constants
    batch: list[tuple[Any, ...]] = []
    for pair in blocking.compared(on):
        verdict = judge(pair.first, pair.second)
        if verdict.score < REVIEW_FROM:
            continue
        strength = STRENGTH.index(verdict.reason) if verdict.reason else DOUBT
        batch.append((pair.one, pair.other, strength, verdict.score, verdict.reasons))
        if len(batch) == BATCH:
            _keep(on, batch)
            batch.clear()
    _keep(on, batch)
    on.execute("ANALYZE match_found")


def _keep(on: Connection[Any], found: list[tuple[Any, ...]]) -> None:
    columns = "(one, other, strength, score, reasons)"
    statement = f"COPY match_found {columns} FROM STDIN"
    with on.cursor() as cursor, cursor.copy(statement) as copy:
        for one, other, strength, score, reasons in found:
            copy.write_row((one, other, strength, score, Json(reasons)))


def settle(on: Connection[Any]) -> Settled:
    """Groups of what `find` left, with links and decisions that stand. A few dozen
    bytes in memory for each row and finding."""
    size = on.execute("SELECT count(*) FROM match_known").fetchone()
    known = Groups(size[0] if size else 0, apart=on.execute(_APART).fetchall())
    for one, other in _streamed(on, "match_persons", _PERSONS):
        known.join(one, other)
    ones, others = array("i"), array("i")
    strengths, scores = bytearray(), bytearray()
    for one, other, strength, score in _streamed(
        on,
        "match_edges",
        _EDGES,
    ):
        ones.append(one)
        others.append(other)
        strengths.append(strength)
        scores.append(score)
    groups, followed = grouped(known, ones, others)
    return Settled(known, groups, ones, others, strengths, scores, followed)


def doubts(on: Connection[Any], settled: Settled) -> Iterator[Doubt]:
    """What a person has to decide, highest score first: the strongest finding between
    any two groups that no decision holds apart."""
    seen: set[tuple[int, int]] = set()
    groups = settled.groups
    query = (
        "SELECT one, other, score, reasons::text FROM match_found"
        " ORDER BY score DESC, one, other"
    )
    for one, other, score, reasons in _streamed(on, "match_doubts", query):
        pair = groups.root(one), groups.root(other)
        if pair[0] == pair[1] or groups.apart(one, other) or pair in seen:
            continue
        seen |= {pair, pair[::-1]}
        yield Doubt(one, other, score, json.loads(reasons))


def _streamed(on: Connection[Any], name: str, query: str) -> Iterator[tuple[Any, ...]]:
    with on.cursor(name=name) as cursor:
        cursor.itersize = BATCH
        cursor.execute(query.encode())
        yield from cursor
