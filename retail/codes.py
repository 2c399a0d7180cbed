"""Codes that people read, say and type: their signs, and how they follow from a key."""

import hmac
import secrets

from django.conf import settings

__all__ = ["ALPHABET", "at_random", "keyed", "normal", "signs_of"]

# Without 0 1 I L O U: what people misread, misspell or would rather not read out.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def normal(code: str) -> str:
    """As typed or scanned → as made: capitals, without spaces and dashes."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def keyed(*parts: str) -> bytes:
    """32 bytes that nobody can make without the key."""
    return hmac.digest(settings.CODE_KEY, "\n".join(parts).encode(), "sha256")


def signs_of(made: bytes, length: int) -> str:
    """The same signs for the same bytes. About five bits each."""
    number = int.from_bytes(made)
    signs = []
    for _ in range(length):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return "".join(signs)


def at_random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
