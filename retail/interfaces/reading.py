"""Reads the fields of a JSON object by name and gathers every fault, so that one answer
names all. What nobody reads is unknown, and refused: a misspelt field must not pass in
silence, and a price or a status sent along must not look accepted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inventory.quantities import BadQuantity, quantity
from retail.interfaces.problems import Problem

NEEDED = _("This is needed.")
MOST_WHOLE = 1_000_000_000


class Reading:
    """One object. `path` is its place in the body, for the names of faults."""

    def __init__(
        self,
        given: Any,
        *,
        path: str = "",
        errors: dict[str, str | Promise] | None = None,
    ) -> None:
        self.errors: dict[str, str | Promise] = {} if errors is None else errors
        self.path = path
        self.parts: list[Reading] = []
        self.known: set[str] = set()
        if not isinstance(given, dict):
            self.errors[path or "body"] = _("This must be an object.")
            given = {}
        self.given: dict[str, Any] = given

    def wrong(self, name: str, why: str | Promise) -> None:
        self.errors.setdefault(self._at(name), why)

    def any(self, name: str) -> Any:
        self.known.add(name)
        return self.given.get(name)

    def text(
        self, name: str, *, most: int = 200, needed: bool = False, default: str = ""
    ) -> str:
        value = self.any(name)
        if value is None:
            if needed:
                self.wrong(name, NEEDED)
            return default
        if not isinstance(value, str):
            self.wrong(name, _("This must be text."))
        elif len(value) > most:
            self.wrong(name, _("This is too long."))
        elif value and not value.isprintable():
            self.wrong(name, _("This contains signs that cannot be printed."))
        elif needed and not value.strip():
            self.wrong(name, NEEDED)
        else:
            return value.strip()
        return default

    def texts(self, name: str, *, most: int) -> list[str]:
        value = self.any(name)
        if value is None:
            return []
        if isinstance(value, list) and len(value) <= most:
            texts = [each for each in value if isinstance(each, str)]
            if len(texts) == len(value) and all(len(each) <= 80 for each in texts):
                return texts
        self.wrong(name, _("This must be a short list of texts."))
        return []

    def one_of(
        self, name: str, allowed: Collection[str], *, default: str | None = None
    ) -> str:
        value = self.any(name)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value in allowed:
            return value
        self.wrong(name, _("This must be one of: %s.") % ", ".join(allowed))
        return default or ""

    def uuid(self, name: str, *, needed: bool = False) -> UUID | None:
        value = self.any(name)
        if value is None and not needed:
            return None
        try:
            if isinstance(value, str) and len(value) == 36:
                return UUID(value)
        except ValueError:
            pass
        self.wrong(name, _("This must be a UUID."))
        return None

    def moment(self, name: str) -> datetime | None:
        """ISO 8601 with its zone; a time without one could be any."""
        value = self.any(name)
        if value is None:
            return None
        try:
            found = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            self.wrong(name, _("This must be a time with its zone, such as 17:00Z."))
            return None
        return found

    def flag(self, name: str) -> bool:
        value = self.any(name)
        if value is not None and not isinstance(value, bool):
            self.wrong(name, _("This must be true or false."))
        return value is True

    def whole(self, name: str, *, least: int, default: int | None = None) -> int:
        """Strict: true, 1.0 and "1" are no whole numbers here."""
        value = self.any(name)
        if value is None and default is not None:
            return default
        if type(value) is int and least <= value <= MOST_WHOLE:
            return value
        self.wrong(name, _("This must be a whole number from %s.") % least)
        return least

    def quantity(self, name: str) -> int:
        try:
            return quantity(self.any(name))
        except BadQuantity:
            self.wrong(name, _("This must be a whole number from 1 to 9999."))
            return 1

    def part(self, name: str, *, needed: bool = False) -> Reading | None:
        value = self.any(name)
        if value is None:
            if needed:
                self.wrong(name, NEEDED)
            return None
        return self._reading(name, value)

    def rows(self, name: str, *, most: int, needed: bool = True) -> list[Reading]:
        value = self.any(name)
        if value is None and not needed:
            return []
        if not isinstance(value, list) or not value or len(value) > most:
            self.wrong(name, _("This must be a list of 1 to %s objects.") % most)
            return []
        return [self._reading(f"{name}.{i}", each) for i, each in enumerate(value)]

    def done(self) -> None:
        """Raises Problem where anything was wrong or unknown."""
        self._refuse_unknown()
        if self.errors:
            raise self.problem()

    def problem(self) -> Problem:
        errors = {name: str(why) for name, why in self.errors.items()}
        return Problem("invalid", errors=errors)

    def _reading(self, name: str, value: Any) -> Reading:
        part = Reading(value, path=self._at(name), errors=self.errors)
        self.parts.append(part)
        return part

    def _refuse_unknown(self) -> None:
        # names are the sender's own: few of them, and not at any length
        for name in [each for each in self.given if each not in self.known][:20]:
            self.wrong(name[:80], _("This field is not known here."))
        for part in self.parts:
            part._refuse_unknown()

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name
