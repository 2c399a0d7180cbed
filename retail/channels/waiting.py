"""Requests that wait at a closed side until business opens again."""

from __future__ import annotations

import threading
import time

from django.conf import settings

from retail.channels.snapshot import snapshot

EVERY = 0.05  # seconds between two looks at the dial; one small query each


class Doorway:
    """Where requests of one process wait. A switch closes writers for a second or two:
    who waits that long is answered on the other side and never sees it.

    Only `CLOSED_WAITERS` may wait, everybody else is told at once to come again. A
    waiting request holds its thread; were all of a worker's threads to wait, reads,
    the office that follows the switch and `/health/` would stand still behind them,
    and a supervisor would kill a healthy worker in the middle of a switch.
    """

    def __init__(self) -> None:
        self.places = threading.BoundedSemaphore(settings.CLOSED_WAITERS)

    def passed(self, *, until: float) -> bool:
        """Whether business is open, at the latest at `until` (monotonic seconds).
        False at once where no place is free."""
        if is_open():
            return True
        if not self.places.acquire(blocking=False):
            return False
        try:
            while time.monotonic() < until:
                time.sleep(EVERY)
                if is_open():
                    return True
            return False
        finally:
            self.places.release()


def is_open() -> bool:
    return snapshot(fresh=True).moving is None
