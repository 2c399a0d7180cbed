"""The number people read, and the one statement that gives it.

Numbers come from a sequence of the database the order is written in: unique there,
not without gaps. The letter says which channel placed the order; where databases are
joined or parted, the sequence is set above the highest number of what was moved.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connections, router

from inventory.places import Origin
from retail.orders.models import Order

__all__ = ["LETTERS", "insert_numbered"]

LETTERS = {Origin.WEBSHOP: "W", Origin.POS: "M"}

# lpad cuts what is longer than its length, so the length grows with the number
_NUMBER = """(SELECT %s || '-' || lpad(n::text, greatest(6, length(n::text)), '0')
    FROM (SELECT nextval('retail_order_number_seq') AS n) AS next,
      (SELECT count(pg_advisory_xact_lock(hashtextextended(name, 0))) AS taken
       FROM unnest(%s::text[]) AS name) AS locks
    WHERE taken >= 0)"""


def insert_numbered(order: Order, *, alone: Sequence[str] = ()) -> bool:
    """INSERTs the order under the next number, in one statement; False where its id is
    taken. A concurrent insert of the same id is waited for, so the answer is final:
    after False the other order can be read. Inside a transaction, which has the names
    of `alone` for itself until it ends: the next statement sees what others of that
    name committed."""
    connection = connections[router.db_for_write(Order)]
    columns, places, values = [], [], list[Any]()
    for field in Order._meta.concrete_fields:
        columns.append(connection.ops.quote_name(field.attname))
        if field.name == "number":
            places.append(_NUMBER)
            values += [LETTERS[Origin(order.origin)], list(alone)]
        else:
            places.append("%s")
            values.append(
                field.get_db_prep_save(getattr(order, field.attname), connection)
            )
    # the names are those of the model, never of the caller
    statement = (
        f"INSERT INTO retail_order ({', '.join(columns)})"  # noqa: S608
        f" VALUES ({', '.join(places)})"
        " ON CONFLICT ON CONSTRAINT retail_order_pkey DO NOTHING RETURNING number"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    if row is None:
        return False
    order.number = row[0]
    order._state.adding = False
    order._state.db = connection.alias
    return True
