"""Which database a query goes to: the pinned channel's, or head office's.

Head office's own apps lie in `default`. Business rows lie where the context says; a row
that came from another database raises, unless the copier or the relay is at work. There
is no fallback: a wrong database must be impossible, not unlikely.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from retail.channels.context import current, is_crossing

HEAD_OFFICE = "default"
SIDES = ("webshop", "pos", "shared")
BUSINESS = frozenset({"inventory", "retail", "webshop", "pos"})

Model = type[models.Model]


class WrongDatabase(Exception):
    """A row of one database was to be read or written in another."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"a row of {found} met the context of {expected}")
        self.found = found
        self.expected = expected


class ContextRouter:
    """See the module's text. Django calls these by name."""

    def db_for_read(self, model: Model, **hints: Any) -> str:
        return self.place(model, hints.get("instance"))

    def db_for_write(self, model: Model, **hints: Any) -> str:
        return self.place(model, hints.get("instance"))

    def place(self, model: Model, instance: models.Model | None) -> str:
        if model._meta.app_label not in BUSINESS:
            return HEAD_OFFICE
        came_from = instance._state.db if instance is not None else None
        if came_from is not None and is_crossing():
            return came_from
        expected = current().database
        if came_from is not None and came_from != expected:
            raise WrongDatabase(came_from, expected)
        return expected

    def allow_relation(self, one: models.Model, other: models.Model, **_: Any) -> bool:
        """Within head office, or within one side."""
        first, second = self.home(one), self.home(other)
        if first is None or second is None:
            return (one._meta.app_label in BUSINESS) == (
                other._meta.app_label in BUSINESS
            )
        return first == second

    def home(self, row: models.Model) -> str | None:
        """None for a business row that was not saved yet."""
        if row._meta.app_label not in BUSINESS:
            return HEAD_OFFICE
        return row._state.db

    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool:
        return (db in SIDES) == (app_label in BUSINESS)
