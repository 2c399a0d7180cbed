"""People of several rows, as the office lists them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from retail.customers.knowing import matching
from retail.customers.models import Customer, CustomerLink
from retail.loyalty.models import LoyaltyAccount

MOST_FOUND = 200  # rows of a search whose people are listed


@dataclass(frozen=True)
class LinkedRow:
    """A customer row with the link that holds it and the points of its own account."""

    customer: Customer
    link: CustomerLink
    points: int


@dataclass(frozen=True)
class LinkedPerson:
    id: UUID
    rows: list[LinkedRow]

    @property
    def name(self) -> str:
        return max((row.customer.name for row in self.rows), key=len)

    @property
    def points(self) -> int:
        return sum(row.points for row in self.rows)


def persons(text: str) -> QuerySet[CustomerLink, Any]:
    """Ids of people with two live links or more, the last linked first; of those whom
    `text` names, if any."""
    live = CustomerLink.objects.filter(ended_at__isnull=True)
    if text:
        found = matching(Customer.objects.all(), text=text)[:MOST_FOUND]
        rows = list(found.values_list("id", flat=True))
        live = live.filter(
            person__in=live.filter(customer_id__in=rows).values("person")
        )
    return (
        live.values("person")
        .annotate(count=Count("id"), newest=Max("linked_at"))
        .filter(count__gt=1)
        .order_by("-newest", "person")
    )


def people(chosen: Iterable[dict[str, Any]]) -> list[LinkedPerson]:
    """The people of a page of `persons()`. Three queries."""
    ids = [each["person"] for each in chosen]
    links = CustomerLink.objects.filter(person__in=ids, ended_at__isnull=True)
    ordered = list(links.order_by("linked_at", "customer_id"))
    rows = Customer.objects.in_bulk([link.customer_id for link in ordered])
    balances = dict(
        LoyaltyAccount.objects.filter(customer__in=rows).values_list(
            "customer_id", "balance"
        )
    )
    found: dict[UUID, list[LinkedRow]] = {id: [] for id in ids}
    for link in ordered:
        if link.customer_id in rows:
            found[link.person_id].append(
                LinkedRow(
                    rows[link.customer_id], link, balances.get(link.customer_id, 0)
                )
            )
    for rows_of_one in found.values():  # the site's first, as in every comparison
        rows_of_one.sort(key=lambda row: row.customer.origin, reverse=True)
    return [LinkedPerson(id, found[id]) for id in ids if found[id]]
