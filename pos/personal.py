"""What the stores keep of a person: told by the export, wiped by the erasure."""

from django.db.models import Q

from pos.models import Return, Ticket
from retail.customers.personal import Section, Shape, Wipe

# A ticket's text, numbers and chain are kept by law and name nobody: they hold ids and
# amounts only. The name beside them is in no hash.
WIPES = [
    Wipe(
        "pos_ticket",
        whose="customer_id {customers} OR order_id {orders}",
        sets={"customer_name": "''"},
        append_only=True,
    ),
]

SECTIONS = [
    Section(
        "tickets",
        Ticket,
        lambda who: Q(customer_id__in=who.customers) | Q(order_id__in=who.orders),
        "sold_at",
        Shape({"lines": Shape(), "tenders": Shape()}, {"place": "till.location.name"}),
    ),
    Section(
        "returns",
        Return,
        lambda who: Q(sale__customer_id__in=who.customers) | Q(order_id__in=who.orders),
        "at",
        Shape({}, {"place": "location.name"}),
    ),
]
