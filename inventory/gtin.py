"""GTINs: the number under a barcode (GS1 General Specifications, section 3.3)."""

from stdnum import ean
from stdnum.exceptions import ValidationError

SHORT = 8
USUAL = 13


class BadGtin(ValueError):
    """Not a GTIN-8, -12, -13 or -14, or its check digit is wrong."""

    def __init__(self, value: object) -> None:
        super().__init__(repr(value))
        self.value = value


def valid(gtin: object) -> str:
    """The GTIN as the catalogue stores it. Raises BadGtin.

    Spaces and hyphens go; leading zeros are taken away down to 13 digits and added up
    to 13, so that a scanner's GTIN-14 or an American GTIN-12 finds the same article.
    Eight digits are a GTIN-8, also where they come padded.
    """
    if not isinstance(gtin, str):
        raise BadGtin(gtin)
    try:
        number = str(ean.validate(gtin))
    except ValidationError as error:
        raise BadGtin(gtin) from error
    if not number.isascii():
        raise BadGtin(gtin)
    significant = number.lstrip("0")
    if not significant:
        raise BadGtin(gtin)
    if len(number) == SHORT or len(significant) <= SHORT:
        return significant.zfill(SHORT)
    return significant.zfill(USUAL)
