"""Ids that their maker gives, and that stay when databases are joined or parted.

`new_id` is UUIDv7 (RFC 9562, section 5.7): ordered by time, so that inserts touch
the end of an index. `master_id` is UUIDv5 (section 5.5): every database gives the
same id to the same product or place. `derived` names the children of one operation:
the same operation gives the same ids on every retry and at every level.
"""

import hashlib
from uuid import UUID, uuid5

from uuid_utils.compat import uuid7

# Fixed for ever: a change would give every product a new id.
MASTER = UUID("6f2a9d2e-6a0b-5d51-9a55-0c6a4f5e7a11")


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return uuid7()


def master_id(kind: str, code: str) -> UUID:
    """The id of a piece of master data: `kind` is its table's word, `code` its
    GTIN or code."""
    return uuid5(MASTER, f"{kind}:{code}")


def derived(parent: UUID, *parts: object) -> UUID:
    """A UUIDv7 with the parent's time and a hash of parent and parts as its rest.

    Keeping the time keeps the locality of UUIDv7 in the children's indexes.
    """
    text = ":".join([str(parent), *map(str, parts)])
    value = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16])
    value &= (1 << 80) - 1
    value |= (parent.int >> 80) << 80
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
