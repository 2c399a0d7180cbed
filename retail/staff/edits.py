"""Noting who changed what, from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from inventory.ids import new_id
from inventory.places import Origin
from retail.staff.edit_models import Act, Edit, Way

__all__ = ["HIDDEN", "Act", "By", "Edit", "Way", "edit", "keep", "note", "of_row"]

HIDDEN = "•••"  # stands for a PIN or a password
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class By:
    """Who changes something, and by what; `employee_id` None for a program."""

    name: str
    way: Way
    employee_id: UUID | None = None


def note(
    row: models.Model,
    *,
    side: str,
    by: By,
    before: Values | None,
    after: Values | None,
    at: datetime | None = None,
) -> None:
    """Of `before` and `after` only what differs is kept, and nothing where nothing
    does. None: there was no row yet, or it has ended.

    The log lies in head office's database. Whoever changes a row in another calls this
    within that change's transaction and inside `channels.head_office_atomic()`: the
    line is then committed last, and what was refused leaves none.
    """
    found = edit(row, side=side, by=by, before=before, after=after, at=at)
    if found is not None:
        found.save(force_insert=True)


def keep(edits: Iterable[Edit | None]) -> None:
    """Many at once, by one statement. None is skipped, and an id that is there."""
    found = [each for each in edits if each is not None]
    Edit.objects.bulk_create(found, ignore_conflicts=True)


def edit(
    row: models.Model,
    *,
    side: str,
    by: By,
    before: Values | None,
    after: Values | None,
    at: datetime | None = None,
    id: UUID | None = None,
) -> Edit | None:
    """The line of `note`, unsaved; `id` where the same may be asked again."""
    old, new = texts(before or {}), texts(after or {})
    if before is not None and after is not None:
        names = [name for name in new if old.get(name) != new[name]]
        old = {name: old.get(name, "") for name in names}
        new = {name: new[name] for name in names}
        if not names:
            return None
    act = Act.MADE if before is None else Act.ENDED if after is None else Act.CHANGED
    return Edit(
        id=id or new_id(),
        at=at or timezone.now(),
        employee_id=by.employee_id,
        by=by.name[:80],
        side=Origin(side),
        way=by.way,
        act=act,
        table=row._meta.label_lower,
        row_id=row.pk,
        label=str(row)[:120],
        before=old,
        after=new,
    )


def of_row(row: models.Model, names: Sequence[str]) -> dict[str, Any]:
    """{name: value} of the row's fields, a related row by its code or name."""
    return {name: _told(getattr(row, name)) for name in names}


def _told(value: Any) -> Any:
    return getattr(value, "code", str(value)) if _is_row(value) else value


def _is_row(value: Any) -> bool:
    return isinstance(value, models.Model)


def texts(values: Values) -> dict[str, str]:
    return {name: _text(value) for name, value in values.items()}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, list):
        parts = [each if isinstance(each, list) else [each] for each in value]
        return "; ".join(" · ".join(map(_text, part)) for part in parts)
    return str(value)
