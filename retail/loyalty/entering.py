"""Entries of points and the balances they make, each in one statement.

The accounts are locked before, in the order of their ids, as everybody does: nobody
waits in a circle, and each statement sees what was committed while it waited.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections, router
from django.utils import timezone

from inventory.ids import derived
from retail.loyalty.models import EntryKind, LoyaltyAccount, LoyaltyEntry


@dataclass(frozen=True)
class Credit:
    """Points for one account; `id` is the entry's."""

    id: UUID
    account_id: UUID
    points: int


def lock(account_ids: Sequence[UUID]) -> None:
    """Until the transaction ends. Raises RuntimeError outside of one."""
    connection = connections[router.db_for_write(LoyaltyAccount)]
    if not connection.in_atomic_block:
        raise RuntimeError("points move inside channels.atomic()")
    accounts = LoyaltyAccount.objects.filter(id__in=account_ids).order_by("id")
    list(accounts.values_list("id", flat=True).select_for_update())


# An entry that a constraint finds known moves no balance. The settlement of a debt is
# an entry of its own: the balance stays the sum of the entries.
_CREDIT = """
WITH entered AS (
    INSERT INTO retail_loyaltyentry
        (id, origin, account_id, points, kind, reference, label, redemption_id, at)
    SELECT c.id, a.origin, a.id, c.points, %(kind)s, %(reference)s, %(label)s,
           %(redemption_id)s, %(at)s
    FROM unnest(%(ids)s::uuid[], %(accounts)s::uuid[], %(points)s::int[])
         AS c (id, account_id, points)
    JOIN retail_loyaltyaccount a ON a.id = c.account_id
    ON CONFLICT DO NOTHING
    RETURNING id, account_id, points
), settled AS (
    INSERT INTO retail_loyaltyentry
        (id, origin, account_id, points, kind, reference, label, redemption_id, at)
    SELECT s.id, a.origin, a.id, -least(e.points, a.points_owed), 'reverse',
           'owed:' || %(reference)s, '', NULL, %(at)s
    FROM entered e
    JOIN retail_loyaltyaccount a ON a.id = e.account_id AND a.points_owed > 0
    JOIN unnest(%(ids)s::uuid[], %(settling)s::uuid[]) AS s (credit, id)
         ON s.credit = e.id
    RETURNING account_id, points
)
UPDATE retail_loyaltyaccount a
SET balance = a.balance + e.points + coalesce(s.points, 0),
    points_owed = a.points_owed + coalesce(s.points, 0)
FROM entered e LEFT JOIN settled s ON s.account_id = e.account_id
WHERE a.id = e.account_id
RETURNING e.points
"""


def credit(
    credits: Sequence[Credit],
    *,
    kind: EntryKind,
    reference: str,
    label: str = "",
    redemption_id: UUID | None = None,
    at: datetime | None = None,
) -> int:
    """Answers the points entered now; what is owed is settled from them first."""
    if not credits:
        return 0
    lock([each.account_id for each in credits])
    entered = _run(
        _CREDIT,
        {
            "ids": [each.id for each in credits],
            "accounts": [each.account_id for each in credits],
            "points": [each.points for each in credits],
            "settling": [derived(each.id, "owed") for each in credits],
            "kind": kind.value,
            "reference": reference,
            "label": label,
            "redemption_id": redemption_id,
            "at": at or timezone.now(),
        },
    )
    return sum(points for (points,) in entered)


# What each account gives follows from the sum of those before it: the customer's own
# first, then those of the same channel, then by id.
_SPEND = """
WITH offered AS (
    SELECT id, origin, customer_id, balance, sum(balance) OVER () AS total,
           coalesce(sum(balance) OVER (
               ORDER BY customer_id <> %(own)s, origin <> %(channel)s, id
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM retail_loyaltyaccount WHERE id = ANY(%(accounts)s)
), entered AS (
    INSERT INTO retail_loyaltyentry
        (id, origin, account_id, points, kind, reference, label, redemption_id, at)
    SELECT i.id, o.origin, o.id, -least(o.balance, %(points)s - o.before), 'redeem',
           %(reference)s, '', %(redemption_id)s, %(at)s
    FROM offered o
    JOIN unnest(%(accounts)s::uuid[], %(ids)s::uuid[]) AS i (account_id, id)
         ON i.account_id = o.id
    WHERE o.total >= %(points)s AND o.before < %(points)s AND o.balance > 0
      AND NOT EXISTS (SELECT FROM retail_loyaltyentry k
                      WHERE k.redemption_id = %(redemption_id)s)
    RETURNING account_id, points
)
UPDATE retail_loyaltyaccount a SET balance = a.balance + e.points
FROM entered e WHERE a.id = e.account_id
RETURNING e.account_id, e.points
"""


def spend(
    accounts: Sequence[UUID],
    *,
    own: UUID,
    channel: str,
    points: int,
    redemption_id: UUID,
    reference: str,
    at: datetime | None = None,
) -> bool:
    """All or nothing from these accounts; False where they have too little, or where
    this redemption is known. `own` is the customer whose account gives first."""
    lock(accounts)
    written = _run(
        _SPEND,
        {
            "own": own,
            "channel": channel,
            "accounts": list(accounts),
            "ids": [derived(redemption_id, "redeem", each) for each in accounts],
            "points": points,
            "reference": reference,
            "redemption_id": redemption_id,
            "at": at or timezone.now(),
        },
    )
    return bool(written)


_REVERSE = """
WITH due AS (
    SELECT a.id, a.origin, a.balance, e.points
    FROM retail_loyaltyentry e JOIN retail_loyaltyaccount a ON a.id = e.account_id
    WHERE e.id = %(earned)s
), entered AS (
    INSERT INTO retail_loyaltyentry
        (id, origin, account_id, points, kind, reference, label, redemption_id, at)
    SELECT %(id)s, origin, id, -least(balance, points), 'reverse', %(reference)s, '',
           NULL, %(at)s
    FROM due ON CONFLICT DO NOTHING
    RETURNING account_id, points
)
UPDATE retail_loyaltyaccount a
SET balance = a.balance + e.points, points_owed = a.points_owed + d.points + e.points
FROM entered e JOIN due d ON d.id = e.account_id
WHERE a.id = e.account_id
RETURNING -e.points
"""


def take_back(earned: LoyaltyEntry, *, at: datetime | None = None) -> int:
    """Once per entry: takes what the account has, the rest becomes owed."""
    lock([earned.account_id])
    taken = _run(
        _REVERSE,
        {
            "earned": earned.id,
            "id": derived(earned.id, "reverse"),
            "reference": earned.reference,
            "at": at or timezone.now(),
        },
    )
    return sum(points for (points,) in taken)


def _run(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connections[router.db_for_write(LoyaltyEntry)].cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
