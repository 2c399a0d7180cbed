"""Filters that are in a statement only where they are asked for.

`%(x)s IS NULL OR …` would need a plan of its own each time: of a statement whose plan is
kept, PostgreSQL does not know which filters count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["those_given"]


def those_given(filters: Mapping[str, str], given: Mapping[str, Any]) -> str:
    """The conditions of those names whose value is not None, each after an AND."""
    return "".join(
        f"\n  AND {condition}"
        for name, condition in filters.items()
        if given[name] is not None
    )
