"""Gift cards: money paid before, spent once. A card is its issuing channel's; where
balances are one (`unified_loyalty`) either channel may spend it, and its entries stay
with it. Verbs that write are called inside `channels.atomic()`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connections, router
from django.db.models import QuerySet
from django.utils import timezone

from inventory.ids import derived
from inventory.places import Channel
from retail import channels
from retail.loyalty.card_codes import code_for, code_hash, is_code
from retail.loyalty.models import CardEntryKind, GiftCard, GiftCardEntry
from retail.messages.handlers import TooEarly
from retail.messages.outbox import tell

__all__ = [
    "LEAST",
    "MOST",
    "NotEnoughOnCard",
    "UnknownCard",
    "find",
    "give_back",
    "hash_of",
    "issue",
    "known",
    "locked",
    "on_credited",
    "spend",
]

LEAST, MOST = Decimal(5), Decimal(250)  # euros that a card may be sold with


class UnknownCard(Exception):
    """No card of this code is known to this channel."""


class NotEnoughOnCard(Exception):
    def __init__(self, *, balance: Decimal, wanted: Decimal) -> None:
        super().__init__(balance, wanted)
        self.balance = balance
        self.wanted = wanted


def issue(
    *,
    id: UUID,
    channel: Channel,
    amount: Decimal,
    reference: UUID,
    at: datetime | None = None,
) -> GiftCard:
    """A new card with this money on it; `reference` is the order or ticket that paid
    for it. The same id again answers the card that is there. Three queries."""
    at = at or timezone.now()
    code = code_for(id)
    made = GiftCard(
        id=id,
        origin=channel,
        code_hash=code_hash(code),
        tail=code[-4:],
        issued_at=at,
    )
    GiftCard.objects.bulk_create([made], ignore_conflicts=True)
    _move(id, amount, kind=CardEntryKind.LOAD, reference=reference, at=at)
    return GiftCard.objects.get(id=id)


def hash_of(code: str) -> str:
    """What names a card where its code must not be kept; no query. Raises UnknownCard
    for what can be no code."""
    if not is_code(code):
        raise UnknownCard
    return code_hash(code)


def find(code: str) -> GiftCard:
    """Raises UnknownCard, also for what can be no code. One query, none for a slip."""
    return _one(_known().filter(code_hash=hash_of(code)))


def known(id: UUID) -> GiftCard:
    """Raises UnknownCard."""
    return _one(_known().filter(id=id))


def _one(cards: QuerySet[GiftCard]) -> GiftCard:
    card = cards.first()
    if card is None:
        raise UnknownCard
    return card


def _known() -> QuerySet[GiftCard]:
    """The cards that this channel takes."""
    if channels.on(channels.Feature.UNIFIED_LOYALTY):
        return GiftCard.objects.all()
    return GiftCard.objects.filter(origin=channels.current().channel)


def locked(code_hash: str) -> GiftCard:
    """The card of this `hash_of`; what it holds now it still holds when `spend` follows
    in this transaction. Raises UnknownCard."""
    return _one(_known().select_for_update(of=("self",)).filter(code_hash=code_hash))


def spend(
    id: UUID, *, amount: Decimal, reference: UUID, at: datetime | None = None
) -> None:
    """Pays for this order or ticket, all of `amount` or nothing; again without effect.
    Raises UnknownCard, NotEnoughOnCard. Two queries."""
    if amount <= 0:
        raise ValueError(f"cannot spend {amount}")
    card = known(id)
    moved = _move(
        card.id, -amount, kind=CardEntryKind.SPEND, reference=reference, at=at
    )
    if not moved and not _entered(id, CardEntryKind.SPEND, reference):
        card.refresh_from_db()
        raise NotEnoughOnCard(balance=card.balance, wanted=amount)


def give_back(
    id: UUID, *, amount: Decimal, reference: UUID, at: datetime | None = None
) -> None:
    """Money returns to the card, once for this `reference` (a refund). A card that lies
    in the other channel's database by now gets it by message."""
    if GiftCard.objects.filter(id=id).exists():
        _move(id, amount, kind=CardEntryKind.GIVE_BACK, reference=reference, at=at)
        return
    here = Channel(channels.current().channel)
    [other] = [each for each in Channel if each != here]
    tell(
        other,
        "gift_card.credited",
        subject=reference,
        payload={"card": str(id), "amount": f"{amount:.2f}"},
        origin=here,
        at=at,
    )


def on_credited(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """The other channel gave back what its purchase had taken from a card of ours.
    Raises TooEarly where the card is not here."""
    card = UUID(payload["card"])
    if not GiftCard.objects.filter(id=card).exists():
        raise TooEarly(card)
    _move(
        card,
        Decimal(payload["amount"]),
        kind=CardEntryKind.GIVE_BACK,
        reference=subject,
        at=at,
    )


# `held` locks and so sees the card's newest version: of two at once the second waits
# there and sees what the first has left. Never below zero; only an entry that `made`
# really wrote moves the balance, once per cause, counted from `held` for the reason given
# in `inventory/reserving.py`.
_MOVE = """
WITH held AS MATERIALIZED (
    SELECT id, origin, balance FROM retail_giftcard WHERE id = %(card)s
    FOR NO KEY UPDATE
),
made AS (
    INSERT INTO retail_giftcardentry
        (id, origin, card_id, amount, kind, reference, at)
    SELECT %(id)s, origin, id, %(amount)s, %(kind)s, %(reference)s, %(at)s FROM held
    WHERE balance + %(amount)s >= 0
    ON CONFLICT DO NOTHING RETURNING card_id
)
UPDATE retail_giftcard c SET balance = h.balance + %(amount)s
FROM made m JOIN held h ON h.id = m.card_id WHERE c.id = h.id
RETURNING c.id
"""


def _move(
    card: UUID,
    amount: Decimal,
    *,
    kind: CardEntryKind,
    reference: UUID,
    at: datetime | None,
) -> bool:
    with connections[router.db_for_write(GiftCard)].cursor() as cursor:
        cursor.execute(
            _MOVE,
            {
                "id": derived(card, kind.value, reference),
                "card": card,
                "amount": amount,
                "kind": kind.value,
                "reference": reference,
                "at": at or timezone.now(),
            },
        )
        return bool(cursor.fetchall())


def _entered(card: UUID, kind: CardEntryKind, reference: UUID) -> bool:
    return GiftCardEntry.objects.filter(
        card_id=card, kind=kind, reference=reference
    ).exists()
