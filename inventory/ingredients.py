"""Reading an ingredient list: which of the fourteen allergens it names, and where.

The fourteen are those that European law has emphasised on a label (regulation (EU)
1169/2011, annex II and article 21). What is read is the contributors' text, in French
for the most part: a word that is not there is no proof that the allergen is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["ALLERGENS", "Piece", "allergens_in", "pieces"]

# In the order of the annex. Alternatives are regular expressions; accents are optional
# where contributors forget them, and a word of another plant is left out by what
# follows it: coconut "milk", cocoa "butter" and nutmeg are not allergens.
PLANT = (
    r"(?!\s+(?:de\s+|d['’])?(?:coco|cacao|karit|amande|soja|riz|avoine|cacahu|sésame))"
)
ALLERGENS: dict[str, str] = {
    "gluten": (
        r"bl[ée]s?|froments?|seigle|orges?|avoines?|[ée]peautre|kamut|gluten"
        r"|wheat|barley|rye|oats?|weizen\w*|gerste\w*|trigo|avena"
    ),
    "crustaceans": r"crustac[ée]s?|crevettes?|crabes?|homards?|langoustines?|shrimps?",
    "eggs": r"(?:œ|oe)ufs?|ovoproduits?|eggs?|huevos?",
    "fish": (
        r"poissons?|saumons?|thons?|cabillauds?|morues?|anchois|colins?|merlus?"
        r"|sardines?|fish|pescado"
    ),
    "peanuts": r"arachides?|cacahu[èe]tes?|peanuts?",
    "soya": r"soja|soya?",
    "milk": (
        rf"(?:lait|laits|cr[èe]mes?|beurres?){PLANT}|babeurre|lactos[ée]rums?|lactose"
        r"|petit-lait|fromages?|emmental|comt[ée]|parmesan|mozzarella|cheddar|yaourts?"
        r"|cas[ée]inates?|lactoprot[ée]ines|milk|butter|whey|leche|milch\w*"
    ),
    "nuts": (
        r"noisettes?|amandes?|pistaches?|noix(?!\s+(?:de\s+)?(?:coco|muscade|saint))"
        r"|cajous?|p[ée]can|macadamias?|fruits?\s+[àa]\s+coques?"
        r"|hazelnuts?|almonds?|walnuts?|avellanas?|almendras?"
    ),
    "celery": r"c[ée]leris?(?:-raves?)?|celery|apio",
    "mustard": r"moutardes?|mustard|mostaza",
    "sesame": r"s[ée]sames?",
    "sulphites": r"(?:m[ée]ta)?bisulfites?|sulfites?|sulphites?|anhydride\s+sulfureux",
    "lupin": r"lupins?",
    "molluscs": r"mollusques?|moules?|calamars?|calmars?|hu[îi]tres?|seiches?",
}
WORDS = re.compile(
    r"(?<!\w)(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in ALLERGENS.items())
    + r")(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Piece:
    """A stretch of the text; `allergen` is a key of ALLERGENS, or empty."""

    text: str
    allergen: str = ""


def pieces(text: str) -> Iterator[Piece]:
    """The text cut so that each allergen stands alone; joined again it is the text."""
    end = 0
    for found in WORDS.finditer(text):
        if found.start() > end:
            yield Piece(text[end : found.start()])
        yield Piece(found.group(), found.lastgroup or "")
        end = found.end()
    if end < len(text):
        yield Piece(text[end:])


def allergens_in(text: str) -> list[str]:
    """The allergens that the text names, traces too, in the order of the law."""
    named = {piece.allergen for piece in pieces(text)}
    return [name for name in ALLERGENS if name in named]
