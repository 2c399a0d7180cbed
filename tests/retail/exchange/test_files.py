"""A CSV file from bytes to cells and back. No database."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from retail.exchange import cells, words
from retail.exchange.reading import LONGEST, Unreadable, records
from retail.exchange.writing import pieces


def read(content: bytes) -> list[tuple[int, list[str]]]:
    header, rows = records(io.BytesIO(content))
    return [(1, header), *rows]


@pytest.mark.parametrize(
    "content",
    [
        b"gtin;title\n1;caf\xc3\xa9\n",
        b"\xef\xbb\xbfGTIN;Title\r\n1;caf\xc3\xa9\r\n",
        b"gtin,title\n1,caf\xc3\xa9",
        b"gtin\ttitle\n1\tcaf\xc3\xa9\n",
        b'gtin;title\n"1";"caf\xc3\xa9"\n;\n\n',
    ],
)
def test_what_offices_write_is_understood(content: bytes) -> None:
    assert read(content) == [(1, ["gtin", "title"]), (2, ["1", "café"])]


def test_lines_are_numbered_as_an_editor_does() -> None:
    content = b'sep=;\ngtin;text\n1;"a\nb"\n\n2;"say ""no"""\n'
    assert read(content)[1:] == [(3, ["1", "a\nb"]), (6, ["2", 'say "no"'])]


@pytest.mark.parametrize(
    ("content", "slug", "number"),
    [
        (b"", "empty", 0),
        (b"\n", "empty", 0),
        (b"PK\x03\x04rest", "spreadsheet", 0),
        (b"\xff\xfeg\x00", "utf-16", 0),
        (b"gtin\n\x00\n", "binary", 2),
        (b"gtin;title\n1;caf\xe9\n", "not-utf-8", 2),
        (b"gtin\n" + b"1" * (LONGEST + 1), "line-too-long", 2),
        (b'gtin\n1\n"2\n' + b"3\n" * LONGEST, "quote-open", 3),
        (b'gtin;title\n1;"a"b\n', "bad-quotes", 2),
        (b";;\n1;2;3\n", "empty", 0),
        (b";".join([b"a"] * 99), "too-many-columns", 1),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, slug: str, number: int) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(content)
    assert (refusal.value.slug, refusal.value.number) == (slug, number)
    assert words.of_file(slug, number, "")


LONG = "@".join(["a" * 64, ".".join(["b" * 61] * 3)])
VALUES = ["=1+1", "+33 6", "-5", "@x", "\tx", "\rx", "'=x", "''=x", "'s", "a=b", "＝1"]


def test_formulas_go_out_as_text_and_come_back() -> None:
    written = "".join(pieces(["a"], [[value] for value in VALUES], dialect="fr"))
    for (cell,) in list(csv.reader(io.StringIO(written)))[1:]:
        assert not cell.startswith(tuple("=+-@\t\r＝"))
    back = [row for _number, (row,) in read(written.encode())[1:]]
    assert back == VALUES


def test_numbers_are_written_as_each_language_does() -> None:
    row = [Decimal("3.40"), None, True]
    assert "".join(pieces("abc", [row], dialect="fr")).endswith("3,40;;1\r\n")
    assert "".join(pieces("abc", [row], dialect="en")).endswith("3.40,,1\r\n")


@pytest.mark.parametrize(
    ("reader", "cell", "value"),
    [
        (cells.amount, "3,4", "3.40"),
        (cells.amount, "1.234", None),
        (cells.amount, "1 234,50", None),
        (cells.amount, "-3", None),
        (cells.amount, "٣", None),
        (cells.units, "12", 12),
        (cells.units, "12.5", None),
        (cells.gtin, "3017620422003", "3017620422003"),
        (cells.gtin, "3.01762E+12", None),
        (cells.yes_no, "Oui", True),
        (cells.moment, "2027-01-31", "2027-01-30T23:00:00+00:00"),
        (cells.moment, "2027-02-31", None),
        (cells.birthday, "1990-01-31", "1990-01-31"),
        (cells.birthday, "1890-01-31", None),
        (cells.phone, "06 39 98 01 01", "+33639980101"),
        (cells.email, "a@@b", None),
        (cells.email, f"{LONG}.org", f"{LONG}.org"),
        (cells.email, f"{LONG}.info", None),
        (cells.card, "w-12345678", "W-12345678"),
        (cells.card, "W-" + "ß" * 18, None),
        (cells.text(3), "abcd", None),
        (cells.text(9), "a\x07", None),
    ],
)
def test_cells(reader, cell, value) -> None:
    if value is not None:
        assert reader(cell) == value
        return
    with pytest.raises(cells.BadCell) as refusal:
        reader(cell)
    assert words.of_line(refusal.value.slug)
