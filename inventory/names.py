"""How goods are sorted and sought: the one rule behind `Product.sort_name`."""

import unicodedata


def plain(text: str) -> str:
    """Without accents and without case: "Crème Brûlée" is "creme brulee", "Weiß" is
    "weiss". What is written so is found by what is typed so."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))
