"""All tickets in one file that can be kept, and checked, away from the database.

JSON lines: a head, a line for each ticket, an end. The end says where each till's chain
stood and seals every line before it, so that a file that was cut is no archive. A
ticket's text is whole: it names people by their ids alone. Who keeps the end's seal
somewhere else can prove later that the file is the same.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from pos.chain import Chain, Sealed, Tip, kept, walk
from pos.models import Till
from pos.tickets import stamp

__all__ = ["Archive", "NoArchive", "read", "write"]

KIND = "retail-ticket-archive/1"
SHAPE = {
    each.name: int if each.name in {"number", "version"} else str
    for each in fields(Sealed)
}


class NoArchive(Exception):
    """The file is none, or not whole; `line` counts from 1, 0 is the end's."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line


@dataclass(frozen=True)
class Archive:
    """`seal` is that of its end; `unchanged`: the lines before it still have it."""

    chains: list[Chain]
    made_at: str
    seal: str
    unchanged: bool


def write(path: Path, *, at: datetime) -> Archive:
    """Two queries; memory does not grow with the tickets. The file is its owner's alone,
    and stands under its name only when it is whole. Raises FileExistsError."""
    if path.exists():
        raise FileExistsError(path)
    part = path.with_name(f"{path.name}.part")
    tills = Till.objects.order_by("id").values_list("id", flat=True)
    tips = {str(id): Tip(0, "") for id in tills}
    with open(part, "w", encoding="utf-8", newline="\n", opener=_alone) as file:
        seal = sha256()
        for line in _told(tips, at):
            seal.update(line.encode())
            file.write(line)
        ends = {till: [tip.number, tip.hash] for till, tip in tips.items()}
        file.write(json.dumps({"end": ends, "seal": seal.hexdigest()}) + "\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return read(path)


def _told(tips: dict[str, Tip], at: datetime) -> Iterator[str]:
    """The lines before the end; `tips` are moved along."""
    yield json.dumps({"archive": KIND, "made_at": stamp(at)}) + "\n"
    for ticket in kept():
        tips[ticket.till] = Tip(ticket.number, ticket.hash)
        yield json.dumps(asdict(ticket), ensure_ascii=False) + "\n"


def _alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def read(path: Path) -> Archive:
    """Check a file; no database is asked. Raises NoArchive, OSError."""
    head, end, seal = _frame(path)
    chains = walk(_tickets(path), _tips(end["end"]))
    told = str(end.get("seal"))
    return Archive(chains, str(head.get("made_at")), told, told == seal)


def _tips(ends: Any) -> dict[str, Tip]:
    try:
        return {
            str(UUID(till)): Tip(int(n), str(hash)) for till, (n, hash) in ends.items()
        }
    except (AttributeError, TypeError, ValueError) as error:
        raise NoArchive(0, "its end does not say where the chains end") from error


def _frame(path: Path) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Its head, its end, and the seal of the lines before the end."""
    seal, last, number, first = sha256(), b"", 0, b""
    with path.open("rb") as file:
        for line in file:
            first = first or line
            seal.update(last)
            last, number = line, number + 1
    head, end = _object(first, 1), _object(last, number)
    if head.get("archive") != KIND:
        raise NoArchive(1, "not an archive of tickets")
    if "end" not in end or not last.endswith(b"\n"):
        raise NoArchive(number, "the file has no end: it was cut")
    return head, end, seal.hexdigest()


def _tickets(path: Path) -> Iterator[Sealed]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            told = _object(line, number)
            if number == 1 or "end" in told:
                continue
            if {name: type(each) for name, each in told.items()} != SHAPE:
                raise NoArchive(number, "not a ticket")
            yield Sealed(**told)


def _object(line: bytes, number: int) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError as error:
        raise NoArchive(number, "not JSON") from error
    if not isinstance(told, dict):
        raise NoArchive(number, "not an object")
    return told
