"""Flags by django-flags: our table as its source, our conditions as its rules.

The source reads the pinned snapshot, so that asking costs no query and one request
gets one answer.
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from flags import conditions
from flags.sources import Condition

from retail.channels.context import pinned
from retail.channels.levels import NEEDS, Feature


def is_on(value: bool, **_: Any) -> bool:
    return value


def for_store(codes: list[str], *, store: str | None = None, **_: Any) -> bool:
    """On in these stores. Asked without a store: whether it is on anywhere, which
    decides whether a page offers the choice at all."""
    return bool(codes) if store is None else store in codes


def for_customer(percent: int, *, customer: UUID | None = None, **_: Any) -> bool:
    """On for this share of customers; the same customer always gets the same answer.
    A visitor who is nobody yet is outside the trial."""
    if customer is None:
        return percent == 100
    bucket = int.from_bytes(hashlib.sha256(customer.bytes).digest()[:4]) % 100
    return bucket < percent


def needs_met(needs: tuple[Feature, ...], **_: Any) -> bool:
    """Everything it builds on is on. A flip sees to that; a row edited by hand in the
    database would not have, and must not open half a feature."""
    flags = pinned().flags
    return all(flags[need].on and needs_met(NEEDS[need]) for need in needs)


class PinnedFlags:
    """django-flags' source over the pinned snapshot. All conditions are required."""

    def get_flags(self) -> dict[str, list[Condition]]:
        found = {}
        for feature, flag in pinned().flags.items():
            rules = [Condition("is on", flag.on, required=True)]
            if NEEDS[feature]:
                rules.append(Condition("needs", NEEDS[feature], required=True))
            if flag.stores is not None:
                rules.append(Condition("store", list(flag.stores), required=True))
            if flag.customers_percent is not None:
                rules.append(
                    Condition(
                        "customers percent", flag.customers_percent, required=True
                    )
                )
            found[feature.value] = rules
        return found


def register() -> None:
    """Called once, when the app is ready."""
    conditions.register("is on", fn=is_on)
    conditions.register("store", fn=for_store)
    conditions.register("customers percent", fn=for_customer)
    conditions.register("needs", fn=needs_met)
