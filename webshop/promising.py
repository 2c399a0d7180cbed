"""What the pages promise a visitor: the stores open to them, and when things are ready."""

from datetime import datetime

from django.utils.translation import gettext as _

from inventory.models import Location
from retail.formatting import day_time
from retail.fulfilment.offering import places_with_terms
from webshop.who import Visitor


def places_for(who: Visitor) -> list[Location]:
    """The stores where this visitor may collect, their terms read. One query; none
    where the web knows nothing of the stores."""
    if not who.collects:
        return []
    return places_with_terms(customer=who.customer.id if who.customer else None)


def chosen_of(who: Visitor, places: list[Location]) -> Location | None:
    return next((place for place in places if place.code == who.store_code), None)


def promise(at: datetime | None, now: datetime) -> dict[str, str]:
    """What a card promises: from the chosen store, which is ready at that time, else by
    parcel."""
    ready = _("Ready %(at)s") % {"at": day_time(at, now=now)} if at else ""
    return {"ready": ready, "sent": _("Delivered to your home")}
