"""What joining the databases would make of their customers, before it is done.

The columns that are compared are copied into a temporary table of `shared`, where the
same rules and score run as in the switch itself. Nothing is written that outlives the
transaction, and what is answered names nobody in full.
"""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, TypedDict

from psycopg import Connection, sql

from retail.channels.roles import copier_connection
from retail.customers.blocking import COLUMNS
from retail.customers.comparing import Settled, doubts, find, settle
from retail.customers.models import LinkReason

TABLE = "foreseen_customer"
APART = ("webshop", "pos")
MOST = 8  # examples of each kind


class Someone(TypedDict):
    """A row as much as is needed to recognise it; empty where nothing is known."""

    name: str
    channel: str
    email: str
    phone: str
    card: str


class Example(TypedDict):
    """`reason` is a `LinkReason`, empty for a doubt; `reasons` as in
    `scoring.Reason`."""

    one: Someone
    other: Someone
    score: int
    reason: str
    reasons: list[dict[str, Any]]


class Foreseen(TypedDict):
    """`certain` counts rows by the rule that would link them, `scored` rows linked by
    score, `doubts` pairs that a person would decide, `people` those who would have two
    rows or more, with those that links of earlier days make (`kept` rows)."""

    certain: dict[str, int]
    scored: int
    doubts: int
    people: int
    kept: int
    examples: list[Example]
    doubt_examples: list[Example]


def foresee() -> Foreseen:
    """Compare the customers of `webshop` and `pos` as they are now. Copies both; about
    a minute for a million."""
    with copier_connection("shared") as on:
        columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
        on.execute(
            sql.SQL(
                "CREATE TEMP TABLE {} ON COMMIT DROP AS"
                " SELECT {} FROM retail_customer WITH NO DATA"
            ).format(sql.Identifier(TABLE), columns)
        )
        for side in APART:
            with copier_connection(side) as source:
                _copy(source, on, columns)
        return foreseen(on, TABLE)


def _copy(
    source: Connection[Any], target: Connection[Any], columns: sql.Composed
) -> None:
    read = sql.SQL("COPY (SELECT {} FROM retail_customer) TO STDOUT (FORMAT binary)")
    write = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)")
    with (
        source.cursor().copy(read.format(columns)) as given,
        target.cursor().copy(write.format(sql.Identifier(TABLE), columns)) as taken,
    ):
        for block in given:
            taken.write(block)


def foreseen(on: Connection[Any], table: str) -> Foreseen:
    """The same of any table with the columns of `retail_customer`. In a transaction."""
    find(on, table)
    settled = settle(on)
    reasons, rows = _linked(settled)
    waiting = list(doubts(on, settled))
    scored = reasons.pop(LinkReason.SCORE, 0)
    return Foreseen(
        certain={reason.value: n for reason, n in sorted(reasons.items())},
        scored=scored,
        doubts=len(waiting),
        people=len({settled.groups.root(row) for row in rows}),
        kept=len(_kept(settled)),
        examples=_link_examples(on, table, settled),
        doubt_examples=_examples(
            on,
            table,
            [(d.one, d.other, d.score, "", d.reasons) for d in waiting[:MOST]],
        ),
    )


def _kept(settled: Settled) -> set[int]:
    known = settled.known
    rows = range(1, len(known.parent))
    linked = {row for row in rows if known.root(row) != row}
    return linked | {known.root(row) for row in linked}


def _linked(settled: Settled) -> tuple[Counter[LinkReason], set[int]]:
    """New links by reason, each row under what brought it in, and all linked rows."""
    kept = _kept(settled)
    reasons: Counter[LinkReason] = Counter()
    rows = set(kept)
    for one, other, reason, _ in settled.edges():
        new = {one, other} - rows
        reasons[reason] += len(new)
        rows |= new
    return reasons, rows


def _link_examples(on: Connection[Any], table: str, settled: Settled) -> list[Example]:
    """A few of each reason, so that what is rare is seen too."""
    chosen: list[tuple[int, int, LinkReason]] = []
    shown: Counter[LinkReason] = Counter()
    for one, other, reason, _ in settled.edges():
        if shown[reason] < MOST // 2 and len(chosen) < 2 * MOST:
            shown[reason] += 1
            chosen.append((one, other, reason))
    chosen = sorted(chosen, key=lambda each: shown[each[2]])[:MOST]
    found = []
    for one, other, reason in chosen:
        row = on.execute(
            "SELECT score, reasons::text FROM match_found WHERE one = %s AND other = %s"
            " ORDER BY strength LIMIT 1",
            (one, other),
        ).fetchone()
        score, reasons = row or (0, "[]")
        found.append((one, other, score, reason.value, json.loads(reasons)))
    return _examples(on, table, found)


def _examples(
    on: Connection[Any],
    table: str,
    found: list[tuple[int, int, int, str, list[dict[str, Any]]]],
) -> list[Example]:
    people = _people(on, table, {row for each in found for row in each[:2]})
    return [
        Example(
            one=people[one],
            other=people[other],
            score=score,
            reason=reason,
            reasons=reasons,
        )
        for one, other, score, reason, reasons in found
    ]


def _people(on: Connection[Any], table: str, rows: Iterable[int]) -> dict[int, Someone]:
    query = sql.SQL(
        "SELECT k.n, c.first_name, c.last_name, c.origin, c.email, c.phone, c.card"
        " FROM match_known k JOIN {} c USING (id) WHERE k.n = ANY(%s)"
    )
    found = on.execute(query.format(sql.Identifier(table)), (list(rows),))
    return {row[0]: masked(*row[1:]) for row in found}


def masked(
    first: str, last: str, channel: str, email: str, phone: str, card: str
) -> Someone:
    name, at, provider = email.partition("@")
    return Someone(
        name=f"{first} {last[:1]}{'.' if last else ''}".strip(),
        channel=channel,
        email=f"{name[:1]}…@{provider}" if at else "",
        phone=f"…{phone[-2:]}" if phone else "",
        card=f"{card[:2]}…{card[-4:]}" if card else "",
    )
