"""What other systems want to hear of, kept beside the dial: every process reads it with
the level, so that business asks no further question and writes nothing in vain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from retail.channels.models import LevelState
from retail.channels.transactions import head_office_atomic

__all__ = ["hearing"]


@contextmanager
def hearing(wanted: Callable[[], Iterable[str]]) -> Iterator[None]:
    """Around a change of who listens, in a transaction of its own: one change comes after
    the other, and `wanted` says at its end what is wanted, as `channel:event`."""
    with head_office_atomic():
        LevelState.objects.select_for_update().get()
        yield
        LevelState.objects.update(heard=sorted(set(wanted())))
