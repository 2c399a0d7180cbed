"""New rows by one INSERT whose text is written once per table.

What `bulk_create` does, without building the statement anew each time: on the paths that
write a dozen tables in one transaction (an order, a ticket) that costs more than
PostgreSQL's own work. What is written one after the other there may go `together`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BooleanField,
    CharField,
    DecimalField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    TextField,
    UUIDField,
)
from django.db.models.expressions import DatabaseDefault

__all__ = ["insert", "together"]

# values that these fields hand over as they are
PLAIN = frozenset({bool, int, str, Decimal, UUID, type(None)})
AS_IS = (
    BooleanField,
    CharField,
    DecimalField,
    ForeignKey,
    IntegerField,
    TextField,
    UUIDField,
)
# {(model, unless_there): rows} in the order in which the tables came
Waiting = dict[tuple[type[Model], bool], list[Model]]
_waiting: ContextVar[Waiting | None] = ContextVar("waiting", default=None)


def insert(rows: Iterable[Model], *, unless_there: bool = False) -> None:
    """INSERTs rows of one model, all their columns, in one statement; none without rows.
    With `unless_there` those that meet a unique key are left out in silence. As with
    `bulk_create`, `save` is not called, and what the database fills in is not read."""
    new = list(rows)
    if not new:
        return
    kind = (type(new[0]), unless_there)
    waiting = _waiting.get()
    if waiting is None:
        _write({kind: new})
    else:
        waiting.setdefault(kind, []).extend(new)


@contextmanager
def together() -> Iterator[None]:
    """What is inserted inside is written in one statement when the outermost such block
    ends, so no query inside sees these rows. Nothing is written if the block raises.
    All of one database, inside a transaction."""
    if _waiting.get() is not None:
        yield
        return
    waiting: Waiting = {}
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    if waiting:
        _write(waiting)


def _write(waiting: Waiting) -> None:
    (alias,) = {router.db_for_write(model) for model, _ in waiting}
    connection = connections[alias]
    parts: list[str] = []
    values: list[Any] = []
    for (model, unless_there), rows in waiting.items():
        parts.append(_text(model, rows, values, connection, unless_there=unless_there))
    named = [f"t{number} AS ({part})" for number, part in enumerate(parts[:-1])]
    text = f"WITH {', '.join(named)} {parts[-1]}" if named else parts[-1]
    with connection.cursor() as cursor:
        cursor.execute(text, values)
    for rows in waiting.values():
        for row in rows:
            row._state.adding = False
            row._state.db = alias


def _text(
    model: type[Model],
    rows: Sequence[Model],
    values: list[Any],
    connection: BaseDatabaseWrapper,
    *,
    unless_there: bool,
) -> str:
    """The INSERT of these rows; what it is to write is appended to `values`."""
    begin, fields = _statement(model)
    places = []
    for row in rows:
        marks = []
        for field, plain in fields:
            if plain and type(value := getattr(row, plain)) in PLAIN:
                marks.append("%s")
                values.append(value)
                continue
            value = field.pre_save(row, add=True)
            if isinstance(value, DatabaseDefault):
                marks.append("DEFAULT")
            else:
                marks.append("%s")
                values.append(field.get_db_prep_save(value, connection))
        places.append(f"({', '.join(marks)})")
    end = " ON CONFLICT DO NOTHING" if unless_there else ""
    return begin + ", ".join(places) + end


@cache
def _statement(
    model: type[Model],
) -> tuple[str, tuple[tuple[Field[Any, Any], str], ...]]:
    """The statement up to its VALUES, the fields that these are of, and the attribute
    of those whose `PLAIN` values are written as they are, "" for the others."""
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    begin = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES '  # noqa: S608
    return begin, tuple((each, each.attname if _as_is(each) else "") for each in fields)


def _as_is(field: Field[Any, Any]) -> bool:
    return isinstance(field, AS_IS) and type(field).pre_save is Field.pre_save
