"""The post as the office sees it: what waits, what fails, what was given up, and what a
person does about it. All of it reads and writes the pinned channel's database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import connections, router
from django.db.models import Q, QuerySet
from django.utils import timezone

from retail.channels import atomic
from retail.messages.models import Act, OutboxMessage
from retail.notices.models import Notice

__all__ = [
    "AGES",
    "Direction",
    "dead",
    "directions",
    "failing",
    "handled",
    "set_aside",
    "take_up",
    "waiting",
]

Letter = TypeVar("Letter", OutboxMessage, Notice)
ERASED: dict[str, Any] = {"address": ""}
LATELY = timedelta(hours=1)
# a message that waits longer than this is late: the relay looks every second
AGES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))


@dataclass(frozen=True)
class Direction:
    """From one channel to another: of the last hour how many arrived and how long they
    took, in seconds; what waits now, by age as in `AGES`."""

    origin: str
    to: str
    arrived: int
    usual: float | None
    slowest: float | None
    waits: int
    oldest: datetime | None
    by_age: tuple[int, ...]
    failing: int
    dead: int


# what waits or was given up lies in partial indexes, the last hour in a small one
DIRECTIONS = """
WITH told AS (
  SELECT origin, "to", made_at, sent_at, attempts, dead_at, act
  FROM retail_outboxmessage
  WHERE sent_at IS NULL AND dead_at IS NULL
  UNION ALL
  SELECT origin, "to", made_at, sent_at, attempts, dead_at, act
  FROM retail_outboxmessage
  WHERE dead_at IS NOT NULL AND NOT act = 'aside'
  UNION ALL
  SELECT origin, "to", made_at, sent_at, attempts, dead_at, act
  FROM retail_outboxmessage
  WHERE made_at > %(lately)s AND sent_at IS NOT NULL)
SELECT origin, "to", count(sent_at),
  extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY sent_at - made_at)),
  extract(epoch FROM max(sent_at - made_at)),
  count(*) FILTER (WHERE sent_at IS NULL AND dead_at IS NULL),
  min(made_at) FILTER (WHERE sent_at IS NULL AND dead_at IS NULL),
  count(*) FILTER (WHERE sent_at IS NULL AND dead_at IS NULL AND made_at > %(age0)s),
  count(*) FILTER (WHERE sent_at IS NULL AND dead_at IS NULL
                   AND made_at <= %(age0)s AND made_at > %(age1)s),
  count(*) FILTER (WHERE sent_at IS NULL AND dead_at IS NULL
                   AND made_at <= %(age1)s AND made_at > %(age2)s),
  count(*) FILTER (WHERE sent_at IS NULL AND dead_at IS NULL AND made_at <= %(age2)s),
  count(*) FILTER (WHERE sent_at IS NULL AND dead_at IS NULL AND attempts > 0),
  count(*) FILTER (WHERE dead_at IS NOT NULL)
FROM told GROUP BY origin, "to" ORDER BY origin, "to"
"""


def directions(now: datetime) -> list[Direction]:
    """One query; a direction in which nothing was said lately is not among them."""
    given = {f"age{n}": now - age for n, age in enumerate(AGES)}
    with connections[router.db_for_read(OutboxMessage)].cursor() as cursor:
        cursor.execute(DIRECTIONS, {**given, "lately": now - LATELY})
        rows = cursor.fetchall()
    return [
        Direction(
            origin=row[0],
            to=row[1],
            arrived=row[2],
            usual=None if row[3] is None else float(row[3]),
            slowest=None if row[4] is None else float(row[4]),
            waits=row[5],
            oldest=row[6],
            by_age=tuple(row[7:11]),
            failing=row[11],
            dead=row[12],
        )
        for row in rows
    ]


def dead(kind: type[Letter]) -> QuerySet[Letter]:
    """Given up, and nobody has set it aside: each is an open work item. A notice whose
    address was erased is none: nothing is left to do."""
    found = kind._default_manager.filter(dead_at__isnull=False).exclude(act=Act.ASIDE)
    return found.exclude(**ERASED) if kind is Notice else found


def failing(kind: type[Letter]) -> QuerySet[Letter]:
    """Tried in vain, and to be tried again."""
    return _unsent(kind).filter(attempts__gt=0).order_by("made_at")


def waiting(kind: type[Letter], now: datetime) -> QuerySet[Letter]:
    """Not tried yet though it is due, oldest first."""
    due = _unsent(kind).filter(attempts=0, due_at__lte=now)
    return due.order_by("made_at")


def handled(kind: type[Letter]) -> QuerySet[Letter]:
    """What people did about it, newest first."""
    return kind._default_manager.exclude(act="").order_by("-acted_at")


def _unsent(kind: type[Letter]) -> QuerySet[Letter]:
    return kind._default_manager.filter(sent_at__isnull=True, dead_at__isnull=True)


def take_up(
    kind: type[Letter], ids: Iterable[UUID], *, by: str, at: datetime | None = None
) -> int:
    """Tried again now, as if for the first time. Answers how many; those that were
    taken up or set aside before are left alone. Opens its own transaction."""
    at = at or timezone.now()
    with atomic():
        changed = (
            dead(kind)
            .filter(id__in=list(ids))
            .update(
                dead_at=None,
                attempts=0,
                due_at=at,
                act=Act.AGAIN,
                acted_at=at,
                acted_by=by[:80],
                why="",
                **({"taken_at": None} if kind is Notice else {}),
            )
        )
        if changed and kind is OutboxMessage:
            with connections[router.db_for_write(kind)].cursor() as cursor:
                cursor.execute("SELECT pg_notify('outbox', '')")
    return changed


def set_aside(
    kind: type[Letter],
    ids: Iterable[UUID],
    *,
    why: str,
    by: str,
    at: datetime | None = None,
) -> int:
    """Never to be tried again, because `why`; it stays where it is. Answers how many;
    again without effect. Opens its own transaction."""
    at = at or timezone.now()
    with atomic():
        return (
            dead(kind)
            .filter(Q(id__in=list(ids)))
            .update(act=Act.ASIDE, acted_at=at, acted_by=by[:80], why=why[:200])
        )
