"""Overwriting what names a person, in one database: the statements and nothing else.

They look only at rows that still say something, so doing it again costs a look and
changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from django.apps import apps

from retail.customers.personal import Wipe, wipes

Rows = Sequence[tuple[Any, ...]]

_PROMISES = (
    "IN (SELECT id FROM retail_fulfilment WHERE order_id {orders}"
    " UNION SELECT id FROM retail_pickupjob WHERE order_id {orders}"
    " UNION SELECT id FROM retail_shipjob WHERE order_id {orders})"
)
# Whose rows: named by the caller …
_NAMED = {
    "customers": "= ANY(%(customers)s::uuid[])",
    "orders": "= ANY(%(orders)s::uuid[])",
    "owner": "(%(owners)s::jsonb ->> id::text)",
    "asked": "(%(asked)s::jsonb ->> id::text)::timestamptz",
}
# … or known by this database to be erased, found once for all tables. `late`: longer
# ago than the copier needs.
_ERASED = """
WITH erased AS MATERIALIZED (
  SELECT id, erased_at < now() - interval '1 minute' AS late
  FROM retail_customer WHERE erased_at IS NOT NULL),
theirs AS MATERIALIZED (
  SELECT o.id, e.late FROM retail_order o JOIN erased e ON e.id = o.customer_id
  UNION ALL
  SELECT o.id, e.late FROM retail_order o
  JOIN erased e ON o.email = 'erased-' || e.id || '@erased.invalid'),
promised AS MATERIALIZED (
  SELECT f.id, t.late FROM retail_fulfilment f JOIN theirs t ON t.id = f.order_id
  UNION SELECT j.id, t.late FROM retail_pickupjob j JOIN theirs t ON t.id = j.order_id
  UNION SELECT j.id, t.late FROM retail_shipjob j JOIN theirs t ON t.id = j.order_id)
"""
_KNOWN = {
    "customers": "IN (SELECT e.id FROM erased e{late})",
    "orders": "IN (SELECT t.id FROM theirs t{late})",
    "promises": "IN (SELECT p.id FROM promised p{late})",
    "owner": "NULL",
    "asked": "erased_at",
}
# Whether two rows are one person is not asked any more once nothing is known of one.
UNDECIDED = """
DELETE FROM retail_possiblematch
WHERE decision = '' AND (one_id = ANY(%(customers)s::uuid[])
   OR other_id = ANY(%(customers)s::uuid[]))
"""


class Cursor(Protocol):
    """A connection's, Django's or psycopg's own."""

    def execute(self, query: Any, params: Any = None, /) -> Any: ...

    def fetchall(self) -> Any: ...


@dataclass(frozen=True)
class Them:
    """Erased people: `asked` says of each of their customer rows when, `orders` maps
    each of their orders to the customer it is wiped for."""

    asked: Mapping[UUID, datetime]
    orders: Mapping[UUID, UUID]

    def given(self) -> dict[str, Any]:
        return {
            "customers": list(self.asked),
            "orders": list(self.orders),
            "owners": json.dumps({str(k): str(v) for k, v in self.orders.items()}),
            "asked": json.dumps({str(k): v.isoformat() for k, v in self.asked.items()}),
        }


def asked(cursor: Cursor, query: str, given: Any = None) -> Rows:
    cursor.execute(query, given)
    rows: Rows = cursor.fetchall()
    return rows


def orders_of(cursor: Cursor, customers: Iterable[UUID]) -> dict[UUID, UUID]:
    """{order: customer}: what this database knows to be theirs. Also what they ordered
    without signing in, under an address that they have proven, and what was wiped
    for them before."""
    ids = list(customers)
    rows = asked(
        cursor,
        """
        SELECT o.id, o.customer_id FROM retail_order o
        WHERE o.customer_id = ANY(%(ids)s::uuid[])
        UNION ALL
        SELECT o.id, c.id FROM retail_order o JOIN retail_customer c
          ON c.id = ANY(%(ids)s::uuid[]) AND c.email <> ''
         AND c.email_verified_at IS NOT NULL AND lower(o.email) = c.email
        WHERE o.customer_id IS NULL
        UNION ALL
        SELECT o.id, substr(o.email, 8, 36)::uuid FROM retail_order o
        WHERE o.customer_id IS NULL AND o.email = ANY(%(marks)s)
        """,
        {"ids": ids, "marks": [f"erased-{id}@erased.invalid" for id in ids]},
    )
    return dict(rows)


