"""What a store has handed over, and whether its promises were kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q

from inventory.models import Location
from retail.fulfilment.models import PickupJob
from retail.fulfilment.states import PickupStatus

__all__ = ["LONG", "Kept", "Today", "kept_by_place", "kept_since", "today"]

READY = Q(ready_at__lte=F("ready_by"))
LONG = timedelta(days=28)  # whole weeks: each day of the week counts the same


@dataclass(frozen=True)
class Today:
    """`kept` of `collected` were ready when they were promised."""

    collected: int
    kept: int


@dataclass(frozen=True)
class Kept:
    """`due` promises came due; `kept` of them were ready by then."""

    due: int
    kept: int

    @property
    def percent(self) -> int | None:
        """Rounded down: 99.6 % is not all. None where nothing came due."""
        return self.kept * 100 // self.due if self.due else None


def today(store: Location, now: datetime) -> Today:
    """Since midnight at the store. One query."""
    found = PickupJob.objects.filter(
        location=store,
        status=PickupStatus.COLLECTED,
        finished_at__gte=_midnight(store, now),
    ).aggregate(
        collected=Count("id"),
        kept=Count(
            "id", filter=Q(ready_by__isnull=True) | Q(ready_at__lte=F("ready_by"))
        ),
    )
    return Today(**found)


def kept_since(store: Location, now: datetime) -> tuple[Kept, Kept]:
    """Of today, since midnight at the store, and of the last 28 days. One query.

    A promise counts once its time has come. It is kept where the goods were ready by
    then; what was late, is not ready yet or was refused was not kept. What the customer
    cancelled, or anybody before it was due, does not count.
    """
    since = {"today": _midnight(store, now), "long": now - LONG}
    counts = {}
    for name, start in since.items():
        came_due = Q(ready_by__gte=start)
        counts[f"{name}_due"] = Count("id", filter=came_due)
        counts[f"{name}_kept"] = Count("id", filter=came_due & READY)
    found = (
        PickupJob.objects.filter(
            location=store, ready_by__gte=min(since.values()), ready_by__lte=now
        )
        .exclude(status=PickupStatus.CANCELLED)
        .aggregate(**counts)
    )
    return (
        Kept(found["today_due"], found["today_kept"]),
        Kept(found["long_due"], found["long_kept"]),
    )


def kept_by_place(now: datetime) -> dict[str, Kept]:
    """{a place's code: of the last 28 days}, by the same rule. One query."""
    found = (
        PickupJob.objects.filter(ready_by__gte=now - LONG, ready_by__lte=now)
        .exclude(status=PickupStatus.CANCELLED)
        .values_list("location__code")
        .annotate(due=Count("id"), kept=Count("id", filter=READY))
    )
    return {code: Kept(due, kept) for code, due, kept in found}


def _midnight(store: Location, now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(store.timezone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)
