"""Whether a run stands."""

from __future__ import annotations

from retail.channels.models import STANDING, SwitchRun


def standing() -> SwitchRun | None:
    """The run that is under way, or that failed and waits for a decision."""
    return SwitchRun.objects.filter(state__in=STANDING).first()
