"""Gift cards at a till: sold, paid with, and given back to. In the ticket's transaction,
and never while the till is cut off: whoever spends must be asked first."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from inventory.ids import derived
from inventory.money import ZERO
from inventory.places import Channel
from pos.models import Tender, TenderMethod, Ticket, TicketKind
from pos.tickets import Sale
from retail.loyalty import gift_cards
from retail.loyalty.card_codes import code_for
from retail.loyalty.gift_cards import NotEnoughOnCard, UnknownCard

__all__ = ["NotEnoughOnCard", "UnknownCard", "card_of", "code_of", "move"]


def card_of(ticket_id: UUID) -> UUID:
    """The card that a ticket of kind `gift_card` sold."""
    return derived(ticket_id, "gift-card")


def code_of(ticket: Ticket) -> str:
    """What its receipt prints; "" where it sold no card."""
    sold = ticket.kind == TicketKind.GIFT_CARD
    return code_for(card_of(ticket.id)) if sold else ""


def move(sale: Sale, sold_on: Ticket | None, *, at: datetime) -> None:
    """What the ticket does to cards; no query where it does nothing. `sold_on` is the
    ticket whose goods came back. Raises UnknownCard, NotEnoughOnCard."""
    if sale.kind == TicketKind.GIFT_CARD:
        gift_cards.issue(
            id=card_of(sale.id),
            channel=Channel.POS,
            amount=sale.total,
            reference=sale.id,
            at=at,
        )
    wanted: defaultdict[UUID, Decimal] = defaultdict(lambda: ZERO)
    back = ZERO
    for tender in sale.tenders:
        if tender.gift_card is not None:
            wanted[tender.gift_card] += tender.amount
        elif tender.method == TenderMethod.GIFT_CARD:
            back -= tender.amount
    for card, amount in sorted(wanted.items()):
        gift_cards.spend(card, amount=amount, reference=sale.id, at=at)
    if back > 0 and sold_on is not None:
        _give_back(back, sold_on, sale.id, at)


def _give_back(amount: Decimal, sold_on: Ticket, refund: UUID, at: datetime) -> None:
    """To the cards that had paid, in their order; how much may go back this way was
    checked before."""
    paid = Tender.objects.filter(ticket=sold_on, gift_card_id__isnull=False)
    cards = list(paid.order_by("position").values_list("gift_card_id", "amount"))
    for i, (card, most) in enumerate(cards):
        last = i == len(cards) - 1
        part = amount if last else min(amount, most)
        if part > 0 and card is not None:
            gift_cards.give_back(card, amount=part, reference=refund, at=at)
        amount -= part
