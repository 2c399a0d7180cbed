"""In-store codes: what a scale in the shop prints, with the weight or the price of what
lies in the bag.

An EAN-13 that begins with 02 or 20 to 29 is a restricted circulation number (GS1 General
Specifications, table of GS1 prefixes and the chapter on variable measure items): unique
in one region, not in the world. What stands between prefix and check digit is for each
country's organisation to say, and in France for each retailer. Usual there: five digits
of the article, then five of the weight in grams or of the price in cents.

A house writes its own form for each prefix as a picture: I a digit of the article, W one
of the weight in grams, P one of the price in cents, as in 21=IIIIIWWWWW. The
catalogue knows the article by the same code with noughts for the measure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from stdnum import ean

from inventory.gtin import BadGtin, valid
from inventory.money import CENT, for_weight

__all__ = ["BadForm", "Read", "check", "code_of", "grams_for", "read"]

PREFIX = re.compile(r"02|2\d", re.ASCII)
PICTURE = re.compile(r"I+(?:W+|P+)", re.ASCII)
BETWEEN = 10  # digits between prefix and check digit


class BadForm(ValueError):
    """No prefix of in-store codes, or no picture of what stands behind it."""


@dataclass(frozen=True, slots=True)
class Read:
    """`gtin` of the article; `grams`, or what it costs in `price` (euros, with tax)."""

    gtin: str
    grams: int | None = None
    price: Decimal | None = None


def check(forms: Mapping[str, str]) -> None:
    """Whether these are {prefix: picture}. Raises BadForm."""
    for prefix, picture in forms.items():
        if not (PREFIX.fullmatch(prefix) and PICTURE.fullmatch(picture)):
            raise BadForm(f"{prefix}={picture}")
        if len(picture) != BETWEEN:
            raise BadForm(f"{prefix}={picture}: {BETWEEN} signs stand there")


def read(code: str, forms: Mapping[str, str]) -> Read | None:
    """None where it is no such code, or has no measure in it: it is the article's."""
    try:
        digits = valid(code)
    except BadGtin:
        return None
    picture = forms.get(digits[:2]) if len(digits) == BETWEEN + 3 else None
    if picture is None:
        return None
    item = picture.count("I")
    measure = int(digits[2 + item : -1])
    if not measure:
        return None
    gtin = _closed(digits[: 2 + item])
    if picture.endswith("W"):
        return Read(gtin, grams=measure)
    return Read(gtin, price=measure * CENT)


def code_of(gtin: str, measure: int, forms: Mapping[str, str]) -> str:
    """The code that a scale prints on the article: its grams, or the price in cents,
    whichever its prefix asks for."""
    item = forms[gtin[:2]].count("I")
    return _closed(gtin[: 2 + item], f"{measure:0{BETWEEN - item}d}")


def grams_for(price: Decimal, *, per_kilo: Decimal) -> int | None:
    """The weight that a price was made of, to the gram. At more than 10 € a kilo not
    every price has one, where the label is of another day: then the next lighter, for
    nobody pays more than the label says. None where the kilo costs nothing."""
    if per_kilo <= 0:
        return None
    nearest = int((price * 1000 / per_kilo).to_integral_value())
    return nearest - (for_weight(per_kilo, nearest) > price)


def _closed(begin: str, measure: str = "") -> str:
    """With noughts where nothing is measured, and the check digit."""
    open_ = begin + measure.zfill(BETWEEN + 2 - len(begin))
    return str(open_ + ean.calc_check_digit(open_))
