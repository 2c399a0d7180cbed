"""What a store has, by department, as far as the web knows it."""

from datetime import datetime

from django.db.models import Count, F
from django.db.models.functions import Greatest

from inventory.models import Department, Location, StockLevel
from retail.fulfilment.models import StoreAvailability
from retail.fulfilment.offering import TOO_OLD
from retail.fulfilment.sourcing import owns


def assortment(place: Location, now: datetime) -> list[tuple[Department, int]]:
    """[(department, products that can be promised there now)], from the store's rows or
    from the feed's copy of them; nothing from a feed that is too old. Two queries."""
    department = "variant__product__department"
    if owns(place):
        held = StockLevel.objects.filter(location=place).annotate(
            free=Greatest(F("on_hand") - F("reserved") - F("safety"), 0)
        )
    else:
        held = StoreAvailability.objects.filter(
            location=place, location__feedstate__as_of__gte=now - TOO_OLD
        ).annotate(free=F("available") - F("open_requests"))
    counts = dict(
        held.filter(free__gt=0)
        .order_by()
        .values_list(department)
        .annotate(n=Count("variant__product", distinct=True))
    )
    departments = Department.objects.order_by("position", "code")
    return [(each, counts[each.id]) for each in departments if each.id in counts]