def wipe(
    cursor: Cursor, them: Them, *, append_only: bool, sums: bool = False
) -> dict[str, tuple[int, Decimal]]:
    """Overwrite everything of theirs, in a transaction: {table: (rows changed, by how
    much the sum of its row hashes changed)}, tables without a change left out.
    `append_only`: those tables too, as the copier. `sums`: count the hashes."""
    changed: dict[str, tuple[int, Decimal]] = {}
    for each in wipes():
        if each.append_only and not append_only:
            continue
        ids = [row[0] for row in asked(cursor, _find(each), them.given())]
        if not ids:
            continue
        before = _sum(cursor, each.table, ids) if sums else Decimal(0)
        sets = ", ".join(f"{name} = {value}" for name, value in each.sets.items())
        cursor.execute(
            f"UPDATE {each.table} SET {sets}".format(**_NAMED)  # noqa: S608
            + " WHERE id = ANY(%(ids)s::uuid[])",
            {**them.given(), "ids": ids},
        )
        after = _sum(cursor, each.table, ids) if sums else Decimal(0)
        changed[each.table] = (len(ids), after - before)
    cursor.execute(UNDECIDED, them.given())
    return changed


def stays_open(cursor: Cursor) -> bool:
    """Whether this side is open, and nobody closes it before the transaction ends: like
    any writer's, its locks are waited for."""
    tables = sorted({each.table for each in wipes()})
    cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ROW EXCLUSIVE MODE")
    closed = asked(
        cursor,
        "SELECT 1 FROM pg_trigger WHERE tgname = 'aa_fence' AND tgenabled <> 'D'"
        " AND tgrelid = ANY(%(tables)s::text[]::regclass[])",
        {"tables": tables},
    )
    return not closed


def left(cursor: Cursor, them: Them) -> dict[str, int]:
    """{table: rows that still name one of them}, for this database."""
    found = {}
    for each in wipes():
        rows = len(asked(cursor, _find(each), them.given()))
        if rows:
            found[each.table] = rows
    return found


def _find(each: Wipe) -> str:
    return f"SELECT id FROM {each.table} WHERE {_said(each)}".format(  # noqa: S608
        **_NAMED, promises=_PROMISES.format(**_NAMED)
    )


def left_of_the_erased() -> str:
    """One query: rows of people whom this database knows to be erased and that still
    name them. What is append only waits a minute for the copier."""
    parts = []
    for each in wipes():
        late = " WHERE late" if each.append_only else ""
        known = {name: text.format(late=late) for name, text in _KNOWN.items()}
        parts.append(
            f"SELECT '{each.table}' AS table, id FROM {each.table}"  # noqa: S608
            f" WHERE {_said(each)}".format(**known)
        )
    # asked without parameters, a sign of percent is itself
    return _ERASED + " UNION ALL ".join(parts).replace("%%", "%")


def _said(each: Wipe) -> str:
    """Whose row it is, and that it still says something."""
    says = " OR ".join(
        f"{name} IS DISTINCT FROM ({value})" for name, value in each.sets.items()
    )
    return f"({each.whose}) AND ({says})"


def _sum(cursor: Cursor, table: str, ids: list[UUID]) -> Decimal:
    """The sum by which a closed side is known to be untouched."""
    columns = ", ".join(f"t.{name}" for name in _columns(table))
    rows = asked(
        cursor,
        f"SELECT sum(hash_record_extended(row({columns}), 0)::numeric)"  # noqa: S608
        f" FROM {table} t WHERE t.id = ANY(%(ids)s::uuid[])",
        {"ids": ids},
    )
    return Decimal(rows[0][0] or 0)


def _columns(table: str) -> list[str]:
    model = next(each for each in apps.get_models() if each._meta.db_table == table)
    return [str(field.column) for field in model._meta.concrete_fields]
