"""A table of one channel as a file, streamed; who took it out is kept."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from inventory.places import Channel
from retail.exchange.kinds import TABLES
from retail.exchange.models import Kind, Run, State
from retail.exchange.writing import pieces


def export(
    kind: Kind | str, *, channel: Channel | str, by: str, dialect: str
) -> Iterator[str]:
    """The file, in pieces, read with `channel` pinned. One query, by a cursor."""
    kind, channel, now = Kind(kind), Channel(channel), timezone.now()
    Run.objects.create(
        kind=kind,
        channel=channel,
        name=file_name(kind, channel),
        state=State.EXPORTED,
        by=by[:80],
        made_at=now,
        finished_at=now,
    )
    table = TABLES[kind]
    return pieces(table.header, table.rows(channel), dialect=dialect)


def file_name(kind: Kind | str, channel: Channel | str) -> str:
    return f"{kind}-{channel}-{timezone.localdate():%Y-%m-%d}.csv"
