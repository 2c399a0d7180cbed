"""Where this room keeps what is a person's (see `retail.customers.personal`)."""

from django.db.models import Q

from retail.alerts.models import StockAlert
from retail.customers.personal import Section, Shape, Wipe

# Wiped, nobody is told any more; the sweep removes the row some weeks later.
WIPES = [
    Wipe(
        "retail_stockalert",
        whose="customer_id {customers}",
        sets={"email": "''", "told_at": "coalesce(told_at, now())"},
    ),
]

SECTIONS = [
    Section(
        "stock_alerts",
        StockAlert,
        lambda who: Q(customer__in=who.customers),
        "asked_at",
        Shape(related={"gtin": "variant.gtin"}),
    ),
]
