"""Whether a customer should bring an identity card, known before they come."""

from __future__ import annotations

from retail.fulfilment.models import Fulfilment, Method
from retail.fulfilment.terms import all_places, terms_in

__all__ = ["card_wanted"]


def card_wanted(promise: Fulfilment) -> bool:
    """Whether its store, as far as is known here, looks at a card before it hands these
    goods over (`counter.needs_identity`). No query but for the places, which pages know;
    one where the store asks for cards at all."""
    if promise.method != Method.COLLECT:
        return False
    places = {place.id: place for place in all_places()}
    least = terms_in(places[promise.location_id]).identity_from
    if least is None:
        return False
    lines = promise.lines.select_related("order_line")
    return sum(each.order_line.worth(each.quantity) for each in lines) >= least
