"""Finding products by name, brand, department or barcode, in French or English, also
where a letter is wrong."""

import csv
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest

from inventory.gtin import BadGtin, valid
from inventory.models import Department, Price
from inventory.names import plain
from webshop.shelves import on_sale

LONGEST = 80
MOST_WORDS = 6
PREFIX = 4  # of a department's name: "bisc" is no word, and meant
NAME = "listing__variant__product__sort_name"


def words_of(text: str) -> list[str]:
    """As `Product.sort_name` is written, and without signs."""
    spaced = "".join(c if c.isalnum() else " " for c in plain(text[:LONGEST]))
    return spaced.split()[:MOST_WORDS]


@cache
def vocabulary() -> dict[str, tuple[str, ...]]:
    """{a word: what it is called in the catalogue}: English to French, and words that
    mean the same. The file is ours; each row is an English word and its French ones."""
    with Path(__file__).with_name("vocabulary.csv").open(encoding="utf-8") as file:
        return {row[0]: tuple(row[1:]) for row in csv.reader(file)}


def others_of(word: str) -> tuple[str, ...]:
    """Other words for it; of a plural that is not listed, those of its singular."""
    return vocabulary().get(word) or vocabulary().get(word.removesuffix("s"), ())


def departments_named(
    words: Iterable[str], departments: Iterable[Department]
) -> dict[str, list[UUID]]:
    """{word: the departments in whose French or English name it begins a word}."""
    names = {each.id: plain(f"{each.name_fr} {each.name_en}") for each in departments}
    return {
        word: [
            id
            for id, name in names.items()
            if len(word) >= PREFIX and any(w.startswith(word) for w in name.split())
        ]
        for word in words
    }


def found(
    text: str, at: datetime, departments: Iterable[Department] = ()
) -> QuerySet[Price]:
    """What is on sale under that barcode, else what has each of the words in its name,
    brand or department, nearest first. A word may be off by a letter or two (trigrams,
    by the index), and may be English."""
    try:
        wanted = valid(text.strip())
        return on_sale(at).filter(listing__variant__gtin=wanted).order_by("id")
    except BadGtin:
        pass
    words = words_of(text)
    if not words:
        return on_sale(at).none().order_by("id")
    named = departments_named(words, departments)
    fits = Q()
    for word in words:
        each = Q(**{f"{NAME}__contains": word})
        each |= Q(**{f"{NAME}__trigram_word_similar": word})
        for other in others_of(word):
            each |= Q(**{f"{NAME}__contains": other})
        if named[word]:
            each |= Q(listing__variant__product__department__in=named[word])
        fits &= each
    return (
        on_sale(at)
        .filter(fits)
        .annotate(nearness=_nearness(words))
        .order_by("-nearness", NAME, "listing__variant__gtin")
    )


def _nearness(words: list[str]) -> TrigramWordSimilarity | Greatest:
    """To the words as typed, or to their French ones, whichever is nearer."""
    typed = TrigramWordSimilarity(" ".join(words), NAME)
    french = " ".join((others_of(word) or (word,))[0] for word in words)
    if french == " ".join(words):
        return typed
    return Greatest(typed, TrigramWordSimilarity(french, NAME))
