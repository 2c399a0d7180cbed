"""Union and parting of databases by plain SQL, as the law of ownership promises it.

No verb of the product takes part: rows are copied with their ids, constraints on, in
the order of their foreign keys. A violated constraint raises.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from graphlib import TopologicalSorter

import psycopg
from django.apps import apps
from django.db import connections, models
from psycopg import sql

from retail import channels
from retail.channels.roles import owner_connection
from retail.customers.models import CustomerLink, Person
from retail.fulfilment.models import FeedState, StoreAvailability

# Rebuilt from others, never moved.
DERIVED = {StoreAvailability, FeedState}
# Rows that only the shared database has: apart, a link would point at nothing.
ONLY_SHARED = {Person, CustomerLink}


def business_models() -> list[type[models.Model]]:
    """Every model with business rows, parents before children."""
    found = [
        model
        for label in sorted(channels.BUSINESS)
        for model in apps.get_app_config(label).get_models()
    ]
    graph = {
        model: {
            field.related_model
            for field in model._meta.get_fields()
            if isinstance(field, models.ForeignKey) and field.related_model != model
        }
        for model in found
    }
    return list(TopologicalSorter(graph).static_order())


@contextmanager
def owner(alias: str) -> Iterator[psycopg.Connection]:
    connections[alias].close()
    with owner_connection(alias) as connection:
        yield connection


def copy(source: str, target: str, *, origins: Iterable[str]) -> dict[str, int]:
    """Copies the rows of these owners; answers how many per table."""
    counted = {}
    with owner(source) as out, owner(target) as into:
        for model in business_models():
            if model in DERIVED or (target != "shared" and model in ONLY_SHARED):
                continue
            table = sql.Identifier(model._meta.db_table)
            rows = sql.SQL("SELECT * FROM {} WHERE origin = ANY({})").format(
                table, sql.Literal(list(origins))
            )
            with (
                out.cursor().copy(
                    sql.SQL("COPY ({}) TO STDOUT").format(rows)
                ) as reading,
                into.cursor() as cursor,
                cursor.copy(sql.SQL("COPY {} FROM STDIN").format(table)) as writing,
            ):
                for block in reading:
                    writing.write(block)
            counted[model._meta.db_table] = count(into, model._meta.db_table)
        into.execute(
            "SELECT setval('retail_order_number_seq', greatest(1, coalesce("
            "(SELECT max(substring(number FROM 3)::bigint) FROM retail_order), 1)))"
        )
    return counted


def count(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(
        sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    ).fetchone()
    return int(row[0]) if row else 0


def hashes(alias: str, *, origins: Iterable[str]) -> dict[str, tuple[int, str]]:
    """(rows, sum of row hashes) of these owners per table: equal means the same rows."""
    found = {}
    with owner(alias) as connection:
        for model in business_models():
            if model in DERIVED:
                continue
            columns = sql.SQL(", ").join(
                sql.SQL("t.{}::text").format(sql.Identifier(field.column))
                if field.get_internal_type() == "JSONField"
                else sql.SQL("t.{}").format(sql.Identifier(field.column))
                for field in model._meta.concrete_fields
            )
            query = sql.SQL(
                "SELECT count(*), coalesce(sum(hash_record_extended(row({}), 0)"
                "::numeric), 0)::text FROM {} t WHERE origin = ANY({})"
            ).format(
                columns,
                sql.Identifier(model._meta.db_table),
                sql.Literal(list(origins)),
            )
            found[model._meta.db_table] = connection.execute(query).fetchone()
    return found
