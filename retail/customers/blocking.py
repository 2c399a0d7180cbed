"""Which customer rows are worth comparing: those that share a key, found in SQL.

Works on any table with the columns of `retail_customer`, in one transaction, with
temporary tables that end with it. Everything large stays in the database: the caller
reads pairs as a stream. Rows are numbered in the order of their ids.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection, sql

from retail.customers.scoring import Known

# A key that more rows have is nobody's: a shop's own number, "contact@", a default.
# It also bounds the pairs: a key brings at most 24 * 23 / 2 of them.
MOST_PER_KEY = 24
BATCH = 5_000  # pairs read at a time
COLUMNS = (
    "id",
    "origin",
    "first_name",
    "last_name",
    "email",
    "email_verified_at",
    "phone",
    "card",
    "birth_date",
    "postcode",
    "erased_at",
)

# Letters without accents, whatever the database's collation; apostrophes join, other
# signs part words.
_NAME = r"""btrim(regexp_replace(regexp_replace(replace(replace(
    lower(normalize({column}, NFKD)), 'œ', 'oe'), 'æ', 'ae'),
    '[\u0300-\u036f''’]', '', 'g'), '[[:punct:][:space:][:digit:]]+', ' ', 'g'))"""

_ROWS = f"""
SELECT {{number}} AS n, id, origin,
       {_NAME.format(column="first_name")} AS first,
       {_NAME.format(column="last_name")} AS last,
       birth_date, postcode, email, phone,
       origin <> 'webshop' OR email_verified_at IS NOT NULL AS proven,
       email <> '' AND email_verified_at IS NOT NULL AS answered, card
FROM {{table}} WHERE erased_at IS NULL
"""  # noqa: S608 -- our own columns
_NUMBERED = "row_number() OVER (ORDER BY id)::int"

# Each true pair should share one key at least, though something in it is wrong: that is
# why names stand in several, by their first letters and in either order.
_KEYS = """
CREATE TEMP TABLE match_key ON COMMIT DROP AS
SELECT DISTINCT hashtextextended(words, 0) AS key, n
FROM (SELECT *, least(first, last) || '|' || greatest(first, last) AS name
      FROM match_known) rows,
LATERAL (VALUES
  (CASE WHEN phone <> '' THEN 'phone ' || phone END),
  (CASE WHEN email <> '' THEN 'email ' || email END),
  (CASE WHEN length(split_part(email, '@', 1)) > 5
        THEN 'mailbox ' || split_part(email, '@', 1) END),
  (CASE WHEN first <> '' THEN 'born ' || birth_date || first END),
  (CASE WHEN last <> '' THEN 'born ' || birth_date || last END),
  (CASE WHEN first <> '' AND last <> ''
        THEN 'born ' || birth_date || least(left(first, 1), left(last, 1))
             || greatest(left(first, 1), left(last, 1)) END),
  (CASE WHEN postcode <> '' THEN 'born ' || birth_date || ' ' || postcode END),
  (CASE WHEN postcode <> '' AND first <> '' AND last <> ''
        THEN 'near ' || postcode || least(left(first, 2), left(last, 2))
             || greatest(left(first, 2), left(last, 2)) END),
  (CASE WHEN first <> '' AND last <> ''
        THEN 'year ' || name || extract(year FROM birth_date) END),
  (CASE WHEN first <> '' AND last <> ''
        THEN 'day ' || name || to_char(birth_date, 'MMDD') END)
) AS keys(words)
WHERE words IS NOT NULL
"""

_PAIRS = """
CREATE TEMP TABLE match_pair ON COMMIT DROP AS
SELECT DISTINCT a.n AS one, b.n AS other
FROM (SELECT key FROM match_key GROUP BY key HAVING count(*) BETWEEN 2 AND {most}) shared
JOIN match_key a USING (key) JOIN match_key b USING (key)
WHERE a.n < b.n
"""

# What two rows share by chance is dropped before it is read: without anything else in
# common both names would have to be alike, and then one of them begins alike.
_COMPARED = """
SELECT p.one, p.other,
       a.first, a.last, a.birth_date, a.postcode, a.email, a.phone, a.proven,
       b.first, b.last, b.birth_date, b.postcode, b.email, b.phone, b.proven
FROM match_pair p JOIN match_known a ON a.n = p.one JOIN match_known b ON b.n = p.other
WHERE (a.postcode = b.postcode AND a.postcode <> '')
   OR (a.phone = b.phone AND a.phone <> '')
   OR (split_part(a.email, '@', 1) = split_part(b.email, '@', 1) AND a.email <> '')
   OR left(a.last, 2) IN (left(b.last, 2), left(b.first, 2))
   OR left(a.first, 2) IN (left(b.last, 2), left(b.first, 2))
"""


class Pair(NamedTuple):
    """Numbers of two rows, the smaller first, and what each says."""

    one: int
    other: int
    first: Known
    second: Known


def prepare(on: Connection[Any], table: str) -> None:
    """Number the rows of `table` into `match_known` and collect the pairs. Row 1 has
    the smallest id. Erased rows are left out."""
    made = ("match_known", "match_key", "match_pair")
    on.execute(_sql("DROP TABLE IF EXISTS {}", *made))
    on.execute("SET LOCAL work_mem = '64MB'")
    rows = sql.SQL(_ROWS).format(number=sql.SQL(_NUMBERED), table=sql.Identifier(table))
    on.execute(sql.SQL("CREATE TEMP TABLE match_known ON COMMIT DROP AS ") + rows)
    on.execute("CREATE UNIQUE INDEX ON match_known (n)")
    on.execute("CREATE UNIQUE INDEX ON match_known (id)")
    on.execute(_KEYS)
    on.execute("ANALYZE match_known, match_key")
    on.execute(sql.SQL(_PAIRS).format(most=sql.Literal(MOST_PER_KEY)))
    on.execute("ANALYZE match_pair")


def _sql(pattern: str, *names: str) -> sql.Composed:
    listed = sql.SQL(", ").join(sql.Identifier("pg_temp", name) for name in names)
    return sql.SQL(pattern).format(listed)


def compared(on: Connection[Any]) -> Iterator[Pair]:
    """Every pair that shares a key, in no order, a batch in memory at a time."""
    with on.cursor(name="match_pairs") as cursor:
        cursor.itersize = BATCH
        cursor.execute(_COMPARED)
        for row in cursor:
            yield Pair(row[0], row[1], Known(*row[2:9]), Known(*row[9:16]))


def known(on: Connection[Any], ids: list[UUID]) -> dict[UUID, Known]:
    """A few customers in comparable form, without a temporary table. One query."""
    rows = sql.SQL(_ROWS).format(
        number=sql.SQL("0"), table=sql.Identifier("retail_customer")
    )
    found = on.execute(rows + sql.SQL(" AND id = ANY(%s)"), (ids,))
    return {row[1]: Known(*row[3:10]) for row in found}
