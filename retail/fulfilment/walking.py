"""The order in which somebody walks through the aisles."""

import re

__all__ = ["steps"]


def steps(aisle: str) -> tuple[bool, list[tuple[int, str]]]:
    """ "A10-2" → comparable: letters as letters, numbers as numbers; A2 comes before
    A10, unknown places last."""
    parts = re.findall(r"\d+|\D+", aisle)
    return not aisle, [(int(p), "") if p.isdigit() else (0, p) for p in parts]
