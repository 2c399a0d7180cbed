"""What a channel offers, in its own words, and what it asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from inventory.ids import new_id
from inventory.models import Department, Listing, Price, Variant
from inventory.places import Channel
from retail import channels
from retail.staff.edits import By, note, of_row

__all__ = [
    "WORDS",
    "EndsBefore",
    "FormerNotHigher",
    "InThePast",
    "PriceThere",
    "ask",
    "change",
    "offer",
]

WORDS = ("title", "text", "department", "active")
ASKED = ("amount", "former_amount", "valid_from", "valid_to")


class InThePast(Exception):
    """What was asked stays as it was asked."""


class EndsBefore(Exception):
    """The price would end before it begins."""


class FormerNotHigher(Exception):
    """The price before an offer is higher than the offer's."""


class PriceThere(Exception):
    """Another price begins at that moment."""


def offer(
    variant: Variant,
    *,
    channel: Channel,
    title: str,
    department: Department,
    text: str = "",
    active: bool = True,
    by: By,
) -> Listing:
    """From now on the channel has it in its shelves, once it has a price. In a
    transaction of that channel; the database refuses a second listing."""
    made = Listing.objects.create(
        id=new_id(),
        origin=channel,
        variant=variant,
        title=title,
        text=text,
        department=department,
        active=active,
    )
    note(made, side=channel, by=by, before=None, after=of_row(made, WORDS))
    return made


def change(listing_id: UUID, values: Mapping[str, Any], *, by: By) -> Listing:
    """Set some of `WORDS`. In a transaction of the channel that owns it."""
    found = Listing.objects.select_for_update(of=("self",), no_key=True)
    listing = found.get(id=listing_id)
    before = of_row(listing, WORDS)
    unknown = set(values) - set(WORDS)
    if unknown:
        raise TypeError(", ".join(sorted(unknown)))
    for name, value in values.items():
        setattr(listing, name, value)
    after = of_row(listing, WORDS)
    if after != before:
        listing.save(update_fields=WORDS)
        note(listing, side=listing.origin, by=by, before=before, after=after)
    return listing


def ask(
    listing: Listing,
    amount: Decimal,
    *,
    former_amount: Decimal | None = None,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    by: By,
    at: datetime | None = None,
) -> Price:
    """What the channel asks from `valid_from` on, now unless said: a price is added,
    what was asked before stays in the books. In a transaction of the channel that owns
    the listing. Raises InThePast, EndsBefore, FormerNotHigher, PriceThere."""
    now = at or timezone.now()
    begins = valid_from or now
    if begins < now:
        raise InThePast
    if valid_to is not None and valid_to <= begins:
        raise EndsBefore
    if former_amount is not None and former_amount <= amount:
        raise FormerNotHigher
    try:
        with channels.atomic():
            made = Price.objects.create(
                id=new_id(),
                origin=listing.origin,
                listing=listing,
                amount=amount,
                former_amount=former_amount,
                valid_from=begins,
                valid_to=valid_to,
            )
    except IntegrityError as error:
        if "one_price_from_a_moment" in str(error):
            raise PriceThere from error
        raise
    # noted under the listing: that is where somebody looks for what it cost
    note(
        listing,
        side=listing.origin,
        by=by,
        before={},
        after=of_row(made, ASKED),
        at=now,
    )
    return made
