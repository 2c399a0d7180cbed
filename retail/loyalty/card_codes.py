"""The code of a gift card: who holds it, holds the money.

It is made anew from the card's id whenever its buyer is shown it; in the database lies a
keyed hash, so that nobody who reads it can pay with what they find.
"""

import hmac
from uuid import UUID

from django.conf import settings

__all__ = ["LENGTH", "code_for", "code_hash", "is_code", "normal"]

# as for pickup codes: without what people misread (0 1 I L O U)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12  # eleven signs, 30¹¹ = 1.8 × 10¹⁶ codes, and one that checks them


def code_for(card_id: UUID) -> str:
    number = int.from_bytes(_keyed("gift-card", str(card_id)))
    signs = []
    for _ in range(LENGTH - 1):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return "".join(signs) + _check_sign(signs)


def normal(code: str) -> str:
    """As typed or scanned → as made: capitals, without spaces and dashes."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def is_code(text: str) -> bool:
    """Whether that can be a card's code: a slip of one sign, or two that changed
    places, is found out before anything is asked."""
    code = normal(text)
    known = len(code) == LENGTH and all(sign in ALPHABET for sign in code)
    return known and code[-1] == _check_sign(list(code[:-1]))


def code_hash(code: str) -> str:
    return _keyed("gift-card-hash", normal(code)).hex()


def _check_sign(signs: list[str]) -> str:
    """Luhn's, over thirty signs (ISO/IEC 7812-1 annex B, extended to any even base)."""
    total, size = 0, len(ALPHABET)
    for place, sign in enumerate(reversed(signs)):
        worth = ALPHABET.index(sign) * (2 - place % 2)
        total += worth // size + worth % size
    return ALPHABET[-total % size]


def _keyed(*parts: str) -> bytes:
    return hmac.digest(settings.CODE_KEY, "\n".join(parts).encode(), "sha256")
