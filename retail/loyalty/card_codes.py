"""The code of a gift card: who holds it, holds the money.

It is made anew from the card's id whenever its buyer is shown it; in the database lies a
keyed hash, so that nobody who reads it can pay with what they find.
"""

from uuid import UUID

from retail.codes import ALPHABET, keyed, normal, signs_of

__all__ = ["LENGTH", "code_for", "code_hash", "is_code", "normal"]

LENGTH = 12  # eleven signs, 30¹¹ = 1.8 × 10¹⁶ codes, and one that checks them


def code_for(card_id: UUID) -> str:
    signs = signs_of(keyed("gift-card", str(card_id)), LENGTH - 1)
    return signs + _check_sign(signs)


def is_code(text: str) -> bool:
    """Whether that can be a card's code: a slip of one sign, or two that changed
    places, is found out before anything is asked."""
    code = normal(text)
    known = len(code) == LENGTH and all(sign in ALPHABET for sign in code)
    return known and code[-1] == _check_sign(code[:-1])


def code_hash(code: str) -> str:
    return keyed("gift-card-hash", normal(code)).hex()


def _check_sign(signs: str) -> str:
    """Luhn's, over thirty signs (ISO/IEC 7812-1 annex B, extended to any even base)."""
    total, size = 0, len(ALPHABET)
    for place, sign in enumerate(reversed(signs)):
        worth = ALPHABET.index(sign) * (2 - place % 2)
        total += worth // size + worth % size
    return ALPHABET[-total % size]
