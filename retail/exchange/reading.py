"""A CSV file as lines of cells: never more than one line of it in memory.

UTF-8 with or without its mark; `;`, `,` or a tab between cells, as the first line has it.
What is no such file is refused whole, with the line where it was noticed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import BinaryIO

from retail.exchange.cells import Column, unescaped

LONGEST = 64 * 1024  # bytes of a line
MOST_COLUMNS = 60
MARK = b"\xef\xbb\xbf"
# Other programs' files, which people take for CSV. First bytes → what it is.
STRANGERS = {
    b"PK\x03\x04": "spreadsheet",
    b"\xd0\xcf\x11\xe0": "spreadsheet",
    b"%PDF": "pdf",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
SEPARATORS = ";,\t"
SPACES = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"

Record = tuple[int, list[str]]


class Unreadable(Exception):
    """The file as a whole. `slug` says why, `number` where (0: all of it), `value`
    what stands there."""

    def __init__(self, slug: str, number: int = 0, value: str = "") -> None:
        super().__init__(f"{slug}, line {number}: {value}" if number else slug)
        self.slug = slug
        self.number = number
        self.value = value


def records(file: BinaryIO) -> tuple[list[str], Iterator[Record]]:
    """(the names of the first line, the others as (number in the file, cells)). The
    number is that of the line on which the cells begin. Raises Unreadable, also while
    the lines are gone through."""
    lines = _texts(file)
    number, first = next(lines, (0, ""))
    told = re.fullmatch(r"sep=(.)", first.strip(), re.IGNORECASE)  # Excel's own habit
    separator = told[1] if told and told[1] in SEPARATORS else ""
    if told:
        number, first = next(lines, (0, ""))
    if not first.strip(SEPARATORS + SPACES + "\r\n"):
        raise Unreadable("empty")
    separator = separator or max(SEPARATORS, key=first.count)
    rows = _rows(chain([(number, first)], lines), separator)
    _number, names = next(rows)
    header = [name.strip().lower() for name in names]
    if len(header) > MOST_COLUMNS:
        raise Unreadable("too-many-columns", number, str(len(header)))
    return header, rows


def places_of(header: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    """{column: its place}. Raises Unreadable."""
    doubled = [name for name in header if name and header.count(name) > 1]
    if doubled:
        raise Unreadable("column-twice", 1, doubled[0])
    missing = [c.name for c in columns if c.required and c.name not in header]
    if missing:
        raise Unreadable("column-missing", 1, ", ".join(missing))
    return {c.name: header.index(c.name) for c in columns if c.name in header}


def _texts(file: BinaryIO) -> Iterator[tuple[int, str]]:
    number = 0
    while line := file.readline(LONGEST + 1):
        number += 1
        if number == 1:
            for signs, slug in STRANGERS.items():
                if line.startswith(signs):
                    raise Unreadable(slug)
            line = line.removeprefix(MARK)
        if b"\x00" in line:
            raise Unreadable("binary", number)
        if len(line) > LONGEST:
            raise Unreadable("line-too-long", number)
        try:
            yield number, line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Unreadable("not-utf-8", number) from error


def _rows(lines: Iterator[tuple[int, str]], separator: str) -> Iterator[Record]:
    at = begun = 0

    def told() -> Iterator[str]:
        nonlocal at
        held = 0
        for at, line in lines:
            held = len(line) + (held if at > begun else 0)
            if held > LONGEST:  # a quote that nobody closed swallows what follows
                raise Unreadable("quote-open", begun)
            yield line

    reader = csv.reader(told(), delimiter=separator, strict=True)
    while True:
        begun = at + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable("bad-quotes", begun) from error
        if any(cell.strip() for cell in cells):
            yield begun, [unescaped(cell.strip(SPACES)) for cell in cells]
