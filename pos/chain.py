"""Is each till's chain of tickets whole? Reads tickets, from wherever they are kept, and
says of each till where it is broken first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

from django.db import connections, router

from pos import books
from pos.models import Ticket, Till
from pos.tickets import CHAIN_VERSION, genesis, seal_of

__all__ = ["Break", "Chain", "Sealed", "Tip", "Why", "kept", "verify", "walk"]

READ_AT_ONCE = 2000


class Why(StrEnum):
    """What is wrong with the first ticket that is."""

    NUMBER = "number"  # not the number that follows
    PREVIOUS = "previous"  # it names another predecessor than the one before it
    VERSION = "version"  # of a kind that this program cannot check
    HASH = "hash"  # not the hash of its text
    TEXT = "text"  # its text is that of another ticket
    ROWS = "rows"  # the tables say something else than its text
    TIP = "tip"  # the till's last ticket is missing, or is another one


@dataclass(frozen=True, slots=True)
class Sealed:
    """What of a ticket is checked; ids as text, `text` is the canonical one."""

    id: str
    till: str
    number: int
    version: int
    previous_hash: str
    hash: str
    text: str


@dataclass(frozen=True, slots=True)
class Tip:
    """Where a chain ends, by what was noted beside it; 0 and "" where it never began."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """`number` is the one expected there; `ticket` is empty where none is."""

    number: int
    why: Why
    ticket: str


@dataclass
class Chain:
    """A till's; `last` is its end as it was found."""

    till: str
    tickets: int = 0
    last: Tip = field(default_factory=lambda: Tip(0, ""))
    broken: Break | None = None


def verify() -> list[Chain]:
    """Every till of the stores' database, by its id. Three queries; tickets are read
    2,000 at a time. Tills may sell meanwhile."""
    tips = {
        str(id): Tip(number, hash)
        for id, number, hash in Till.objects.values_list(
            "id", "last_number", "last_hash"
        )
    }
    return walk(kept(), tips, differing=_differing())


def kept() -> Iterator[Sealed]:
    """All tickets, by till and number. One query."""
    rows = Ticket.objects.order_by("till_id", "number").values_list(
        *("id", "till_id", "number", "chain_version"),
        *("previous_hash", "hash", "canonical"),
    )
    for id, till, *rest in rows.iterator(chunk_size=READ_AT_ONCE):
        yield Sealed(str(id), str(till), *rest)


def walk(
    tickets: Iterable[Sealed],
    tips: Mapping[str, Tip],
    *,
    differing: Collection[str] = (),
) -> list[Chain]:
    """`tickets` are sorted by till and number. A chain may go on after its tip: that was
    noted before. `differing` are ids of tickets whose rows say something else."""
    found = {till: Chain(till) for till in sorted(tips)}
    for till, row in groupby(tickets, key=lambda each: each.till):
        chain = found.setdefault(till, Chain(till))
        for ticket in row:
            if chain.broken is None:
                chain.broken = _wrong(ticket, chain.last, tips.get(till), differing)
            chain.tickets += 1
            chain.last = Tip(ticket.number, ticket.hash)
    for till, tip in tips.items():
        chain = found[till]
        if chain.broken is None and chain.last.number < tip.number:
            chain.broken = Break(chain.last.number + 1, Why.TIP, "")
    return list(found.values())


def _wrong(
    ticket: Sealed, last: Tip, tip: Tip | None, differing: Collection[str]
) -> Break | None:
    number = last.number + 1
    wrong = {
        Why.NUMBER: ticket.number != number,
        Why.PREVIOUS: ticket.previous_hash != (last.hash or genesis(ticket.till)),
        Why.VERSION: ticket.version != CHAIN_VERSION,
        Why.HASH: ticket.hash != seal_of(ticket.text),
        Why.TEXT: not _is_of(ticket),
        Why.ROWS: ticket.id in differing,
        Why.TIP: tip is None
        or (ticket.number == tip.number and ticket.hash != tip.hash),
    }
    why = next((each for each, is_so in wrong.items() if is_so), None)
    return Break(number, why, ticket.id) if why else None


def _is_of(ticket: Sealed) -> bool:
    """Whether the text names this ticket and its place in the chain."""
    first, *rest = ticket.text.split("\n")
    names = [f"id={ticket.id}", f"till={ticket.till}", f"number={ticket.number}"]
    return (
        first == f"retail-ticket/{ticket.version}"
        and rest[:3] == names
        and rest[-1:] == [f"previous={ticket.previous_hash}"]
    )


def _differing() -> set[str]:
    """Tickets, and tills, of which the books say that rows and text differ."""
    check = next(each for each in books.CHECKS if each.name == "chain-unbroken")
    with connections[router.db_for_read(Ticket)].cursor() as cursor:
        cursor.execute(check.sql)
        return {str(id) for (id,) in cursor.fetchall()}
