"""What a person decides about people: one or two, and taking a link back.

Each verb runs inside `channels.atomic()`, where customers are unified (FeatureOff), and
does nothing a second time.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from inventory.ids import derived
from inventory.places import Origin
from retail import channels
from retail.customers.links import link, one_at_a_time
from retail.customers.models import (
    Customer,
    CustomerLink,
    LinkReason,
    NotSame,
    PossibleMatch,
)

LINKED, NOT_SAME = "linked", "not_same"


class NoSuchDoubt(Exception):
    """It vanished: a row changed, or was erased, or both are one person by now."""

    def __init__(self, id: UUID) -> None:
        super().__init__(str(id))
        self.id = id


class AlreadyDecided(Exception):
    """Somebody decided the other way before."""

    def __init__(self, match: PossibleMatch) -> None:
        super().__init__(str(match))
        self.match = match


class KeptApart(Exception):
    """Linking these two would join rows that somebody called two people."""

    def __init__(self, one_id: UUID, other_id: UUID) -> None:
        super().__init__(f"{one_id} {other_id}")
        self.one_id = one_id
        self.other_id = other_id


class OnePersonNow(Exception):
    """The two rows are linked: who wants them apart unlinks one of them."""

    def __init__(self, match: PossibleMatch) -> None:
        super().__init__(str(match))
        self.match = match


def decide_same(
    match_id: UUID, *, by: str, at: datetime | None = None
) -> PossibleMatch:
    """Link the two rows of a doubt, and the people they belong to already. Raises
    NoSuchDoubt, AlreadyDecided, KeptApart."""
    match = _doubt(match_id)
    if match.decision == LINKED:
        return match
    if match.decision:
        raise AlreadyDecided(match)
    at = at or timezone.now()
    both = list(
        Customer.objects.filter(id__in=[match.one_id, match.other_id], erased_at=None)
    )
    if len(both) < 2:
        raise NoSuchDoubt(match.id)
    group = _rows_with([match.one_id, match.other_id])
    parted = NotSame.objects.filter(one_id__in=group, other_id__in=group).first()
    if parted:
        raise KeptApart(parted.one_id, parted.other_id)
    link(both, reason=LinkReason.REVIEW, score=match.score, by=by, at=at)
    _decide(match, LINKED, by, at)
    _forget_moot(group)
    return match


def decide_not_same(
    match_id: UUID, *, by: str, at: datetime | None = None
) -> PossibleMatch:
    """Keep the two rows of a doubt apart for good. Raises NoSuchDoubt, AlreadyDecided,
    OnePersonNow."""
    match = _doubt(match_id)
    if match.decision == NOT_SAME:
        return match
    if match.decision:
        raise AlreadyDecided(match)
    if match.other_id in _rows_with([match.one_id]):
        raise OnePersonNow(match)
    at = at or timezone.now()
    _keep_apart(match.one_id, [match.other_id], by, at)
    _decide(match, NOT_SAME, by, at)
    _forget_moot(_rows_with([match.one_id, match.other_id]))
    return match


def unlink(customer: Customer, *, by: str, at: datetime | None = None) -> bool:
    """Part this row from its person: it has its own points and history again, because
    neither was ever merged, and no run links it with those rows. False if it was not
    linked."""
    channels.require(channels.Feature.UNIFIED_CUSTOMERS)
    one_at_a_time()
    at = at or timezone.now()
    others = _rows_with([customer.id]) - {customer.id}
    ended = CustomerLink.objects.filter(
        customer_id=customer.id, ended_at__isnull=True
    ).update(ended_at=at, ended_by=by[:80])
    if not ended:
        return False
    _keep_apart(customer.id, others, by, at)
    for match in _between(customer.id, others):
        _decide(match, NOT_SAME, by, at)
    return True


def _doubt(id: UUID) -> PossibleMatch:
    channels.require(channels.Feature.UNIFIED_CUSTOMERS)
    one_at_a_time()
    match = PossibleMatch.objects.filter(id=id).first()
    if match is None:
        raise NoSuchDoubt(id)
    return match


def _rows_with(ids: Iterable[UUID]) -> set[UUID]:
    """These rows and all that are one person with any of them."""
    live = CustomerLink.objects.filter(ended_at__isnull=True)
    people = live.filter(customer_id__in=list(ids)).values("person")
    linked = live.filter(person__in=people).values_list("customer_id", flat=True)
    return {*ids, *linked}


def _keep_apart(one: UUID, others: Iterable[UUID], by: str, at: datetime) -> None:
    NotSame.objects.bulk_create(
        [
            NotSame(
                id=derived(min(one, other), "not same", max(one, other)),
                origin=Origin.HEAD_OFFICE.value,
                one_id=min(one, other),
                other_id=max(one, other),
                decided_at=at,
                by=by[:80],
            )
            for other in sorted(others)
        ],
        ignore_conflicts=True,
    )


def _between(one: UUID, others: set[UUID]) -> list[PossibleMatch]:
    return list(
        PossibleMatch.objects.filter(
            Q(one_id=one, other_id__in=others) | Q(one_id__in=others, other_id=one)
        )
    )


def _decide(match: PossibleMatch, decision: str, by: str, at: datetime) -> None:
    match.decision, match.decided_at, match.decided_by = decision, at, by[:80]
    match.save(update_fields=["decision", "decided_at", "decided_by"])


def _forget_moot(rows: set[UUID]) -> None:
    """Doubts about these rows that a decision has answered too: both are one person
    now, or their people are kept apart."""
    waiting = PossibleMatch.objects.filter(decision="").filter(
        Q(one_id__in=rows) | Q(other_id__in=rows)
    )
    moot = []
    for match in waiting:
        one, other = _rows_with([match.one_id]), _rows_with([match.other_id])
        crossed = Q(one_id__in=one, other_id__in=other) | Q(
            one_id__in=other, other_id__in=one
        )
        if match.other_id in one or NotSame.objects.filter(crossed).exists():
            moot.append(match.id)
    PossibleMatch.objects.filter(id__in=moot).delete()
