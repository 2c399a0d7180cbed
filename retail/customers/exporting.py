"""Exporting: all that is known of a customer, as one document they can take away.

JSON (RFC 8259), because it is common, structured and read by machines (GDPR art. 15 and
20). Amounts are texts with two places, times are ISO 8601 in UTC. Who of the staff
served is not told: that is somebody else's data. Nor are secrets, hashes and the seals
of tickets.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

from django.db import connections, models, router
from django.utils import timezone

from retail import channels
from retail.customers import wiping
from retail.customers.linking import rows_of
from retail.customers.models import Customer
from retail.customers.personal import Section, Shape, Whose, sections
from retail.staff.models import Account

FORMAT = "personal-data/1"
AT_ONCE = 200  # rows that are in memory together, with what hangs on them

LEFT_OUT = frozenset(
    {
        *("body_hash", "maker", "visitor", "code_hash", "code_fails", "session"),
        *("canonical", "chain_version", "hash", "previous_hash"),
        *("employee_id", "employee_name", "registered_by", "ended_by", "shift_id"),
    }
)


def write(customer: Customer, out: IO[str], *, at: datetime | None = None) -> None:
    """Everything over all rows that are this person, into `out`, some rows at a time:

    {"format", "made_at", "level", "sign_in": {"email", "since"} | null, and a list for
    each section of `personal`, each row with its `id`, `origin` (whose row it is) and
    what hangs on it}.
    """
    rows = rows_of(customer)
    ids = [row.id for row in rows]
    with connections[router.db_for_read(Customer)].cursor() as cursor:
        whose = Whose(ids, list(wiping.orders_of(cursor, ids)))
    head = {
        "format": FORMAT,
        "made_at": _plain(at or timezone.now()),
        "level": channels.level(),
        "sign_in": _sign_in(rows),
    }
    out.write(json.dumps(head, ensure_ascii=False, indent=1)[:-2])
    for section in sections():
        out.write(f',\n "{section.name}": [')
        for number, row in enumerate(_rows(section, whose)):
            out.write(",\n  " if number else "\n  ")
            out.write(json.dumps(row, ensure_ascii=False))
        out.write("]")
    out.write("\n}\n")


def document(customer: Customer, *, at: datetime | None = None) -> dict[str, Any]:
    """The same, in memory: for one whose history is known to be short."""
    out = io.StringIO()
    write(customer, out, at=at)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def _sign_in(rows: list[Customer]) -> dict[str, str] | None:
    ids = [row.account_id for row in rows if row.account_id]
    account = Account.objects.filter(id__in=ids).first()
    if account is None:
        return None
    return {"email": account.email or "", "since": _plain(account.joined_at)}


def _rows(section: Section, whose: Whose) -> Iterator[dict[str, Any]]:
    found = (
        section.model._default_manager.filter(section.whose(whose))
        .order_by(section.order, "id")
        .prefetch_related(*_ahead(section.shape))
    )
    for row in found.iterator(chunk_size=AT_ONCE):
        yield _told(row, section.shape)


def _ahead(shape: Shape, before: str = "") -> Iterator[str]:
    """What to fetch with the rows, as Django's paths."""
    for path in shape.related.values():
        yield before + path.rpartition(".")[0].replace(".", "__")
    for name, part in shape.parts.items():
        yield before + name
        yield from _ahead(part, f"{before}{name}__")


def _told(row: models.Model, shape: Shape) -> dict[str, Any]:
    told = {
        field.attname: _plain(getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if field.attname not in LEFT_OUT
    }
    if "by" in told:  # "customer:<id>", "employee:<id> <name>", "system"
        told["by"] = str(told["by"]).partition(":")[0]
    for name, path in shape.related.items():
        value: Any = row
        for step in path.split("."):
            value = getattr(value, step)
        told[name] = _plain(value)
    for name, part in shape.parts.items():
        told[name] = [_told(each, part) for each in getattr(row, name).all()]
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    return value
