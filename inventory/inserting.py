"""New rows by one INSERT whose text is written once per table.

What `bulk_create` does, without building the statement anew each time: on the paths that
write a dozen tables in one transaction (an order, a ticket) that costs more than
PostgreSQL's own work.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import connections, router
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault

__all__ = ["insert"]


def insert(rows: Iterable[Model], *, unless_there: bool = False) -> None:
    """INSERTs rows of one model, all their columns, in one statement; none without rows.
    With `unless_there` those that meet a unique key are left out in silence. As with
    `bulk_create`, `save` is not called, and what the database fills in is not read."""
    new = list(rows)
    if not new:
        return
    model = type(new[0])
    connection = connections[router.db_for_write(model)]
    begin, fields = _statement(model)
    places: list[str] = []
    values: list[Any] = []
    for row in new:
        marks = []
        for field in fields:
            value = field.pre_save(row, add=True)
            if isinstance(value, DatabaseDefault):
                marks.append("DEFAULT")
            else:
                marks.append("%s")
                values.append(field.get_db_prep_save(value, connection))
        places.append(f"({', '.join(marks)})")
    text = begin + ", ".join(places)
    if unless_there:
        text += " ON CONFLICT DO NOTHING"
    with connection.cursor() as cursor:
        cursor.execute(text, values)
    for row in new:
        row._state.adding = False
        row._state.db = connection.alias


@cache
def _statement(model: type[Model]) -> tuple[str, tuple[Field[Any, Any], ...]]:
    """The statement up to its VALUES, and the fields that these are of."""
    fields = tuple(model._meta.concrete_fields)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ', fields  # noqa: S608
