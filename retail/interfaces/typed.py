"""What people type into the fields of a page."""

from __future__ import annotations


def one_line(typed: str, *, most: int) -> str:
    """`typed` with a space for every sign that cannot be printed, U+0000 among them,
    which no database keeps."""
    signs = (sign if sign.isprintable() else " " for sign in typed[: 4 * most])
    return "".join(signs).strip()[:most]
