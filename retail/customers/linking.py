"""Links: which customer rows are one person. Rows are never merged or rewritten.

Only where the databases are shared: apart, no side sees the other's rows. A link that
somebody ended stays ended: its row is left out of every later run.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connections, router
from django.db.models import Q, QuerySet
from django.utils import timezone

from inventory.ids import derived
from inventory.places import Origin
from retail import channels
from retail.customers.models import Customer, CustomerLink, LinkReason, Person

LINKING = 480_047  # advisory lock: any number, the same for all who link


class NotShared(Exception):
    """Rows of two channels can be linked only in a database that holds both."""


@dataclass
class Report:
    """What a run did: `reasons` counts new links, `left_out` rows that somebody
    unlinked before and that matched again."""

    people: int = 0
    links: int = 0
    left_out: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Match:
    """Two rows that a certain rule holds to be one person; `one` is the smaller id."""

    one: UUID
    other: UUID
    reason: LinkReason


# Each rule: what must be equal, and when it says anything at all. Neighbours in the
# order of ids are enough, groups are joined afterwards.
_RULES = {
    LinkReason.EMAIL: ("email", "email <> '' AND email_verified_at IS NOT NULL"),
    LinkReason.PHONE: ("phone", "phone <> ''"),
    LinkReason.CARD: ("card", "card <> ''"),
}


def link_certain(*, by: str, at: datetime | None = None) -> Report:
    """Link all rows that a certain rule holds to be one person, and theirs in turn.

    In a transaction, on `shared` only (NotShared). Certain: the same verified e-mail,
    the same phone number, the same card shown. Running it again changes nothing.
    """
    if router.db_for_write(CustomerLink) != "shared":
        raise NotShared
    one_at_a_time()
    matches = []
    with connections[router.db_for_write(Customer)].cursor() as cursor:
        for reason, (key, said) in _RULES.items():
            cursor.execute(
                f"""
                SELECT id, next FROM (
                    SELECT id, lead(id) OVER (PARTITION BY {key} ORDER BY id) AS next
                    FROM retail_customer WHERE {said}
                ) pairs WHERE next IS NOT NULL
                """  # noqa: S608 -- our own constants
            )
            matches += [Match(one, other, reason) for one, other in cursor.fetchall()]
    return _link_matches(matches, by=by, at=at or timezone.now())


def link_new(customer: Customer, *, by: str, at: datetime) -> Report:
    """The same for one row that is new, by what was proven: its verified e-mail, and
    for a row made in a store also the phone and the card, which the customer had there.

    A phone or card that somebody typed on the web proves nothing; such rows wait for a
    run of `link_certain`.
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
    matches = [
        Match(
            min(customer.id, row.id), max(customer.id, row.id), _reason(customer, row)
        )
        for row in Customer.objects.filter(same).exclude(id=customer.id)
    ]
    return _link_matches(matches, by=by, at=at)


def _reason(one: Customer, other: Customer) -> LinkReason:
    proven = one.email_verified_at and other.email_verified_at
    if proven and one.email and one.email == other.email:
        return LinkReason.EMAIL
    if one.phone and one.phone == other.phone:
        return LinkReason.PHONE
    return LinkReason.CARD


def _link_matches(matches: Iterable[Match], *, by: str, at: datetime) -> Report:
    report = Report()
    matches = list(matches)
    ids = {m.one for m in matches} | {m.other for m in matches}
    left_out = _unlinked_before(ids)
    report.left_out = len(left_out)
    groups = _groups(m for m in matches if not {m.one, m.other} & left_out)
    _write(groups, report, by=by, at=at)
    return report


def link(
    rows: Sequence[Customer], *, reason: LinkReason, by: str, at: datetime
) -> None:
    """Hold these rows to be one person, because of what just happened. In a
    transaction, after `one_at_a_time()`."""
    ids = sorted(row.id for row in rows)
    _write([dict.fromkeys(ids, reason)], Report(), by=by, at=at)


def one_at_a_time() -> None:
    """Wait until nobody else links in this database, until the transaction ends."""
    with connections[router.db_for_write(CustomerLink)].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LINKING])


def _unlinked_before(ids: Iterable[UUID]) -> set[UUID]:
    """Rows whose link somebody ended and that have none now."""
    ended: set[UUID] = set()
    live: set[UUID] = set()
    for link in CustomerLink.objects.filter(customer_id__in=list(ids)):
        (ended if link.ended_at else live).add(link.customer_id)
    return ended - live


def _groups(matches: Iterable[Match]) -> list[dict[UUID, LinkReason]]:
    """Join matches that touch: each group maps a row to the rule that brought it in."""
    parent: dict[UUID, UUID] = {}
    reason: dict[UUID, LinkReason] = {}

    def root(id: UUID) -> UUID:
        while parent.setdefault(id, id) != id:
            parent[id] = parent[parent[id]]
            id = parent[id]
        return id

    for match in matches:
        first, last = sorted([root(match.one), root(match.other)])
        parent[last] = first
        reason.setdefault(match.other, match.reason)
        reason.setdefault(match.one, match.reason)
    groups: dict[UUID, dict[UUID, LinkReason]] = defaultdict(dict)
    for id in sorted(parent):
        groups[root(id)][id] = reason[id]
    return list(groups.values())


def _write(
    groups: list[dict[UUID, LinkReason]], report: Report, *, by: str, at: datetime
) -> None:
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
            _new_link(person_id, old.customer_id, LinkReason(old.reason), by, at)
            for old in joined
        ]
        links += [
            _new_link(person_id, id, reason, by, at)
            for id, reason in group.items()
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
    person_id: UUID, customer_id: UUID, reason: LinkReason, by: str, at: datetime
) -> CustomerLink:
    return CustomerLink(
        id=derived(person_id, "link", customer_id),
        origin=Origin.HEAD_OFFICE.value,
        person_id=person_id,
        customer_id=customer_id,
        reason=reason,
        by=by[:80],
        linked_at=at,
    )


def unlink(customer: Customer, *, by: str, at: datetime | None = None) -> bool:
    """Part this row from its person; it keeps its own points and history, and no run
    links it again. In a transaction. False if it was not linked."""
    return bool(
        CustomerLink.objects.filter(
            customer_id=customer.id, ended_at__isnull=True
        ).update(ended_at=at or timezone.now(), ended_by=by[:80])
    )


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
