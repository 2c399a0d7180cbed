"""What one kind of table is: its columns, what a line may change, and what goes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from inventory.ids import derived
from inventory.models import Listing
from inventory.places import Channel
from retail.exchange.cells import Column
from retail.exchange.models import Verdict
from retail.staff.edits import By, Way

__all__ = ["Change", "Judged", "Read", "Table", "Wrong", "listings"]

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Read:
    """A line whose cells can be understood; None for a cell that is empty."""

    number: int
    values: Values


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a line is left out; see `models.Problem`."""

    number: int
    column: str
    slug: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What an import may do: to `channel`'s rows alone, as `by`, at `at`. `run` and a
    line's number give the ids of new rows, so that a retry makes the same."""

    run: UUID
    channel: Channel
    by: str
    at: datetime

    def id(self, number: int) -> UUID:
        return derived(self.run, "line", number)

    @property
    def who(self) -> By:
        """As the log of changes has it; the office writes "employee:id name"."""
        told, _, name = self.by.partition(" ")
        if told.startswith("employee:") and name:
            return By(name, Way.IMPORT, UUID(told.removeprefix("employee:")))
        return By(self.by, Way.IMPORT)


Judged = tuple[Read, Verdict] | Wrong


@dataclass(frozen=True)
class Table:
    """`key`: what a line is about, so that it may come once in a file. `judge` looks at
    some lines at once with a query or two and changes nothing. `apply` does what they
    ask, in the caller's transaction, and answers what it left out because something
    changed since they were judged. `rows` are streamed, one for each line of `header`.
    """

    columns: Sequence[Column]
    key: Callable[[Values], str]
    judge: Callable[[Channel, Sequence[Read]], Iterable[Judged]]
    apply: Callable[[Change, Sequence[Read]], list[Wrong]]
    header: Sequence[str]
    rows: Callable[[Channel], Iterator[Sequence[Any]]]


def listings(
    channel: Channel, lines: Iterable[Read], *, locked: bool = False
) -> dict[str, Listing]:
    """{gtin: what the channel offers under it}. One query."""
    gtins = {line.values["gtin"] for line in lines}
    found = Listing.objects.filter(
        origin=channel, variant__gtin__in=gtins
    ).select_related("variant", "department")
    if locked:
        found = found.order_by("id").select_for_update(of=("self",), no_key=True)
    return {each.variant.gtin: each for each in found}
