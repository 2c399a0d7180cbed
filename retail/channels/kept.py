"""What pages may know from a moment ago: places, departments with their brands, running
offers.

Kept in the process for half a second, each position of the dial and database apart. Only
what is shown is read so. What is charged, booked or held asks the rows; inside a
transaction nothing is kept.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import connections

from retail.channels.context import current

__all__ = ["kept"]

P = ParamSpec("P")
T = TypeVar("T")
MOST = (
    64  # answers of one verb; more would be of customers or goods, which it is not for
)


def kept(read: Callable[P, T]) -> Callable[P, T]:
    """Makes `read`, which has no effect and few different arguments (hashable ones), give
    the answer of up to PAGES_KEPT_SECONDS ago. The answer is shared between threads:
    whoever gets it never changes it, nor its rows."""
    answers: dict[tuple[Any, ...], tuple[float, T]] = {}
    lock = threading.Lock()

    @wraps(read)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        here = current()
        seconds = settings.PAGES_KEPT_SECONDS
        if not seconds or connections[here.database].in_atomic_block:
            return read(*args, **kwargs)
        position = (here.channel, here.database, here.epoch, here.flags_version)
        key = (*position, args, tuple(sorted(kwargs.items())))
        now = time.monotonic()
        known = answers.get(key)
        if known is not None and now - known[0] < seconds:
            return known[1]
        found = read(*args, **kwargs)
        with lock:
            if len(answers) >= MOST:
                answers.clear()
            answers[key] = (now, found)
        return found

    return asked
