"""Other goods in place of missing ones: laid aside by the picker, taken or declined by
the customer. All inside a move's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from inventory import reserving
from inventory.handing_on import hand_on
from inventory.ids import derived
from inventory.models import Variant
from retail.fulfilment.models import OfferState, PickupJob, PickupLine, PickupOffer
from retail.fulfilment.sourcing import KIND

__all__ = ["OFFER", "BadOffer", "Instead", "let_go", "make", "open_ones", "take"]

OFFER = "offer"  # kind of the hold; the reference is "<job id>:<position>"
STEP = 1000  # what replaces line 3 is line 1003: no order has so many lines of its own


class BadOffer(Exception):
    """Goods that cannot be offered for the line at `position`: nothing is missing of
    it, fewer units than offered are, or the order has the article already."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


@dataclass(frozen=True)
class Instead:
    """`quantity` units of an article for as many missing ones of a line, at most."""

    position: int
    variant_id: UUID
    quantity: int


def make(
    job: PickupJob,
    offers: Sequence[Instead],
    *,
    event_id: UUID,
    at: datetime,
) -> list[dict[str, Any]]:
    """Hold them and keep them as open offers, in place of older ones of their lines.
    Answers what the event keeps. Raises BadOffer, OutOfStock."""
    lines = {line.position: line for line in job.lines.all()}
    ordered = {line.variant_id for line in lines.values()}
    goods = Variant.objects.select_related("product").in_bulk(
        [each.variant_id for each in offers]
    )
    kept = []
    for each in offers:
        line = lines.get(each.position)
        if (
            line is None
            or not 1 <= each.quantity <= line.short
            or each.variant_id in ordered
            or each.variant_id not in goods
        ):
            raise BadOffer(each.position)
        let_go(job, position=each.position)
        ordered.add(each.variant_id)
        reference = _reference(job, each.position)
        units = {each.variant_id: each.quantity}
        reserving.reserve(job.location, units, kind=OFFER, reference=reference, at=at)
        # they lie in the tote already: a sale at the till leaves them alone
        reserving.mark_picked(kind=OFFER, reference=reference, quantities=units)
        variant = goods[each.variant_id]
        PickupOffer.objects.create(
            id=derived(event_id, "offer", each.position),
            origin=job.origin,
            job=job,
            position=each.position,
            variant=variant,
            gtin=variant.gtin,
            title=variant.product.name[:200],
            quantity=each.quantity,
            state=OfferState.OPEN,
            made_at=at,
        )
        kept.append(
            {
                "instead_of": each.position,
                "gtin": variant.gtin,
                "quantity": each.quantity,
            }
        )
    return kept


def take(job: PickupJob, taken: Mapping[int, int], *, at: datetime) -> list[PickupLine]:
    """The customer takes these units, {position of the missing line: units}: they are
    lines of the pickup now, held for it. All other offers go back to the shelf. Raises
    BadOffer for what is not offered."""
    offers = {offer.position: offer for offer in open_ones(job)}
    lines = list(job.lines.all())
    made: list[PickupLine] = []
    for position, units in taken.items():
        offer = offers.get(position)
        if offer is None or not 1 <= units <= offer.quantity:
            raise BadOffer(position)
        hand_on(
            job.location,
            {offer.variant_id: units},
            held=(OFFER, _reference(job, position)),
            to=(KIND, str(job.id)),
            at=at,
        )
        new = free_position(position, {line.position for line in [*lines, *made]})
        made.append(
            PickupLine(
                id=derived(job.id, "pickup-line", new),
                origin=job.origin,
                job=job,
                position=new,
                variant_id=offer.variant_id,
                gtin=offer.gtin,
                title=offer.title,
                quantity=units,
                replaces=position,
            )
        )
        PickupOffer.objects.filter(id=offer.id).update(state=OfferState.TAKEN)
        reserving.release(kind=OFFER, reference=_reference(job, position))
    PickupLine.objects.bulk_create(made)
    let_go(job)
    return made


def let_go(job: PickupJob, *, position: int | None = None) -> None:
    """Open offers (of one line, or all) are declined and may be sold again."""
    for offer in open_ones(job):
        if position in (None, offer.position):
            PickupOffer.objects.filter(id=offer.id).update(state=OfferState.DECLINED)
            reserving.release(kind=OFFER, reference=_reference(job, offer.position))


def open_ones(job: PickupJob) -> list[PickupOffer]:
    found = PickupOffer.objects.filter(job=job, state=OfferState.OPEN)
    return list(found.order_by("position"))


def free_position(replaced: int, used: set[int]) -> int:
    """Where the replacing line goes: the same on every side that reckons it, because
    it depends on the pickup's lines alone."""
    new = replaced + STEP
    while new in used:
        new += STEP
    return new


def _reference(job: PickupJob, position: int) -> str:
    return f"{job.id}:{position}"
