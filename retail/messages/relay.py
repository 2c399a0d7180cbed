"""Carries messages from each open database to the one they are for.

A process of its own: it hears PostgreSQL's NOTIFY and looks by itself once a second. A
message is delivered first and marked sent afterwards; killed in between, it delivers
again, and the inbox knows it. The relay runs at every level, for what was begun at
another one is finished too.
"""

import logging
import selectors
from datetime import timedelta
from threading import Event
from typing import Any
from uuid import UUID

import psycopg
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.utils import timezone

from retail.channels import (
    Channel,
    atomic,
    database_for,
    open_databases,
    refused,
    use_channel,
    use_snapshot,
)
from retail.channels.crashing import crash_point
from retail.channels.retries import worth_a_second_try
from retail.messages.handlers import deliver
from retail.messages.models import OutboxMessage

__all__ = ["MOST_TRIES", "Away", "Ears", "relay_once", "round_trip", "run"]

log = logging.getLogger(__name__)

MOST_TRIES = 8
BATCH = 200
POLL_SECONDS = 1.0
LONGEST_WAIT = timedelta(minutes=5)


class Away(Exception):
    """A database does not answer, or is closed while the dial moves: not the message's
    fault, so it costs none of its tries."""


def relay_once(source: Channel) -> int:
    """Deliver what is due in this channel's database, oldest first; answers how many
    messages were delivered. Raises Away."""
    carried = 0
    try:
        with use_channel(source):
            due = OutboxMessage.objects.filter(
                sent_at__isnull=True,
                dead_at__isnull=True,
                due_at__lte=timezone.now(),
            ).order_by("made_at", "subject", "version")
            for id in list(due.values_list("id", flat=True)[:BATCH]):
                carried += _carry(id)
    except (DatabaseError, InterfaceError) as error:
        if isinstance(error, OperationalError | InterfaceError) or refused(error):
            raise Away from error
        raise
    return carried


def _carry(id: UUID) -> bool:
    """One message, its row locked: another relay passes it by instead of waiting."""
    with atomic():
        message = (
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(id=id, sent_at__isnull=True, dead_at__isnull=True)
            .first()
        )
        if message is None:
            return False
        try:
            _delivered(message)
        except Exception as error:  # whatever a handler raises must not stop the others
            if isinstance(error, DatabaseError) and _is_away(error, message):
                raise Away from error
            _failed(message, error)
            return False
        crash_point("before_mark_sent")
        OutboxMessage.objects.filter(id=id).update(sent_at=timezone.now())
        return True


def _delivered(message: OutboxMessage) -> None:
    """Once more where PostgreSQL rolled it back for another's sake: that is nobody's
    fault and costs no try."""
    try:
        with atomic():  # where databases are one, a failure must undo only itself
            deliver(message)
    except DatabaseError as error:
        if refused(error) or not worth_a_second_try(error):
            raise
        with atomic():
            deliver(message)


def _is_away(error: DatabaseError, message: OutboxMessage) -> bool:
    """Whether the message's target is closed or gone, rather than the handler wrong."""
    if refused(error):
        return True
    target = connections[database_for(Channel(message.to))]
    return not target.is_usable() if target.connection else True


def _failed(message: OutboxMessage, error: Exception) -> None:
    attempts = message.attempts + 1
    now = timezone.now()
    wait = min(timedelta(seconds=2 ** (attempts - 1)), LONGEST_WAIT)
    dead = attempts >= MOST_TRIES
    log.log(
        logging.ERROR if dead else logging.WARNING,
        "%s %s failed, try %s%s",
        message.kind,
        message.id,
        attempts,
        ": given up" if dead else "",
        exc_info=None if _names_rows(error) else error,
    )
    OutboxMessage.objects.filter(id=message.id).update(
        attempts=attempts,
        due_at=now + wait,
        last_error=_told(error)[:500],
        dead_at=now if dead else None,
    )


def _told(error: Exception) -> str:
    """What went wrong, without rows: PostgreSQL's words may quote a customer's."""
    if not _names_rows(error):
        return f"{type(error).__name__}: {error}"
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None) or "?"
    constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
    return f"{type(error).__name__} {state} {constraint or ''}".strip()


def _names_rows(error: Exception) -> bool:
    return isinstance(error, DatabaseError)


def round_trip() -> int:
    """One round over all open databases, with what the dial says now. A database that
    is away keeps nobody else waiting. Raises Away if any was and nothing moved."""
    carried, away = 0, None
    with use_snapshot(fresh=True):
        for source in _sources():
            try:
                carried += relay_once(source)
            except Away as error:
                away = error
                connections.close_all()
    if away and not carried:
        raise away
    return carried


def _sources() -> list[Channel]:
    """One channel for each open database."""
    return list({database_for(channel): channel for channel in Channel}.values())


def run(stop: Event) -> None:
    """Until `stop` is set; a batch under way is finished message by message."""
    ears = Ears()
    try:
        while not stop.is_set():
            try:
                carried = round_trip()
            except (Away, OperationalError, InterfaceError) as error:
                log.warning("waiting for a database: %s", error.__cause__ or error)
                connections.close_all()
                stop.wait(POLL_SECONDS)
                continue
            if not carried:
                ears.wait(POLL_SECONDS)
    finally:
        ears.close()
        connections.close_all()


class Ears:
    """Connections that LISTEN, one per open database, apart from Django's own: a
    notification must be heard while no query runs."""

    def __init__(self) -> None:
        self.heard: dict[str, psycopg.Connection[Any]] = {}

    def wait(self, seconds: float) -> bool:
        """Until a bell rings or the time is over; answers whether one rang."""
        self._listen()
        with selectors.DefaultSelector() as selector:
            for alias, connection in self.heard.items():
                selector.register(connection.fileno(), selectors.EVENT_READ, alias)
            ready = selector.select(seconds)
        for key, _ in ready:
            self._drain(key.data)
        return bool(ready)

    def _listen(self) -> None:
        wanted = set(open_databases())
        for alias in set(self.heard) - wanted:
            self.heard.pop(alias).close()
        for alias in wanted - set(self.heard):
            given = connections[alias].get_connection_params()
            try:
                connection = psycopg.connect(**{**given, "autocommit": True})
                connection.execute("LISTEN outbox")
            except psycopg.OperationalError:
                continue  # heard again later; the poll finds its messages meanwhile
            self.heard[alias] = connection

    def _drain(self, alias: str) -> None:
        try:
            for _ in self.heard[alias].notifies(timeout=0):
                pass
        except psycopg.OperationalError:
            self.heard.pop(alias).close()

    def close(self) -> None:
        for connection in self.heard.values():
            connection.close()
        self.heard.clear()
