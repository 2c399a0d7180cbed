"""The picture of a product on its plate, or what is drawn where there is none."""

from __future__ import annotations

from typing import Any, Protocol

from django.templatetags.static import static
from django.utils.safestring import SafeString

from retail.flavours import drawn as flavoured
from retail.templatetags.remembered import drawn

__all__ = ["art", "plate"]

# how wide a picture is shown on a plate of each size, in the words of `sizes`
WIDTHS = {
    "mini": "3.25rem",
    "big": "8.5rem",
    "hero-plate": "(width < 56rem) 90vw, 24rem",
    "": "(width < 36rem) 45vw, 15rem",
}


class Pictured(Protocol):
    """What a plate can show: a product, or anything with its picture."""

    image: str
    image_treatment: str
    department: Any


def plate(product: Pictured | None, size: str = "", alt: str = "") -> SafeString:
    """A photograph on its plate, or a drawing of the department in the colours that the
    name tastes of; in the mini size its pictogram. `size`: mini, big, hero-plate. `alt`
    stays empty where the name stands beside it."""
    treatment = getattr(product, "image_treatment", "") or "cutout"
    return drawn(
        "house/plate.html",
        image=getattr(product, "image", "") or "",
        widths=WIDTHS.get(size, WIDTHS[""]),
        css=" ".join(["plate", size, "snap" if treatment == "snap" else ""]).strip(),
        # a product as it is priced names the pictogram itself
        sign=getattr(getattr(product, "department", product), "icon", ""),
        name=str(getattr(product, "name", "")),
        mini=size == "mini",
        alt=str(alt),
        lazy=size != "hero-plate",
    )


def art(sign: str, name: str) -> tuple[str, str]:
    """(the address of a drawing of the department with this pictogram, the colours that
    the name tastes of)."""
    symbol, flavour = flavoured(sign, name)
    return f"{static('retail/art.svg')}#{symbol}", flavour
