"""Master data: head office's rows, equal on every side.

They are written at one side and carried to the other by a message that holds the whole
row, so that a lost, doubled or late one leaves no difference. On one database there is
one row, and nothing to carry.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from inventory.ids import master_id, new_id
from inventory.models import Department, Location, Product, Variant
from inventory.names import plain
from inventory.places import Channel, Origin
from retail.channels import current, shared
from retail.messages.handlers import TooEarly
from retail.messages.models import InboxMessage
from retail.messages.outbox import tell
from retail.staff.edits import By, note, of_row

__all__ = ["HOME", "MASTERS", "NotAtHome", "add", "change", "on_master_changed"]

# Where master data is written; a switch that joins takes it from there too.
HOME = Channel.WEBSHOP
CHANGED = "master.changed"
# table → what head office may change of it
MASTERS: dict[type[models.Model], tuple[str, ...]] = {
    Department: ("code", "name_fr", "name_en", "icon", "position"),
    Product: ("name", "brand", "department"),
    Variant: (
        *("product", "gtin", "unit", "size", "net_quantity", "net_unit"),
        *("tax_category", "aisle"),
    ),
    Location: (
        *("code", "kind", "channel", "name", "address", "postcode", "city"),
        *("country", "lat", "lon", "timezone", "phone", "hours"),
        *("closed_days", "closed_on", "lead_minutes", "safety"),
    ),
}
TABLES = {model._meta.label_lower: model for model in MASTERS}


class NotAtHome(Exception):
    """Master data was to be written where only its copy lies."""


def add(
    model: type[models.Model], values: Mapping[str, Any], *, by: By
) -> models.Model:
    """A new row. Inside a transaction at home; the database refuses a code or barcode
    that is there already. Raises NotAtHome."""
    _at_home()
    row = model(id=_new_id(model, values), origin=Origin.HEAD_OFFICE)
    _set(row, values)
    row.save(force_insert=True)
    note(
        row,
        side=Origin.HEAD_OFFICE,
        by=by,
        before=None,
        after=of_row(row, MASTERS[model]),
    )
    _carry(row, by)
    return row


def change(
    model: type[models.Model], id: UUID, values: Mapping[str, Any], *, by: By
) -> models.Model:
    """Set some of `MASTERS[model]`; what is as it was changes nothing. Inside a
    transaction at home. Raises NotAtHome and DoesNotExist."""
    _at_home()
    manager = model._default_manager
    row = manager.select_for_update(of=("self",)).get(id=id)
    before = of_row(row, MASTERS[model])
    _set(row, values)
    after = of_row(row, MASTERS[model])
    if after == before:
        return row
    row.save()
    note(row, side=Origin.HEAD_OFFICE, by=by, before=before, after=after)
    _carry(row, by)
    return row


def _at_home() -> None:
    if current().channel != HOME:
        raise NotAtHome


def _new_id(model: type[models.Model], values: Mapping[str, Any]) -> UUID:
    """Every database gives a thing with a code the same id; a product has none."""
    if model is Department:
        return master_id("department", values["code"])
    if model is Variant:
        return master_id("variant", values["gtin"])
    if model is Location:
        return master_id("location", values["code"])
    return new_id()


def _set(row: models.Model, values: Mapping[str, Any]) -> None:
    unknown = set(values) - set(MASTERS[type(row)])
    if unknown:
        raise TypeError(", ".join(sorted(unknown)))
    for name, value in values.items():
        setattr(row, name, value)
    if isinstance(row, Product):
        row.sort_name = plain(f"{row.name} {row.brand}")[:330]


def _carry(row: models.Model, by: By) -> None:
    if shared():
        return
    at = timezone.now()
    tell(
        Channel.POS,
        CHANGED,
        subject=row.pk,
        payload={
            "table": row._meta.label_lower,
            "values": {
                field.attname: _plain(getattr(row, field.attname))
                for field in row._meta.concrete_fields
                if not field.primary_key
            },
            "by": by.name,
            "at": at.isoformat(),
        },
        origin=HOME,
        at=at,
    )


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | dict | list):
        return value
    return DjangoJSONEncoder().default(value)


def on_master_changed(
    payload: dict[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Makes the copy what the row was then, unless something newer is here. Raises
    TooEarly where what the row points at has not come yet."""
    if shared():
        return  # written before the databases were joined, which needs them equal
    model = TABLES[payload["table"]]
    # first the lock, then the look: who waited sees what the other has written
    list(model._default_manager.select_for_update().filter(id=subject))
    newer = InboxMessage.objects.filter(
        kind=CHANGED, subject=subject, version__gt=version
    )
    if newer.exists():
        return
    values = {}
    for field in model._meta.concrete_fields:
        if field.primary_key or field.attname not in payload["values"]:
            continue  # a column that the sender's program did not know yet
        value = field.to_python(payload["values"][field.attname])
        if isinstance(field, models.ForeignKey) and not (
            field.related_model._default_manager.filter(pk=value).exists()
        ):
            raise TooEarly(subject)
        values[field.attname] = value
    model._default_manager.update_or_create(id=subject, defaults=values)
