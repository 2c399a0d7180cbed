"""A table of one channel as a file, streamed; who took it out is kept."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from inventory.places import Channel
from retail.exchange.kinds import TABLES
from retail.exchange.models import Kind, Run, State
from retail.exchange.writing import pieces


def note(kind: Kind | str, *, channel: Channel | str, by: str) -> Run:
    """Who takes a table out, kept before its first piece goes."""
    now = timezone.now()
    return Run.objects.create(
        kind=Kind(kind),
        channel=Channel(channel),
        name=file_name(kind, channel),
        state=State.EXPORTED,
        by=by[:80],
        made_at=now,
        finished_at=now,
    )


def export(kind: Kind | str, *, channel: Channel | str, dialect: str) -> Iterator[str]:
    """The file, in pieces, read with `channel` pinned; `note` it before. Writes nothing,
    so that a page may stream it. One query, by a cursor."""
    table = TABLES[Kind(kind)]
    return pieces(table.header, table.rows(Channel(channel)), dialect=dialect)


def file_name(kind: Kind | str, channel: Channel | str) -> str:
    return f"{kind}-{channel}-{timezone.localdate():%Y-%m-%d}.csv"
