"""Finding products by name or barcode, also where a letter is wrong."""

from datetime import datetime

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Q, QuerySet

from inventory.gtin import BadGtin, valid
from inventory.models import Price
from inventory.names import plain
from webshop.shelves import on_sale

LONGEST = 80
MOST_WORDS = 6
NAME = "listing__variant__product__sort_name"


def words_of(text: str) -> list[str]:
    """As `Product.sort_name` is written, and without signs."""
    spaced = "".join(c if c.isalnum() else " " for c in plain(text[:LONGEST]))
    return spaced.split()[:MOST_WORDS]


def found(text: str, at: datetime) -> QuerySet[Price]:
    """What is on sale under that barcode, else what has each of the words in its name or
    brand, nearest first. A word may be off by a letter or two (trigrams, by the index).
    """
    try:
        wanted = valid(text.strip())
        return on_sale(at).filter(listing__variant__gtin=wanted).order_by("id")
    except BadGtin:
        pass
    words = words_of(text)
    if not words:
        return on_sale(at).none().order_by("id")
    fits = Q()
    for word in words:
        near = Q(**{f"{NAME}__trigram_word_similar": word})
        fits &= Q(**{f"{NAME}__contains": word}) | near
    return (
        on_sale(at)
        .filter(fits)
        .annotate(nearness=TrigramWordSimilarity(" ".join(words), NAME))
        .order_by("-nearness", NAME, "listing__variant__gtin")
    )
