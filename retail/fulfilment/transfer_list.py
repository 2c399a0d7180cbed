"""What a store sends to other stores and gets from them: the work, and its counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from inventory.models import Location, Transfer, TransferLine, TransferStatus
from retail.fulfilment.models import PickupJob

__all__ = ["Due", "Listed", "due", "listed", "under_way"]

ASKED, SENT = TransferStatus.ASKED, TransferStatus.SENT
MOST = 100


@dataclass(frozen=True)
class Due:
    """Transfers: to pack and send from here, to unpack here, not yet on their way."""

    to_send: int
    to_receive: int
    asked: int


@dataclass(frozen=True)
class Listed:
    """One transfer with its lines; `order_number` of the pickup that waits for it."""

    transfer: Transfer
    lines: list[TransferLine]
    order_number: str


def under_way(location: Location) -> QuerySet[Transfer]:
    """Those that somebody here has to do with, now or when they come."""
    return Transfer.objects.filter(
        Q(source=location, status=ASKED) | Q(target=location, status__in=[ASKED, SENT])
    )


def due(location: Location) -> Due:
    """One query."""
    found = under_way(location).aggregate(
        to_send=Count("id", filter=Q(source=location)),
        to_receive=Count("id", filter=Q(target=location, status=SENT)),
        asked=Count("id", filter=Q(target=location, status=ASKED)),
    )
    return Due(**found)


def listed(location: Location) -> dict[str, list[Listed]]:
    """The same by what is to be done, oldest first. Three queries."""
    found = list(
        under_way(location)
        .select_related("source", "target")
        .prefetch_related(
            Prefetch(
                "lines",
                TransferLine.objects.select_related("variant__product__department"),
                "packed",
            )
        )
        .order_by("asked_at", "id")[:MOST]
    )
    numbers = _order_numbers(found)
    answer: dict[str, list[Listed]] = {"to_send": [], "to_receive": [], "asked": []}
    for each in found:
        if each.source_id == location.id:
            what = "to_send"
        else:
            what = "to_receive" if each.status == SENT else "asked"
        lines: list[TransferLine] = each.packed
        lines.sort(key=lambda line: (line.variant.aisle, line.variant.product.name))
        answer[what].append(Listed(each, lines, numbers.get(each.reference, "")))
    return answer


def _order_numbers(transfers: Sequence[Transfer]) -> dict[str, str]:
    ids = [UUID(each.reference) for each in transfers if each.reference]
    jobs = PickupJob.objects.filter(id__in=ids).values_list("id", "order_number")
    return {str(id): number for id, number in jobs}
