"""What a store has, by department, as far as the web knows it."""

from datetime import datetime

from django.db.models import Count, F, Q

from inventory.models import Department, Location, StockLevel
from retail.fulfilment.copies import TOO_OLD
from retail.fulfilment.models import StoreAvailability
from retail.fulfilment.sourcing import owns
from retail.fulfilment.terms import Terms
from webshop.shelves import all_departments


def assortment(
    place: Location, terms: Terms, now: datetime
) -> list[tuple[Department, int]]:
    """[(department, products that can be promised there now)], from the store's rows or
    from the feed's copy of them; nothing from a feed that is too old, nor where pickup
    is paused. Two queries."""
    if terms.paused:
        return []
    department = "variant__product__department"
    if owns(place):
        held = StockLevel.objects.filter(
            Q(blocked_until=None) | Q(blocked_until__lte=now), location=place
        ).annotate(free=F("on_hand") - F("reserved") - F("safety"))
    else:
        held = StoreAvailability.objects.filter(
            location=place, location__feedstate__as_of__gte=now - TOO_OLD
        ).annotate(free=F("available") - F("open_requests"))
    counts = dict(
        held.filter(free__gt=terms.buffer)
        .order_by()
        .values_list(department)
        .annotate(n=Count("variant__product", distinct=True))
    )
    return [(each, counts[each.id]) for each in all_departments() if each.id in counts]
