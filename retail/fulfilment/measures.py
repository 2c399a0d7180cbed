"""Quantities as a store's forms ask for them: pieces, or kilos of what is weighed."""

import re

from django.utils.translation import gettext as _

from inventory.models import Unit, Variant
from inventory.quantities import MOST
from retail.fulfilment.typed_work import Unclear

__all__ = ["MOST_KILOS", "typed"]

MOST_KILOS = 999
KILOS = re.compile(r"([-−]?)(\d{1,4})(?:[.,](\d{1,3}))?", re.ASCII)


def typed(text: str, variant: Variant, *, least: int) -> int:
    """Pieces or grams, from `least` on, which may be -1 for as many below zero as above
    it. Raises Unclear."""
    text = text.strip()
    if variant.unit == Unit.GRAM:
        return _grams(text, least)
    try:
        units = int(text.replace("−", "-"))
    except ValueError as error:
        raise Unclear(_("A quantity is a whole number.")) from error
    return _within(units, 1, least, MOST)


def _grams(text: str, least: int) -> int:
    found = KILOS.fullmatch(text)
    if found is None:
        raise Unclear(_("Say it in kilos, such as 12.5."))
    sign, kilos, rest = found.groups()
    grams = int(kilos) * 1000 + int((rest or "").ljust(3, "0"))
    return _within(-grams if sign else grams, 1000, least, MOST_KILOS)


def _within(units: int, each: int, least: int, most: int) -> int:
    if not (least if least >= 0 else -most * each) <= units <= most * each:
        raise Unclear(
            _("Between %(least)s and %(most)s.")
            % {"least": least if least >= 0 else -most, "most": most}
        )
    if units == 0 and least < 0:
        raise Unclear(_("A difference is not zero."))
    return units
