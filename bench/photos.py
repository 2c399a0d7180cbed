"""The products' photographs in the sizes and formats that pages offer: `make photos`.

Reads the photographs in retail/demo/data/photos, which stay as they are, and writes
beside them an AVIF of the same size (`full/`), an AVIF and a WebP of each smaller one
(`120/` …), and `sizes.csv`, by which pages know what there is
(retail/photographs.py). Makes what is missing, removes what belongs to no photograph;
`--all` makes all anew. Nothing is ever enlarged.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from retail.photographs import FULL, SIZES, made_of

PHOTOS = Path(__file__).parents[1] / "retail" / "demo" / "data" / "photos"
KINDS = {".webp", ".jpg", ".jpeg", ".png"}
# as they look alike beside the photograph, at two thirds of its bytes
AVIF = {"quality": 50, "speed": 5}
WEBP = {"quality": 75, "method": 6}


def wanted(photo: Path, picture: Image.Image) -> Iterator[tuple[Path, int, int]]:
    """(file, width, height) of each copy."""
    for folder, width, height in made_of(picture.width, picture.height):
        yield PHOTOS / folder / f"{photo.stem}.avif", width, height
        if folder != FULL:
            yield PHOTOS / folder / f"{photo.stem}.webp", width, height


def make(picture: Image.Image, file: Path, size: tuple[int, int]) -> None:
    file.parent.mkdir(exist_ok=True)
    flat = picture.convert("RGB")
    if flat.size != size:
        flat = flat.resize(size, Image.Resampling.LANCZOS)
    flat.save(file, **(AVIF if file.suffix == ".avif" else WEBP))


def main(arguments: list[str]) -> None:
    photos = sorted(p for p in PHOTOS.iterdir() if p.suffix in KINDS)
    kept: set[Path] = set()
    rows = []
    for photo in photos:
        with Image.open(photo) as picture:
            rows.append((photo.name, picture.width, picture.height))
            for file, *size in wanted(photo, picture):
                kept.add(file)
                if "--all" in arguments or not file.exists():
                    make(picture, file, (size[0], size[1]))
    with (PHOTOS / SIZES).open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows([("name", "width", "height"), *rows])
    for file in PHOTOS.glob("*/*"):
        if file not in kept:
            file.unlink()
    own = sum(p.stat().st_size for p in photos)
    made = sum(p.stat().st_size for p in kept)
    print(f"{len(photos)} photographs {own / 1e6:.2f} MB", end=", ")
    print(f"{len(kept)} copies {made / 1e6:.2f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
