"""Keeping what a comparison found until it is gone, or a person says that it may stay."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from retail.channels import head_office_atomic
from retail.settlement.models import Difference

__all__ = ["Found", "keep", "open_differences", "set_aside"]


@dataclass(frozen=True)
class Found:
    """`payment_id` is ours, or where we know none the provider's word."""

    payment_id: str
    kind: str
    order_number: str
    ours: Decimal | None
    theirs: Decimal | None


def keep(provider: str, found: Iterable[Found], *, at: datetime) -> None:
    """Opens what is new, ends what is gone; what a person set aside stays so as long as
    the sums are the same."""
    wanted = {(each.payment_id, each.kind): each for each in found}
    with head_office_atomic():
        kept = Difference.objects.select_for_update().filter(provider=provider)
        for row in kept.filter(ended_at=None):
            if wanted.pop((row.payment_id, row.kind), None) is None:
                row.ended_at = at
                row.save(update_fields=["ended_at"])
        known = set(
            kept.exclude(acted_by="").values_list(
                "payment_id", "kind", "ours", "theirs"
            )
        )
        Difference.objects.bulk_create(
            [
                Difference(
                    provider=provider,
                    payment_id=each.payment_id,
                    kind=each.kind,
                    order_number=each.order_number,
                    ours=each.ours,
                    theirs=each.theirs,
                    found_at=at,
                )
                for each in wanted.values()
                if (each.payment_id, each.kind, each.ours, each.theirs) not in known
            ],
            ignore_conflicts=True,  # two comparisons at once
        )


def open_differences() -> QuerySet[Difference]:
    """Each is somebody's work."""
    return Difference.objects.filter(ended_at=None).order_by("found_at", "id")


def set_aside(id: UUID, *, why: str, by: str, at: datetime) -> bool:
    """A person has dealt with it. False where it was over before."""
    return bool(
        open_differences()
        .filter(id=id)
        .update(ended_at=at, acted_by=by[:80], why=why[:200])
    )
