"""Forgetting a closed side, when the way back to it as it was is no longer wanted."""

from __future__ import annotations

from django.utils import timezone

from retail.channels.models import ClosedSide
from retail.channels.snapshot import snapshot
from retail.channels.switching import copying, fence, hashing
from retail.channels.switching.standing import standing


class InUse(Exception):
    """This side takes writes, or a run needs it."""


def retire(alias: str) -> int:
    """Empty a closed side of all rows that are moved, and answer how many there were.
    Links between customers stay: the next join finds them. Raises InUse."""
    now = snapshot(fresh=True)
    if alias in (("shared",) if now.shared_database else ("webshop", "pos")):
        raise InUse("channels sell on it")
    if standing() is not None:
        raise InUse("a run stands")
    fence.close(alias)
    rows = sum(count for count, _ in hashing.held(alias).values())
    copying.empty(alias)
    ClosedSide.objects.filter(alias=alias).update(
        figures=hashing.held(alias), retired_at=timezone.now()
    )
    return int(rows)
