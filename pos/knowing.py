"""What the stores know of a customer's purchases: read by the customer's profile."""

from collections.abc import Iterable
from uuid import UUID

from pos.models import Ticket, TicketKind
from pos.receipts import number_of
from retail.customers.purchases import Purchase


def tickets_of(customer_ids: Iterable[UUID], *, most: int = 50) -> list[Purchase]:
    """Their sales and refunds at tills, newest first; one query. Web orders paid at the counter are
    left out: the order itself is the purchase."""
    tickets = (
        Ticket.objects.filter(customer_id__in=list(customer_ids))
        .exclude(kind=TicketKind.WEB_ORDER)
        .select_related("till__location")
        .order_by("-sold_at")[:most]
    )
    return [
        Purchase(
            id=ticket.id,
            number=number_of(ticket),
            at=ticket.sold_at,
            place=ticket.till.location.name,
            total=ticket.total,
            currency=ticket.currency,
            origin=ticket.origin,
        )
        for ticket in tickets
    ]
