"""What is wrong with a file or a line, and what to do about it, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Words = dict[str, Any]  # lazy texts

FILES: Words = {
    "empty": gettext_lazy(
        "There is nothing in this file. Its first line names the columns."
    ),
    "spreadsheet": gettext_lazy(
        "This is a spreadsheet. Save it as “CSV UTF-8” there and choose that file."
    ),
    "pdf": gettext_lazy("This is a PDF. A table is needed, saved as “CSV UTF-8”."),
    "utf-16": gettext_lazy(
        "This file is written in UTF-16. Save it as “CSV UTF-8” and choose it again."
    ),
    "binary": gettext_lazy("This is no text file. Save the table as “CSV UTF-8”."),
    "not-utf-8": gettext_lazy(
        "A sign cannot be read. Save the table as “CSV UTF-8”, so that accents survive."
    ),
    "line-too-long": gettext_lazy("This line is too long for a table."),
    "quote-open": gettext_lazy(
        "A quotation mark is opened here and not closed. Close it or take it out."
    ),
    "bad-quotes": gettext_lazy(
        "A quotation mark stands inside a cell. Write it twice, or take it out."
    ),
    "too-many-columns": gettext_lazy("There are too many columns."),
    "column-twice": gettext_lazy("A column stands here twice. Keep one of them."),
    "column-missing": gettext_lazy(
        "A column is missing. The first line names the columns, as in the example."
    ),
    "too-many-lines": gettext_lazy(
        "There are too many lines. Part the file, or bring it in from the command line."
    ),
    "too-large": gettext_lazy(
        "This file is too large for a page. Bring it in from the command line."
    ),
}

LINES: Words = {
    "cells": gettext_lazy(
        "Not as many cells as the first line has. Put cells with a separator in quotes."
    ),
    "twice": gettext_lazy("An earlier line is about the same. Keep one of them."),
    "empty-cell": gettext_lazy("Fill in this cell."),
    "too-long": gettext_lazy("Shorten this text."),
    "not-printable": gettext_lazy("Take out the signs that cannot be printed."),
    "bad-gtin": gettext_lazy(
        "Check the barcode: a digit is wrong or missing. Format the column as text."
    ),
    "bad-amount": gettext_lazy("Write an amount such as 3.40 or 3,40, without a sign."),
    "bad-units": gettext_lazy("Write a whole number: pieces, or grams."),
    "bad-yes-no": gettext_lazy("Write 1 or 0."),
    "bad-moment": gettext_lazy("Write a day such as 2027-01-31, or with a time."),
    "bad-birth-date": gettext_lazy("Write a date of birth such as 1990-01-31."),
    "bad-email": gettext_lazy("Write an address such as name@example.com."),
    "bad-phone": gettext_lazy("Write a phone number such as 06 12 34 56 78."),
    "bad-language": gettext_lazy("Write fr or en."),
    "unknown-article": gettext_lazy(
        "The catalogue has no such article. Check the barcode."
    ),
    "unknown-department": gettext_lazy("There is no such department. Use its code."),
    "not-offered": gettext_lazy(
        "This channel does not offer it. Bring it in with the products first."
    ),
    "former-not-higher": gettext_lazy(
        "The former price must be higher than the new one, or empty."
    ),
    "ends-before": gettext_lazy("This price would end before it begins."),
    "in-the-past": gettext_lazy(
        "What was asked in the past stays. Leave the cell empty: from now on."
    ),
    "price-there": gettext_lazy(
        "Another price begins at this moment. Choose another one."
    ),
    "not-a-place": gettext_lazy("This channel has no such place. Use its code."),
    "fewer-than-held": gettext_lazy(
        "More than that is held for customers. Settle their orders first."
    ),
    "not-our-card": gettext_lazy(
        "This is not a card of this channel. Leave the cell empty for a new one."
    ),
    "email-known": gettext_lazy(
        "A customer of this channel has this address. Give their card to change them."
    ),
    "nobody": gettext_lazy("A card, an e-mail address or a phone number is needed."),
    "erased": gettext_lazy("This customer asked to be erased. Take the line out."),
    "signs-in": gettext_lazy(
        "This customer signs in with their address and changes it themselves."
    ),
    "gone-since": gettext_lazy("This is no longer there. Look at the file again."),
}


def of_file(slug: str, number: int, value: str) -> str:
    told = str(FILES[slug])
    if value:
        told = f"{told} ({value})"
    return _("Line %(n)s: %(told)s") % {"n": number, "told": told} if number else told


def of_line(slug: str) -> str:
    return str(LINES[slug])
