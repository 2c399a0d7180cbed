"""Links: which customer rows are one person. Rows are never merged or rewritten.

Only where the databases are shared: apart, no side sees the other's rows. What a person
decided stands: rows that somebody called two people (`NotSame`) never meet in a
`Person`, also not through others.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections, router
from django.db.models import Q, QuerySet
from django.utils import timezone
from psycopg import Connection

from inventory.places import Origin
from retail import channels
from retail.customers import blocking
from retail.customers.comparing import STRENGTH, Settled, find, settle
from retail.customers.doubting import write_doubts
from retail.customers.grouping import Groups, grouped
from retail.customers.links import Group, Report, link, one_at_a_time, write
from retail.customers.models import (
    Customer,
    CustomerLink,
    LinkReason,
    NotSame,
    Person,
)
from retail.customers.scoring import judge

__all__ = [
    "NotShared",
    "Report",
    "link",
    "link_known",
    "link_new",
    "one_at_a_time",
    "rows_of",
    "rows_of_person",
]

BATCH = 2_000  # rows that are written at a time


class NotShared(Exception):
    """Rows of two channels can be linked only in a database that holds both."""


def link_known(*, by: str, at: datetime | None = None) -> Report:
    """Link all rows that are one person by a certain rule or by score, and theirs in
    turn; what is in doubt becomes a `PossibleMatch`.

    In a transaction, on `shared` only (NotShared). Certain: the same e-mail proven on
    both, the same card shown, the same phone number under names that agree. Running it
    again changes nothing. Rows stream through the database's temporary tables.
    """
    if router.db_for_write(CustomerLink) != "shared":
        raise NotShared
    at = at or timezone.now()
    one_at_a_time()
    on = _connection()
    find(on)
    settled = settle(on)
    report = Report(left_out=settled.held_back)
    for groups in _batches(on, settled):
        write(groups, report, by=by, at=at)
    report.doubts = write_doubts(on, settled, at=at)
    return report


def _connection() -> Connection[Any]:
    wrapper = connections[router.db_for_write(CustomerLink)]
    wrapper.ensure_connection()
    found: Connection[Any] = wrapper.connection
    return found


def _batches(on: Connection[Any], settled: Settled) -> Iterator[list[Group]]:
    """The groups that new edges touch, each whole."""
    size = len(settled.groups.parent)
    whys, scores = bytearray(size), bytearray(size)
    for one, other, reason, score in settled.edges():
        for row in (one, other):
            if not whys[row]:
                whys[row] = 1 + STRENGTH.index(reason)
                scores[row] = score
    root = settled.groups.root
    rows = sorted((row for row in range(size) if whys[row]), key=root)
    start = 0
    while start < len(rows):
        end = min(start + BATCH, len(rows))
        while end < len(rows) and root(rows[end]) == root(rows[end - 1]):
            end += 1
        ids = _ids(on, rows[start:end])
        groups: dict[int, Group] = {}
        for row in rows[start:end]:
            reason = STRENGTH[whys[row] - 1]
            told = scores[row] if reason == LinkReason.SCORE else None
            groups.setdefault(root(row), {})[ids[row]] = (reason, told)
        yield list(groups.values())
        start = end


def _ids(on: Connection[Any], rows: list[int]) -> dict[int, UUID]:
    found = on.execute("SELECT n, id FROM match_known WHERE n = ANY(%s)", (rows,))
    return dict(found.fetchall())


def link_new(customer: Customer, *, by: str, at: datetime) -> Report:
    """The same for one row that is new, by what was proven: its verified e-mail, and
    for a row made in a store also the card shown there, and the phone under the same
    name.

    A phone or card that somebody typed on the web proves nothing; such rows wait for a
    run of `link_known`.
    """
    same = Q()
    if customer.email and customer.email_verified_at:
        same |= Q(email=customer.email, email_verified_at__isnull=False)
    if customer.origin == Origin.POS:
        same |= Q(card=customer.card)
        if customer.phone:
            same |= Q(phone=customer.phone)
    if not same:
        return Report()
    one_at_a_time()
    met = list(Customer.objects.filter(same, erased_at=None).exclude(id=customer.id))
    reasons = {row.id: reason for row in met if (reason := _reason(customer, row))}
    reasons |= _same_phone(customer, [row.id for row in met if row.id not in reasons])
    return _link_one(customer.id, reasons, by=by, at=at)


def _reason(one: Customer, other: Customer) -> LinkReason | None:
    proven = one.email_verified_at and other.email_verified_at
    if proven and one.email and one.email == other.email:
        return LinkReason.EMAIL
    return LinkReason.CARD if one.card == other.card else None


def _same_phone(customer: Customer, others: list[UUID]) -> dict[UUID, LinkReason]:
    if not others or len(others) > blocking.MOST_PER_KEY:
        return {}
    rows = blocking.known(_connection(), [customer.id, *others])
    return {
        id: LinkReason.PHONE
        for id in others
        if judge(rows[customer.id], rows[id]).reason == LinkReason.PHONE
    }


def _link_one(
    new: UUID, reasons: dict[UUID, LinkReason], *, by: str, at: datetime
) -> Report:
    """Link one row to those it matched, unless a decision forbids it."""
    live = CustomerLink.objects.filter(ended_at__isnull=True)
    persons = live.filter(customer_id__in=[new, *reasons]).values("person")
    members = dict(live.filter(person__in=persons).values_list("customer_id", "person"))
    ids = sorted({new, *reasons, *members})
    number = {id: n for n, id in enumerate(ids, 1)}
    decided = NotSame.objects.filter(one_id__in=ids, other_id__in=ids)
    known = Groups(
        len(ids),
        apart=[(number[each.one_id], number[each.other_id]) for each in decided],
    )
    first: dict[object, int] = {}
    for id, person in members.items():
        known.join(first.setdefault(person, number[id]), number[id])
    met = sorted(reasons, key=lambda id: (STRENGTH.index(reasons[id]), id))
    ones, others = [number[new]] * len(met), [number[id] for id in met]
    _, followed = grouped(known, ones, others)
    group: Group = {
        id: (reasons[id], None) for id, yes in zip(met, followed, strict=True) if yes
    }
    report = Report(left_out=len(met) - len(group))
    if group:
        group[new] = next(iter(group.values()))
        write([group], report, by=by, at=at)
    return report


def rows_of(customer: Customer) -> list[Customer]:
    """All rows that are this person, the given one first; itself alone where customers
    are not unified. One query."""
    if not channels.on(channels.Feature.UNIFIED_CUSTOMERS):
        return [customer]
    mine = CustomerLink.objects.filter(customer_id=customer.id, ended_at__isnull=True)
    others = _linked(CustomerLink.objects.filter(person__in=mine.values("person")))
    return [customer, *others.exclude(id=customer.id)]


def rows_of_person(person: Person) -> list[Customer]:
    """All rows linked to the person, by id."""
    return list(_linked(CustomerLink.objects.filter(person=person)))


def _linked(links: QuerySet[CustomerLink]) -> QuerySet[Customer]:
    live = links.filter(ended_at__isnull=True)
    return Customer.objects.filter(id__in=live.values("customer_id")).order_by("id")
