"""Several questions that do not wait for each other, asked in one statement.

On the hot paths a round trip with its parsing and fetching costs more than what is asked
by it. Each question keeps its own text and its own reading of the rows, in the room that
it belongs to; here they are put side by side, types and all: a full join on false has the
rows of all of them, each with nothing in the others' columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar, overload

from django.db import connections, router
from django.db.models import Model

from inventory.models import StockLevel
from inventory.texts import after, renamed

__all__ = ["Question", "Row", "answers", "columns_of", "known", "row_of"]

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
S = TypeVar("S")
T = TypeVar("T")
M = TypeVar("M", bound=Model)
Row = Sequence[Any]
# of a text: where each question's columns begin and end, its number of the row first
_parts: dict[str, list[slice]] = {}


@dataclass(frozen=True)
class Question(Generic[T]):
    """A SELECT with named parameters, their values, and what its rows mean. `read` gets
    them in the order of the text. `change` is what it reads of that writes, `name AS
    (UPDATE … RETURNING …)`: PostgreSQL has such a thing before all others only."""

    text: str
    given: Mapping[str, Any]
    read: Callable[[list[Row]], T]
    change: str = ""

    def then(self, read: Callable[[T], S]) -> Question[S]:
        """The same question; `read` makes of its answer what it means here."""
        return Question(
            self.text, self.given, lambda rows: read(self.read(rows)), self.change
        )


def known(answer: T) -> Question[T]:
    """What need not be asked, beside what is: it adds nothing to the statement."""
    return Question("", {}, lambda _rows: answer)


@overload
def answers(one: Question[A], /) -> tuple[A]: ...
@overload
def answers(one: Question[A], two: Question[B], /) -> tuple[A, B]: ...
@overload
def answers(
    one: Question[A], two: Question[B], three: Question[C], /
) -> tuple[A, B, C]: ...
@overload
def answers(
    one: Question[A], two: Question[B], three: Question[C], four: Question[D], /
) -> tuple[A, B, C, D]: ...
@overload
def answers(
    one: Question[A],
    two: Question[B],
    three: Question[C],
    four: Question[D],
    five: Question[E],
    /,
) -> tuple[A, B, C, D, E]: ...
@overload
def answers(*questions: Question[Any]) -> tuple[Any, ...]: ...
def answers(*questions: Question[Any]) -> tuple[Any, ...]:
    """What the context's database answers to each, all as of one moment. One query, none
    where all of it is `known`."""
    asked = [each for each in questions if each.text]
    found = iter(_found(asked) if asked else [])
    return tuple(each.read(next(found) if each.text else []) for each in questions)


def _found(asked: Sequence[Question[Any]]) -> list[list[Row]]:
    """The rows of each."""
    with connections[router.db_for_read(StockLevel)].cursor() as cursor:
        if len(asked) == 1:
            (alone,) = asked
            cursor.execute(after([alone.change], alone.text), alone.given)
            return [cursor.fetchall()]
        text = _together(tuple((each.change, each.text) for each in asked))
        cursor.execute(text, _all_given(asked))
        rows = cursor.fetchall()
        parts = _parts.get(text)
        # a table may have got a column since
        if parts is None or (rows and parts[-1].stop != len(rows[0])):
            parts = _parts[text] = _slices([each.name for each in cursor.description])
    return [_own(rows, part) for part in parts]


def _all_given(questions: Iterable[Question[Any]]) -> dict[str, Any]:
    return {
        f"{name}_{number}": value
        for number, each in enumerate(questions)
        for name, value in each.given.items()
    }


def _slices(names: Sequence[str]) -> list[slice]:
    begins = [n for n, name in enumerate(names) if name.startswith("of question ")]
    ends = [*begins[1:], len(names)]
    return [slice(begin, end) for begin, end in zip(begins, ends, strict=True)]


def _own(rows: Iterable[Row], part: slice) -> list[Row]:
    """The rows of one question in their order, without their number."""
    begin = part.start
    own = sorted(
        (row[part] for row in rows if row[begin] is not None), key=lambda row: row[0]
    )
    return [row[1:] for row in own]


@cache
def _together(parts: tuple[tuple[str, str], ...]) -> str:
    """Parameters of the same name in two texts are two."""
    asked = [
        f'(SELECT row_number() OVER () AS "of question {n}", q.*'  # noqa: S608
        f" FROM ({renamed(text, n)}) q) q{n}"
        for n, (_, text) in enumerate(parts)
    ]
    joined = "\nFULL JOIN ".join(
        [asked[0], *(f"{each} ON false" for each in asked[1:])]
    )
    changes = [renamed(change, n) for n, (change, _) in enumerate(parts)]
    return after(changes, f"SELECT * FROM {joined}")  # noqa: S608


@cache
def columns_of(model: type[Model], table: str) -> str:
    """The columns of the model, for `row_of`, of a table that the text names so."""
    return ", ".join(f'{table}."{f.column}"' for f in model._meta.concrete_fields)


def row_of(model: type[M], values: Row) -> tuple[M, Row]:
    """The row that `columns_of` asked for, and what comes after it."""
    names, converters = _fields(model)
    own = list(values[: len(names)])
    for place, convert in converters:
        own[place] = convert(own[place], None, None)
    made = model.from_db(router.db_for_read(model), names, own)
    return made, values[len(names) :]


@cache
def _fields(model: type[Model]) -> tuple[list[str], list[tuple[int, Any]]]:
    fields = model._meta.concrete_fields
    return [field.attname for field in fields], [
        (place, field.from_db_value)
        for place, field in enumerate(fields)
        if hasattr(field, "from_db_value")
    ]
