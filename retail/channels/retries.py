"""A write that a closed side refused, tried once more where the channel lives now.

Only around work that had no effect outside the database yet: the first try is rolled
back whole, the second carries the same ids.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import DatabaseError

from retail.channels.context import current, use_channel, use_snapshot

CLOSED = "RT001"  # raised by the fence's trigger, see inventory/triggers.py

P = ParamSpec("P")
R = TypeVar("R")


def refused(error: BaseException | None) -> bool:
    """Whether a closed side is at the bottom of this error."""
    while error is not None:
        if getattr(error, "sqlstate", None) == CLOSED:
            return True
        error = error.__cause__ or error.__context__
    return False


def retrying(verb: Callable[P, R]) -> Callable[P, R]:
    """For tasks, commands and the relay: pages and the API have the middleware.

    Call it with a channel pinned. On the fence's refusal the verb runs once more in a
    fresh context of the same channel; a second refusal is raised.
    """

    def twice(*args: P.args, **kwargs: P.kwargs) -> R:
        channel = current().channel
        try:
            return verb(*args, **kwargs)
        except DatabaseError as error:
            if not refused(error):
                raise
        with use_snapshot(fresh=True), use_channel(channel):
            return verb(*args, **kwargs)

    twice.__name__ = getattr(verb, "__name__", "twice")
    twice.__doc__ = verb.__doc__
    return twice
