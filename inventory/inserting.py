"""New rows by one INSERT whose text is written once per table.

What `bulk_create` does, without building the statement anew each time: on the paths that
write a dozen tables in one transaction (an order, a ticket) that costs more than
PostgreSQL's own work. What is written one after the other there may go `together`, and
with the statement that takes the goods (`carrying`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from itertools import chain
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

from inventory.texts import after, positional

__all__ = ["TwoDatabases", "carrying", "insert", "together", "unwritten"]

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
Rows = dict[tuple[type[Model], bool], list[Model]]


class TwoDatabases(Exception):
    """Rows of two databases cannot be written together."""


@dataclass
class Later:
    """Rows of the database `alias` that wait; `depths` is how many savepoints each
    database had open when they began to. What is done inside another one may be taken
    back without them, so it is done apart."""

    depths: dict[str, int]
    alias: str = ""
    rows: Rows = field(default_factory=dict)

    def takes(self, alias: str) -> bool:
        depth = len(connections[alias].savepoint_ids)
        return depth == self.depths.get(alias, 0)

    def add(self, alias: str, kind: tuple[type[Model], bool], new: list[Model]) -> None:
        if self.rows and alias != self.alias:
            raise TwoDatabases
        self.alias = alias
        self.rows.setdefault(kind, []).extend(new)


_later: ContextVar[Later | None] = ContextVar("later", default=None)


def insert(rows: Iterable[Model], *, unless_there: bool = False) -> None:
    """INSERTs rows of one model, all their columns, in one statement; none without rows.
    With `unless_there` those that meet a unique key are left out in silence. As with
    `bulk_create`, `save` is not called, and what the database fills in is not read."""
    new = list(rows)
    if not new:
        return
    kind = (type(new[0]), unless_there)
    alias = router.db_for_write(kind[0])
    later = _later.get()
    if later is not None and later.takes(alias):
        later.add(alias, kind, new)
    else:
        _write(alias, {kind: new})


@contextmanager
def together() -> Iterator[None]:
    """What is inserted inside is written in one statement: by the first that is
    `carrying` it, or when the outermost such block ends. Until then no query sees these
    rows. Nothing is written if the block raises. All of one database, inside a
    transaction; what is inserted inside a savepoint of the block is written at once.
    Raises TwoDatabases."""
    if _later.get() is not None:
        yield
        return
    opened = connections.all(initialized_only=True)
    later = Later({each.alias: len(each.savepoint_ids) for each in opened})
    token = _later.set(later)
    try:
        yield
    finally:
        _later.reset(token)
    if later.rows:
        _write(later.alias, later.rows)


def unwritten(model: type[M]) -> Iterator[M]:
    """New rows that are still to be written `together` with others. What is changed in
    them will be written."""
    later = _later.get()
    for (kind, _), rows in later.rows.items() if later else ():
        if kind is model:
            yield from cast("list[M]", rows)


def carrying(
    cursor: CursorWrapper, text: str, given: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """Rows of a statement that begins with WITH; what waits to be written `together` is
    written by it. It sees none of that."""
    later = _later.get()
    alias = cursor.db.alias
    if not later or not later.rows or later.alias != alias or not later.takes(alias):
        cursor.execute(text, given)
        return list(cursor.fetchall())
    parts, values = _parts(alias, later.rows)
    rest, names = positional(text)
    cursor.execute(_with(parts, rest), values + [given[name] for name in names])
    found = list(cursor.fetchall())
    _written(alias, later.rows)
    later.rows = {}
    return found


def _write(alias: str, rows: Rows) -> None:
    parts, values = _parts(alias, rows)
    *others, last = parts
    with connections[alias].cursor() as cursor:
        cursor.execute(_with(others, last), values)
    _written(alias, rows)


def _parts(alias: str, rows: Rows) -> tuple[list[str], list[Any]]:
    """The INSERTs, and the values of them all."""
    values: list[Any] = []
    return [
        _text(model, new, values, connections[alias], unless_there=unless_there)
        for (model, unless_there), new in rows.items()
    ], values


def _with(parts: Sequence[str], last: str) -> str:
    return after((f"t{n} AS ({part})" for n, part in enumerate(parts)), last)


def _written(alias: str, rows: Rows) -> None:
    for row in chain.from_iterable(rows.values()):
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
        for column, plain in fields:
            if plain and type(value := getattr(row, plain)) in PLAIN:
                marks.append("%s")
                values.append(value)
                continue
            value = column.pre_save(row, add=True)
            if isinstance(value, DatabaseDefault):
                marks.append("DEFAULT")
            else:
                marks.append("%s")
                values.append(column.get_db_prep_save(value, connection))
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
    columns = ", ".join(f'"{each.column}"' for each in fields)
    begin = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES '  # noqa: S608
    return begin, tuple((each, each.attname if _as_is(each) else "") for each in fields)


def _as_is(column: Field[Any, Any]) -> bool:
    return isinstance(column, AS_IS) and type(column).pre_save is Field.pre_save
