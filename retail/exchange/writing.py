"""A table as a CSV file, piece by piece: for programs of offices and for ours.

`fr`: semicolons and decimal commas, as a French table program opens it; `en`: commas and
points. Both begin with the mark of UTF-8, without which accents break there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from retail.exchange.cells import escaped

SEPARATOR = {"fr": ";", "en": ","}
TOGETHER = 500  # rows of one piece


def pieces(
    header: Sequence[str], rows: Iterable[Sequence[Any]], *, dialect: str
) -> Iterator[str]:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=SEPARATOR[dialect], lineterminator="\r\n")
    out.write("\ufeff")
    writer.writerow(header)
    for count, row in enumerate(rows, 1):
        writer.writerow([escaped(_text(value, dialect)) for value in row])
        if count % TOGETHER == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _text(value: Any, dialect: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",") if dialect == "fr" else f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
