"""Which pickups hold the units that a sale would take."""

from collections.abc import Iterable
from uuid import UUID

from inventory.models import Location, Reservation, ReservationState
from retail.fulfilment.models import PickupJob
from retail.fulfilment.sourcing import KIND


def held_for(location: Location, variant_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """{variant: order numbers}, the youngest unpicked hold first: the one that a sale
    breaks first. Two queries."""
    holds = list(
        Reservation.objects.filter(
            location=location,
            variant_id__in=list(variant_ids),
            state=ReservationState.HELD,
            kind=KIND,
            picked=0,
        )
        .order_by("-made_at", "-id")
        .values_list("variant_id", "reference")
    )
    numbers = {
        str(id): number
        for id, number in PickupJob.objects.filter(
            id__in={reference for _, reference in holds}
        ).values_list("id", "order_number")
    }
    found: dict[UUID, list[str]] = {}
    for variant_id, reference in holds:
        found.setdefault(variant_id, []).append(numbers.get(reference, ""))
    return found
