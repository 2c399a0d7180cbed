"""New rows by one INSERT whose text is written once per table.

What `bulk_create` does, without building the statement anew each time: on the paths that
write a dozen tables in one transaction (an order, a ticket) that costs more than
PostgreSQL's own work. What is written one after the other there may go `together`, and
with the statement that takes the goods (`carrying`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
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

__all__ = ["carrying", "insert", "together", "waiting"]

WITH = re.compile(r"\A\s*WITH\s")
NAMED = re.compile(r"%\((\w+)\)s")
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
M = TypeVar("M", bound=Model)
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
    later = _waiting.get()
    if later is None:
        _write({kind: new})
    else:
        later.setdefault(kind, []).extend(new)


@contextmanager
def together() -> Iterator[None]:
    """What is inserted inside is written in one statement: by the first that is
    `carrying` it, or when the outermost such block ends. Until then no query sees these
    rows. Nothing is written if the block raises. All of one database, inside a
    transaction."""
    if _waiting.get() is not None:
        yield
        return
    later: Waiting = {}
    token = _waiting.set(later)
    try:
        yield
    finally:
        _waiting.reset(token)
    if later:
        _write(later)


def waiting(model: type[M], pk: object) -> M | None:
    """The new row of this key that is still to be written `together` with others. What
    is changed in it will be written."""
    later = _waiting.get() or {}
    rows = (row for (kind, _), rows in later.items() if kind is model for row in rows)
    return cast("M | None", next((row for row in rows if row.pk == pk), None))


def carrying(
    cursor: CursorWrapper, text: str, given: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """Rows of a statement that begins with WITH; what waits to be written `together` is
    written by it. It sees none of that."""
    later = _waiting.get()
    if not later:
        cursor.execute(text, given)
        return list(cursor.fetchall())
    parts, values = _parts(later)
    rest, names = _positional(text)
    cursor.execute(_with(parts, rest), values + [given[name] for name in names])
    found = list(cursor.fetchall())
    _written(later)
    later.clear()
    return found


def _write(later: Waiting) -> None:
    parts, values = _parts(later)
    *named, last = parts
    with connections[_alias(later)].cursor() as cursor:
        cursor.execute(_with(named, last), values)
    _written(later)


def _alias(later: Waiting) -> str:
    (alias,) = {router.db_for_write(model) for model, _ in later}
    return alias


def _parts(later: Waiting) -> tuple[list[str], list[Any]]:
    """The INSERTs, and the values of them all."""
    connection = connections[_alias(later)]
    values: list[Any] = []
    return [
        _text(model, rows, values, connection, unless_there=unless_there)
        for (model, unless_there), rows in later.items()
    ], values


def _with(parts: Sequence[str], last: str) -> str:
    """`last` with these before it; its own WITH goes on with theirs."""
    if not parts:
        return last
    named = ", ".join(f"t{number} AS ({part})" for number, part in enumerate(parts))
    own = WITH.sub(", ", last)
    return f"WITH {named}{own}" if own != last else f"WITH {named} {last}"


@cache
def _positional(text: str) -> tuple[str, list[str]]:
    """With a mark for each parameter, and their names in that order."""
    return NAMED.sub("%s", text), NAMED.findall(text)


def _written(later: Waiting) -> None:
    alias = _alias(later)
    for rows in later.values():
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
