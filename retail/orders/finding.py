"""Orders as those may see them who ask: by id or number, and a customer's history."""

import re
from collections.abc import Callable, Iterable
from uuid import UUID

from django.db.models import QuerySet

from retail.customers.linking import rows_of
from retail.customers.models import Customer
from retail.customers.purchases import Purchase
from retail.orders.models import Order

__all__ = ["NoSuchOrder", "history", "order_for", "orders_of", "with_details"]


Details = Callable[[QuerySet[Order]], QuerySet[Order]]


class NoSuchOrder(Exception):
    """There is none, or it is somebody else's: the answer is the same."""


def with_details(orders: QuerySet[Order]) -> QuerySet[Order]:
    """With all that a page or the API shows of an order; 6 queries in all."""
    return orders.select_related("customer").prefetch_related(
        "lines",
        "payments__refunds",
        "events",
        "fulfilments__location",
        "fulfilments__lines__order_line",
    )


def order_for(
    wanted: UUID | str,
    *,
    maker: str = "",
    customer: Customer | None = None,
    opened: bool = False,
    details: Details = with_details,
) -> Order:
    """The order of that id or number, if it was made by `maker` ("session:…", "key:…")
    or is the customer's, or was `opened` by a link that only its customer has; with
    what `details` adds. Raises NoSuchOrder."""
    by_id = isinstance(wanted, UUID)
    found = Order.objects.filter(id=wanted) if by_id else _numbered(str(wanted))
    order = details(found).first()
    if order is None or not (opened or _may_see(order, maker, customer)):
        raise NoSuchOrder
    return order


def _numbered(number: str) -> QuerySet[Order]:
    """As it is read on paper; its hyphen may be left out."""
    read = re.sub(r"^([A-Z])(?=\d)", r"\1-", number.strip().upper())
    return Order.objects.filter(number=read)


def _may_see(order: Order, maker: str, customer: Customer | None) -> bool:
    if maker and order.maker == maker:
        return True
    if customer is None or order.customer_id is None:
        return False
    return order.customer_id == customer.id or order.customer_id in {
        row.id for row in rows_of(customer)
    }


def history(customer: Customer, *, most: int = 50) -> list[Order]:
    """The customer's orders that this channel may see, newest first: those of every
    row of the person where customers are unified, else of this row."""
    ids = [row.id for row in rows_of(customer)]
    found = Order.objects.filter(customer_id__in=ids).order_by("-placed_at")
    return list(with_details(found)[:most])


def orders_of(customer_ids: Iterable[UUID], *, most: int = 50) -> list[Purchase]:
    """Their web orders as purchases, newest first; one query."""
    orders = Order.objects.filter(customer_id__in=list(customer_ids))
    return [
        Purchase(
            id=order.id,
            number=order.number,
            at=order.placed_at,
            place="",
            total=order.total,
            currency=order.currency,
            origin=order.origin,
            status=order.status,
        )
        for order in orders.order_by("-placed_at")[:most]
    ]
