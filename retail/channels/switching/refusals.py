"""What a run refuses, and why one ends early."""

from __future__ import annotations

from retail.channels.levels import Level
from retail.channels.models import SwitchRun


class AlreadyThere(Exception):
    """The dial stands at this level."""

    def __init__(self, level: Level) -> None:
        super().__init__(level.value)
        self.level = level


class NoRunNeeded(Exception):
    """This change moves no data: it is a flip."""

    def __init__(self, level: Level) -> None:
        super().__init__(level.value)
        self.level = level


class RunStands(Exception):
    """Another run must be resumed or given up first."""

    def __init__(self, run: SwitchRun) -> None:
        super().__init__(f"run {run.pk} to {run.to_level} is {run.state}")
        self.run = run


class NoRunStands(Exception):
    """There is nothing to resume or to give up."""


class RunnerBusy(Exception):
    """A runner works on the run at this moment."""


class TooLate(Exception):
    """The new side is open: what was sold there since would be lost. The way back is
    another switch."""


class GivenUp(Exception):
    """Somebody asked to give the run up while it was under way."""
