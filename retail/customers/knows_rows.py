"""What the page shows: databases side by side, and in each the rows that were found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models

from retail import formatting


@dataclass(frozen=True)
class Shown:
    """One row. `title` is what a person reads, `columns` what the database holds;
    `state` is a status with a look of its own, or empty."""

    title: str
    id_tail: str
    origin: str
    columns: tuple[tuple[str, str], ...]
    state: str = ""


@dataclass
class Group:
    """Rows of one table. `word` names them for people. `aside`: shown, but they are
    not what was asked for."""

    word: Any
    table: str
    rows: list[Shown] = field(default_factory=list)
    aside: bool = False


@dataclass
class Side:
    """One database. `open`: it takes writes now. `away`: it does not answer."""

    alias: str
    open: bool
    away: bool = False
    groups: list[Group] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def found(self) -> bool:
        return any(group.rows for group in self.groups if not group.aside)

    @property
    def count(self) -> int:
        return sum(len(group.rows) for group in self.groups)


@dataclass
class Answer:
    """`kind`: person, order, product. `finding` says in a sentence what was found;
    `choices` are other products that fit the words."""

    kind: str
    sides: list[Side]
    finding: str = ""
    choices: list[tuple[str, str]] = field(default_factory=list)

    @property
    def found(self) -> bool:
        return any(side.found for side in self.sides)


def group(
    word: Any, rows: Iterable[models.Model], title: str, *columns: str, **more: Any
) -> Group:
    """The rows of a table by their columns; `a__b` follows a relation that is loaded.
    An empty value is left out. `state` names the column that has a look."""
    state = more.pop("state", "")
    rows = list(rows)
    return Group(
        word=word,
        table=rows[0]._meta.db_table if rows else "",
        rows=[shown(row, title, columns, state) for row in rows],
        **more,
    )


def shown(row: models.Model, title: str, columns: Sequence[str], state: str) -> Shown:
    return Shown(
        title=text(value_of(row, title)),
        id_tail=str(row.pk)[-4:],
        origin=value_of(row, "origin"),
        columns=tuple(
            (column.replace("__", "."), text(value))
            for column in columns
            if (value := value_of(row, column)) not in (None, "", {}, [])
        ),
        state=value_of(row, state) if state else "",
    )


def value_of(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row() if callable(row) else row


def text(value: Any) -> str:
    if isinstance(value, datetime):
        return formatting.day_time(value)
    return str(value)
