"""Points: earned per euro, spent as money, never twice.

Each customer row has an account. Where loyalty is unified, a person's accounts are
read and spent together, but every entry stays with the account it moved, so that the
accounts can part again. All verbs here are called inside `channels.atomic()`.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum, Window

from inventory.ids import derived
from inventory.money import rounded_down
from retail import channels
from retail.customers.linking import rows_of
from retail.customers.models import Customer
from retail.loyalty.entering import Credit, credit, spend, take_back
from retail.loyalty.models import EntryKind, LoyaltyAccount, LoyaltyEntry

POINTS_FOR_ONE_EURO = 30


class NotEnoughPoints(Exception):
    def __init__(self, *, balance: int, wanted: int) -> None:
        super().__init__(balance, wanted)
        self.balance = balance
        self.wanted = wanted


class RedemptionReused(Exception):
    """The same redemption came with another number of points, or was given back."""

    def __init__(self, redemption_id: UUID) -> None:
        super().__init__(redemption_id)
        self.redemption_id = redemption_id


@dataclass(frozen=True)
class Part:
    customer_id: UUID
    origin: str
    points: int


@dataclass(frozen=True)
class Balance:
    """`total` may be spent here and now; `parts` are the accounts it lies in."""

    total: int
    parts: tuple[Part, ...]


def points_for(amount: Decimal) -> int:
    """One point for each whole euro paid."""
    return max(0, int(amount))


def value_of(points: int) -> Decimal:
    """What points pay for, in euros, rounded down to the cent."""
    return rounded_down(Decimal(points) / POINTS_FOR_ONE_EURO)


def open_account(customer: Customer) -> LoyaltyAccount:
    """The points account of a new customer row; the same again if it is there."""
    LoyaltyAccount.objects.bulk_create(
        [
            LoyaltyAccount(
                id=derived(customer.id, "loyalty"),
                origin=customer.origin,
                customer=customer,
            )
        ],
        ignore_conflicts=True,
    )
    return LoyaltyAccount.objects.get(customer=customer)


def has_account(customer: Customer) -> bool:
    return LoyaltyAccount.objects.filter(customer=customer).exists()


def balance(customer: Customer) -> Balance:
    """What the customer can spend on this channel. Two queries at most."""
    accounts = LoyaltyAccount.objects.filter(customer__in=_rows(customer))
    parts = tuple(
        Part(account.customer_id, account.origin, account.balance)
        for account in accounts.order_by("id")
    )
    return Balance(sum(part.points for part in parts), parts)


def statement(
    customer: Customer, *, most: int = 100, skip: int = 0
) -> list[LoyaltyEntry]:
    """Entries of all accounts that this channel sees, newest first; each says what
    there was `after` it, over all of them. One query."""
    entries = LoyaltyEntry.objects.filter(account__customer__in=_rows(customer))
    after = Window(Sum("points"), order_by=["at", "id"])
    told = entries.annotate(after=after).select_related("account")
    return list(told.order_by("-at", "-id")[skip : skip + most])


def _rows(customer: Customer) -> list[UUID]:
    """The customer rows whose points are one purse here."""
    if not channels.on(channels.Feature.UNIFIED_LOYALTY):
        return [customer.id]
    return [row.id for row in rows_of(customer)]


def earn(
    customer: Customer,
    *,
    points: int,
    reference: str,
    label: str = "",
    at: datetime | None = None,
) -> int:
    """Points for a purchase, to the customer's own account. What is owed is settled
    first. Once per reference: earning again answers 0."""
    if points <= 0:
        return 0
    account_id = LoyaltyAccount.objects.values_list("id", flat=True).get(
        customer=customer
    )
    earned = Credit(derived(account_id, "earn", reference), account_id, points)
    return credit(
        [earned], kind=EntryKind.EARN, reference=reference, label=label, at=at
    )


def give_back(redemption_id: UUID, *, at: datetime | None = None) -> int:
    """Undo a redemption: every account gets back what it gave. Once; answers what came
    back now. What an account owes is settled first."""
    entries = LoyaltyEntry.objects.filter(
        redemption_id=redemption_id, kind=EntryKind.REDEEM
    )
    return credit(
        [
            Credit(
                derived(redemption_id, "back", entry.account_id),
                entry.account_id,
                -entry.points,
            )
            for entry in entries
        ],
        kind=EntryKind.GIVE_BACK,
        reference=str(redemption_id),
        redemption_id=redemption_id,
        at=at,
    )


def redeem(
    customer: Customer,
    *,
    points: int,
    redemption_id: UUID,
    reference: str,
    at: datetime | None = None,
) -> list[LoyaltyEntry]:
    """Spend points, all or nothing, from the customer's own account first, then from
    the person's others where loyalty is unified. Answers one entry per account.

    The same redemption again has no further effect. Raises NotEnoughPoints,
    RedemptionReused. Five queries.
    """
    if points <= 0:
        raise ValueError(f"cannot spend {points} points")
    accounts = LoyaltyAccount.objects.filter(customer__in=_rows(customer))
    written = spend(
        list(accounts.values_list("id", flat=True)),
        own=customer.id,
        channel=customer.origin,
        points=points,
        redemption_id=redemption_id,
        reference=reference,
        at=at,
    )
    entries = list(
        LoyaltyEntry.objects.filter(redemption_id=redemption_id).order_by("id")
    )
    if not entries:
        raise NotEnoughPoints(balance=balance(customer).total, wanted=points)
    if not written and sum(entry.points for entry in entries) != -points:
        raise RedemptionReused(redemption_id)
    return entries


def reverse(reference: str, *, at: datetime | None = None) -> int:
    """Take back what was earned for a purchase that was undone. What the account no
    longer has is owed and settled by later earning. Once; answers the points taken."""
    earned = (
        LoyaltyEntry.objects.filter(kind=EntryKind.EARN, reference=reference)
        .order_by("id")
        .first()
    )
    return take_back(earned, at=at) if earned else 0
