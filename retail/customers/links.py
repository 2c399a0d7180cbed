"""Writing who is one person: people, their links, and the history of both."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connections, router

from inventory.ids import derived
from inventory.places import Origin
from retail.customers.models import Customer, CustomerLink, LinkReason, Person

LINKING = 480_047  # advisory lock: any number, the same for all who link


@dataclass
class Report:
    """What a run did: `reasons` counts new links, `left_out` findings that a decision
    kept from becoming links, `doubts` pairs that wait for a decision now."""

    people: int = 0
    links: int = 0
    left_out: int = 0
    doubts: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


# A row, and what brought it into its group: the reason, and the score where no rule
# was certain.
Group = dict[UUID, tuple[LinkReason, int | None]]


def one_at_a_time() -> None:
    """Wait until nobody else links in this database, until the transaction ends."""
    with connections[router.db_for_write(CustomerLink)].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LINKING])


def link(
    rows: Sequence[Customer],
    *,
    reason: LinkReason,
    by: str,
    at: datetime,
    score: int | None = None,
) -> None:
    """Hold these rows to be one person, because of what just happened. In a
    transaction, after `one_at_a_time()`; the caller knows that no decision forbids
    it."""
    ids = sorted(row.id for row in rows)
    write([dict.fromkeys(ids, (reason, score))], Report(), by=by, at=at)


def write(groups: list[Group], report: Report, *, by: str, at: datetime) -> None:
    """People and links for the groups, beside what is linked already. A group that
    touches two people joins them under the first: the other's links end and are
    written anew, so that the history tells it. Rows that were parted before begin a
    person of their own."""
    everybody = [id for group in groups for id in group]
    live: dict[UUID, CustomerLink] = {}
    ended: Counter[UUID] = Counter()
    for link in CustomerLink.objects.filter(customer_id__in=everybody):
        if link.ended_at is None:
            live[link.customer_id] = link
        else:
            ended[link.customer_id] += 1
    people: list[Person] = []
    links: list[CustomerLink] = []
    for group in groups:
        known = sorted({live[id].person_id for id in group if id in live})
        person_id = known[0] if known else _person_id(group, ended)
        if not known:
            people.append(
                Person(id=person_id, origin=Origin.HEAD_OFFICE.value, made_at=at)
            )
        joined = _end_links_of(known[1:], by, at)
        links += [
            _new_link(person_id, old.customer_id, old.reason, old.score, by, at)
            for old in joined
        ]
        links += [
            _new_link(person_id, id, reason, score, by, at)
            for id, (reason, score) in group.items()
            if id not in live
        ]
    Person.objects.bulk_create(people, ignore_conflicts=True)
    _tell_apart(links)
    CustomerLink.objects.bulk_create(links)
    report.people += len(people)
    report.links += len(links)
    report.reasons.update(link.reason for link in links)


def _person_id(group: Iterable[UUID], ended: Counter[UUID]) -> UUID:
    """Follows from the first row, so that every database and every run has the same."""
    parted = sum(ended[id] for id in group)
    return derived(min(group), "person", *([parted] if parted else []))


def _end_links_of(people: Sequence[UUID], by: str, at: datetime) -> list[CustomerLink]:
    if not people:
        return []
    found = list(CustomerLink.objects.filter(person__in=people, ended_at__isnull=True))
    CustomerLink.objects.filter(id__in=[link.id for link in found]).update(
        ended_at=at, ended_by=by[:80]
    )
    return found


def _tell_apart(links: Sequence[CustomerLink]) -> None:
    """A row that comes back to a person it was parted from gets a link of its own:
    the ended one stays in the history under its id."""
    ids = [link.id for link in links]
    taken = set(CustomerLink.objects.filter(id__in=ids).values_list("id", flat=True))
    for link in links:
        if link.id in taken:
            link.id = derived(link.id, "again", link.linked_at.isoformat())


def _new_link(
    person_id: UUID,
    customer_id: UUID,
    reason: str,
    score: int | None,
    by: str,
    at: datetime,
) -> CustomerLink:
    return CustomerLink(
        id=derived(person_id, "link", customer_id),
        origin=Origin.HEAD_OFFICE.value,
        person_id=person_id,
        customer_id=customer_id,
        reason=reason,
        score=score,
        by=by[:80],
        linked_at=at,
    )
