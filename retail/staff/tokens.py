"""Secrets that machines show: random, shown once, kept as a keyed hash.

They are long and random, so a fast hash is right: nobody can try them all. PINs are
short and use Django's slow password hashers instead.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from django.conf import settings

from retail.codes import at_random


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def spoken_code(length: int = 9) -> str:
    """For typing once, about 44 bits at 9 letters."""
    return at_random(length)


def hash_of(secret: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, b"retail: token:" + secret.encode(), sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """In constant time."""
    return hmac.compare_digest(one.encode(), other.encode())
