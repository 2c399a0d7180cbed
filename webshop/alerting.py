"""What the page of a sold-out product offers: to be told once it is back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from inventory.models import Location, Variant
from retail import channels
from retail.alerts.asking import waiting_of
from retail.alerts.models import StockAlert
from retail.fulfilment.offering import PlaceOffer
from webshop.who import Visitor


@dataclass(frozen=True)
class Offered:
    """`places`: (code, words) of where the thing is wanted, "" for a parcel. `waiting`:
    what the customer waits for already. `copied`: a store is known by its readings."""

    places: list[tuple[str, str]]
    waiting: list[StockAlert]
    copied: bool


def offered(
    who: Visitor, variant: Variant, offers: Sequence[PlaceOffer], *, to_be_had: bool
) -> Offered | None:
    """None where it can be had where the visitor wants it. One query for a customer who
    is offered something."""
    mine = next((o for o in offers if o.location.code == who.store_code), None)
    places = []
    if mine is not None and not mine.available:
        places.append((mine.location.code, where(mine.location)))
    if not to_be_had:
        places.append(("", where(None)))
    if not places:
        return None
    found = (
        list(waiting_of(who.customer).filter(variant=variant)) if who.customer else []
    )
    known = {each.location.code if each.location else "" for each in found}
    return Offered(
        places=[each for each in places if each[0] not in known],
        waiting=found,
        copied=mine is not None and not channels.shared(),
    )


def where(place: Location | None) -> str:
    if place is None:
        return _("Home delivery")
    return _("Store %(place)s") % {"place": place.name}
