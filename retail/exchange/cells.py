"""One cell: what is typed in a table and what it means. Pure functions.

A cell that begins with a sign of a formula is run by the programs that open a table, so
on the way out it gets an apostrophe before it, and loses it on the way in (OWASP, CSV
Injection). A value that itself begins with apostrophes and such a sign gets one more, so
that every value comes back as it went.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from inventory.gtin import BadGtin, valid
from retail.customers.phones import BadPhone, e164

RISKY = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
YES, NO = {"1", "yes", "oui", "true", "vrai"}, {"0", "no", "non", "false", "faux"}
MOST_MONEY = Decimal("9999999.99")
MOST_UNITS = 10_000_000  # ten tonnes in grams
MOST_EMAIL = 254  # signs: what an address may have (RFC 5321) and the column holds
MOST_CARD = 20  # signs
AMOUNT = re.compile(r"\d{1,9}([.,]\d{1,2})?", re.ASCII)


class BadCell(ValueError):
    """`slug` says what is wrong."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


def escaped(value: str) -> str:
    return f"'{value}" if RISKY.match(value) else value


def unescaped(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and RISKY.match(cell) else cell


@dataclass(frozen=True)
class Column:
    """`read` gives a value that JSON can hold, or raises BadCell; it is asked for cells
    that are not empty. An empty one is None, and refused where the column is required,
    unless `judge` looks at it."""

    name: str
    read: Callable[[str], Any]
    required: bool = False
    judged: bool = False


def text(most: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if len(cell) > most:
            raise BadCell("too-long")
        if any(not sign.isprintable() and sign not in "\n\t" for sign in cell):
            raise BadCell("not-printable")
        return cell

    return read


def gtin(cell: str) -> str:
    try:
        return valid(cell)
    except BadGtin as error:
        raise BadCell("bad-gtin") from error


def amount(cell: str) -> str:
    """Euros with point or comma, no thousands: `3.4`, `3,40`. As text, exactly."""
    if not AMOUNT.fullmatch(cell):
        raise BadCell("bad-amount")
    try:
        found = Decimal(cell.replace(",", "."))
    except InvalidOperation as error:
        raise BadCell("bad-amount") from error
    if found > MOST_MONEY:
        raise BadCell("bad-amount")
    return f"{found:.2f}"


def units(cell: str) -> int:
    """Pieces, or grams of what is weighed."""
    if not re.fullmatch(r"\d{1,8}", cell, re.ASCII) or int(cell) > MOST_UNITS:
        raise BadCell("bad-units")
    return int(cell)


def yes_no(cell: str) -> bool:
    word = cell.lower()
    if word not in YES | NO:
        raise BadCell("bad-yes-no")
    return word in YES


def moment(cell: str) -> str:
    """A day (its first moment here) or a day and a time; ISO 8601, UTC."""
    try:
        found = parse_datetime(cell)
        if found is None and (day := parse_date(cell)) is not None:
            found = datetime(day.year, day.month, day.day)  # noqa: DTZ001 -- made aware below
        if found is None:
            raise BadCell("bad-moment")
        if timezone.is_naive(found):
            found = timezone.make_aware(found)
        return found.astimezone(UTC).isoformat()
    except (ValueError, OverflowError) as error:
        raise BadCell("bad-moment") from error


def birthday(cell: str) -> str:
    try:
        found = parse_date(cell)
    except ValueError as error:
        raise BadCell("bad-birth-date") from error
    if found is None or not date(1900, 1, 1) <= found <= timezone.localdate():
        raise BadCell("bad-birth-date")
    return found.isoformat()


def card(cell: str) -> str:
    """Upper case, and short enough so: `ß` gets longer."""
    return text(MOST_CARD)(cell.upper())


def email(cell: str) -> str:
    try:
        validate_email(cell)
    except ValidationError as error:
        raise BadCell("bad-email") from error
    if len(cell.lower()) > MOST_EMAIL:
        raise BadCell("bad-email")
    return cell.lower()


def phone(cell: str) -> str:
    try:
        return e164(cell)
    except BadPhone as error:
        raise BadCell("bad-phone") from error


def language(cell: str) -> str:
    if cell.lower() not in {"fr", "en"}:
        raise BadCell("bad-language")
    return cell.lower()
