"""Places where a test kills the process, to prove that what is left is put right.

Costs one look at the environment. `POINTS` names those of the daily work; a switch run
has its own, named after its steps and tables.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

__all__ = ["ONCE", "POINTS", "VARIABLE", "crash_point"]

VARIABLE = "RETAIL_CRASH_AT"  # one name, or several with commas between
# A folder: each place kills only once, by whoever first makes the file of its name
# there. The file is the proof that it happened.
ONCE = "RETAIL_CRASH_ONCE"

POINTS: dict[str, str] = {
    "after_reserve": "an order's goods are held, nothing is committed",
    "after_commit": "an order is committed, nobody was answered",
    "after_provider_ok": "the provider took the money, we have not written it",
    "before_on_commit": "committed, what follows the commit has not run",
    "after_move": "a store's move and its news are committed, nobody was answered",
    "inside_effect": "a handler did its work, its transaction is open",
    "before_mark_sent": "a message took effect, it is not marked as sent",
    "after_effect_before_ack": "a task did its work, the queue does not know it",
    "after_send": "a letter is sent, it is not marked as sent",
    "before_events_go": "other systems' deliveries are made, the events still lie there",
    "after_call": "another system was called, its answer is not written",
}


def crash_point(name: str) -> None:
    """Ends this process without a goodbye where the environment names this place."""
    if name in os.environ.get(VARIABLE, "").split(",") and _first(name):
        os.kill(os.getpid(), signal.SIGKILL)


def _first(name: str) -> bool:
    folder = os.environ.get(ONCE)
    if not folder:
        return True
    try:
        (Path(folder) / name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
