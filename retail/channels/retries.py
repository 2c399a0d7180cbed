"""A write that a closed side refused, or that lost a deadlock, tried once more.

Only around work that had no effect outside the database yet: the first try is rolled
back whole, the second carries the same ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

import psycopg
from django.db import DatabaseError, connections

from retail.channels.context import current, use_channel, use_snapshot

CLOSED = "RT001"  # raised by the fence's trigger, see inventory/triggers.py
# PostgreSQL chose this transaction as the victim: the other one has gone through
DEADLOCK, SERIALIZATION = "40P01", "40001"
# A column came while a connection kept the plan of `SELECT *`. PostgreSQL says so in the
# language of its house, and where in its own code in none.
UNSUPPORTED, STALE = "0A000", "RevalidateCachedQuery"

P = ParamSpec("P")
R = TypeVar("R")


def refused(error: BaseException | None) -> bool:
    """Whether a closed side is at the bottom of this error."""
    return CLOSED in _states(error)


def worth_a_second_try(error: BaseException | None) -> bool:
    """Whether the same request may succeed now: refused by the fence, or rolled back
    for the sake of another transaction."""
    return not _states(error).isdisjoint({CLOSED, DEADLOCK, SERIALIZATION})


def forget_stale_plans(error: BaseException) -> bool:
    """Whether it was a plan of before a migration. If so this thread's connections
    forget theirs: nothing else would make them, and the next try plans anew."""
    told = {(each.sqlstate, each.diag.source_function) for each in _told(error)}
    if (UNSUPPORTED, STALE) not in told:
        return False
    for connection in connections.all(initialized_only=True):
        if connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("DEALLOCATE ALL")
    return True


def _states(error: BaseException | None) -> set[str]:
    return {each.sqlstate or "" for each in _told(error)}


def _told(error: BaseException | None) -> Iterator[psycopg.Error]:
    """What PostgreSQL said, of an error and those that it came from."""
    while error is not None:
        if isinstance(error, psycopg.Error):
            yield error
        error = error.__cause__ or error.__context__


def retrying(verb: Callable[P, R]) -> Callable[P, R]:
    """For tasks, commands and the relay: pages and the API have the middleware.

    Call it with a channel pinned. Refused by the fence or lost to a deadlock, the verb
    runs once more in a fresh context of the same channel; a second time is raised.
    """

    def twice(*args: P.args, **kwargs: P.kwargs) -> R:
        channel = current().channel
        try:
            return verb(*args, **kwargs)
        except DatabaseError as error:
            if not worth_a_second_try(error):
                raise
        with use_snapshot(fresh=True), use_channel(channel):
            return verb(*args, **kwargs)

    twice.__name__ = getattr(verb, "__name__", "twice")
    twice.__doc__ = verb.__doc__
    return twice
