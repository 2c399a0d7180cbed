"""In which sizes and formats a product's photograph can be had.

`Product.image` names a photograph under static; `make photos` (bench/photos.py) made
smaller and newer copies of it and wrote down its size. A photograph that it does not
know, or one at another address, is shown as it is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from django.contrib.staticfiles import finders
from django.templatetags.static import static

__all__ = ["FULL", "SIZES", "Photograph", "made_of", "photograph", "picture_url"]

FOLDER, SIZES, FULL = "photos", "sizes.csv", "full"
STEPS = (120, 240, 480)  # pixels of the longer side of a smaller copy
UNKNOWN = 240  # both sides, of a photograph that nobody measured


@dataclass(frozen=True)
class Photograph:
    """`avif` and `webp` are as the attribute srcset takes them, or empty."""

    src: str
    width: int = UNKNOWN
    height: int = UNKNOWN
    avif: str = ""
    webp: str = ""


def made_of(width: int, height: int) -> Iterator[tuple[str, int, int]]:
    """(folder, width, height) of each copy of such a photograph, the largest last."""
    longest = max(width, height)
    for step in STEPS:
        if step < longest:
            part = step / longest
            yield str(step), round(width * part), round(height * part)
    yield FULL, width, height


def photograph(image: str) -> Photograph:
    """`image`: a path under static, or an address."""
    path = PurePosixPath(image)
    size = measured().get(path.name) if image == f"{FOLDER}/{path.name}" else None
    src = picture_url(image)
    if size is None:
        return Photograph(src)
    copies = list(made_of(*size))

    def told(suffix: str, *, own: bool) -> str:
        return ", ".join(
            f"{src if own and folder == FULL else copy} {width}w"
            for folder, width, _height in copies
            if (copy := static(f"{FOLDER}/{folder}/{path.stem}{suffix}"))
        )

    return Photograph(src, *size, told(".avif", own=False), told(".webp", own=True))


def picture_url(image: str) -> str:
    """The one address that every reader of pictures understands."""
    return image if image.startswith(("/", "http")) else static(image)


@cache
def measured() -> dict[str, tuple[int, int]]:
    """{file name: (width, height)} of the photographs that have copies."""
    found = finders.find(f"{FOLDER}/{SIZES}")
    if not found:
        return {}
    with open(found, encoding="utf-8", newline="") as rows:
        return {
            row["name"]: (int(row["width"]), int(row["height"]))
            for row in csv.DictReader(rows)
        }
