"""What is drawn where a product has no photograph, and in which colours.

It is a drawing of its department, in the colour of what its name tastes of.
"""

import re

from inventory.names import plain

__all__ = ["DRAWN", "FLAVOURS", "drawn"]

# The first that fits; words are sought in plain letters.
FLAVOURS: dict[str, str] = {
    "cocoa": r"choco\w*|chocolat\w*|cacao\w*|cocoa|brownie\w*|cookies?|cafe|expresso",
    "berry": (
        r"fraises?|framboises?|cerises?|fruits? rouges?|cassis|groseilles?|grenadine"
        r"|grenade|strawberry|raspberry|cranberr\w+|betteraves?"
    ),
    "citrus": r"citrons?|lemon\w*|mangues?|mango|ananas|bananes?|passion|exotiques?",
    "orange": (
        r"oranges?|abricots?|clementines?|mandarines?|peches?|carottes?|potirons?"
        r"|potimarrons?|courges?|butternut|agrumes?|pamplemousses?|multifruits?"
    ),
    "tomato": r"tomates?|paprika|bolognaise|barbecue|poivrons?|gaspacho|pizza|chili",
    "herb": (
        r"menthe|pistaches?|legumes?|poireaux?|brocolis?|epinards?|pois|salades?|mache"
        r"|laitues?|roquette|cornichons?|pommes?(?! de terre)|kiwi|asperges?|the|thym"
        r"|courgettes?|cresson|basilic|haricots?|olives?|salicornes?|avocat"
    ),
    "grape": r"raisins?|myrtilles?|mures?|figues?|pruneaux?|prunes?|violette|reglisse",
    "sea": r"poissons?|crevettes?|crabe|homard|mer|coco|algues?|spf\s?\d*|bisque",
    "nut": (
        r"noisettes?|amandes?|noix|caramel\w*|praline?s?|speculoos|cacahuetes?|pecan"
        r"|champignons?|cepes|hazelnut|chataignes?|marrons?|epices?|cannelle|rhum"
    ),
    "grain": r"miel|mais|ble|cereales?|avoine|muesli|granola|frites?|chips|fromages?",
    "cream": r"vanille|lait|creme|beurre|nature|yaourt|coco|sel|vanilla",
}
WORDS = re.compile(
    "|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, words in FLAVOURS.items())
)


# What art.svg draws, by the pictogram of a department, and the colours that a name
# which says nothing gets there.
DRAWN = {
    "basket": "herb",
    "bottle": "orange",
    "bowl": "orange",
    "cake": "nut",
    "carrot": "herb",
    "cheese": "citrus",
    "chips": "grain",
    "coffee": "cocoa",
    "cone": "cream",
    "cookie": "grain",
    "cup": "sea",
    "jar": "cocoa",
    "snow": "sea",
    "sun": "citrus",
    "tin": "tomato",
    "wheat": "grain",
}


def drawn(pictogram: str, name: str) -> tuple[str, str]:
    """A key of DRAWN and one of FLAVOURS. Where a name fits several flavours, the order
    of FLAVOURS decides, not that of the words."""
    symbol = pictogram if pictogram in DRAWN else "basket"
    found = {each.lastgroup for each in WORDS.finditer(plain(name))}
    flavour = next((flavour for flavour in FLAVOURS if flavour in found), "")
    return symbol, flavour or DRAWN[symbol]
