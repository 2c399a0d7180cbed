"""Which pickups hold the units that a sale would take."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from inventory.models import Location, Reservation, ReservationState
from retail.fulfilment.models import PickupJob
from retail.fulfilment.sourcing import KIND

NAMED = 5  # a till shows one; hundreds may hold what is sold out


def held_for(location: Location, variant_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """{variant: order numbers}, the youngest unpicked hold first: the one that a sale
    breaks first. `NAMED` of each variant at most. Two queries."""
    holds = list(
        Reservation.objects.filter(
            location=location,
            variant_id__in=list(variant_ids),
            state=ReservationState.HELD,
            kind=KIND,
            picked=0,
        )
        .annotate(
            turn=Window(
                RowNumber(),
                partition_by="variant_id",
                order_by=[F("made_at").desc(), F("id").desc()],
            )
        )
        .filter(turn__lte=NAMED)
        .order_by("turn")
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
