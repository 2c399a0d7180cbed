"""Statements put together of texts that are written out elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

__all__ = ["after", "positional", "renamed"]

WITH = re.compile(r"\A\s*WITH\s")
NAMED = re.compile(r"%\((\w+)\)s")


def after(named: Iterable[str], text: str) -> str:
    """The statement with these before it, each `name AS (…)`; a WITH of its own goes on
    with theirs."""
    parts = ", ".join(each for each in named if each)
    if not parts:
        return text
    own = WITH.sub(", ", text)
    return f"WITH {parts}{own}" if own != text else f"WITH {parts}\n{text}"


def renamed(text: str, number: int) -> str:
    """Each parameter with a number behind its name."""
    return NAMED.sub(lambda found: f"%({found[1]}_{number})s", text)


@cache
def positional(text: str) -> tuple[str, list[str]]:
    """With a mark for each parameter, and their names in that order."""
    return NAMED.sub("%s", text), NAMED.findall(text)
