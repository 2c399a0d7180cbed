"""Telling the other channel something: by mailbox while databases are apart, at once
where they are one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections, router
from django.db.models import Max
from django.utils import timezone

from inventory.inserting import insert, unwritten
from retail.channels import Channel, shared, use_channel
from retail.messages.handlers import run_inline
from retail.messages.models import OutboxMessage


def tell(
    channel: Channel,
    kind: str,
    *,
    subject: UUID,
    payload: dict[str, Any],
    origin: Channel,
    first: bool = False,
    at: datetime | None = None,
) -> OutboxMessage | None:
    """Tell `channel` that something of `kind` happened to `subject`.

    Call it in the transaction of the cause, with the subject's row locked: that lock
    is what keeps `version` without gaps. On one database the handlers run here and now,
    in the same transaction, and their refusals are the caller's. Apart, 3 queries, one
    less if it is the `first` that is ever told of the subject.
    """
    at = at or timezone.now()
    if shared():
        with use_channel(channel):
            run_inline(kind, payload, subject=subject, at=at)
        return None
    last = None if first else _last(origin, subject)
    message = OutboxMessage(
        origin=origin,
        to=channel,
        kind=kind,
        subject=subject,
        version=(last or 0) + 1,
        payload=payload,
        made_at=at,
        due_at=timezone.now(),
    )
    insert([message])
    # inside the transaction: PostgreSQL rings at its commit, and not if it fails
    with connections[router.db_for_write(OutboxMessage)].cursor() as cursor:
        cursor.execute("SELECT pg_notify('outbox', '')")
    return message


def _last(origin: Channel, subject: UUID) -> int | None:
    told = OutboxMessage.objects.filter(origin=origin, subject=subject)
    found: int | None = told.aggregate(version=Max("version"))["version"]
    new = [each.version for each in unwritten(OutboxMessage) if each.subject == subject]
    return max(new, default=found)
