"""A parcel's tracking number, as carriers print it."""

import re

__all__ = ["BadTracking", "checked"]

# Letters and digits, as UPU S10 ("RR123456785FR"), Colissimo ("6A12345678901") and the
# parcel services have them; the longest in use have 34 (Amazon, DPD with service code).
WELL_FORMED = re.compile(r"[A-Z0-9]{4,40}")


class BadTracking(Exception):
    """No carrier numbers its parcels like this."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def checked(text: str) -> str:
    """The number without the spaces, points and hyphens it was typed with; empty for
    none, since a letter has no number. Raises BadTracking."""
    number = re.sub(r"[\s.\-]", "", text).upper()
    if number and not WELL_FORMED.fullmatch(number):
        raise BadTracking(text)
    return number
